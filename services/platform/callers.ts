import type { IncomingHttpHeaders } from 'node:http';
import type { Config } from './config.ts';
import { publicUrl } from './public-url.ts';

/** What of a request tells where it comes from, and who asks. */
export type Asking = Pick<IncomingHttpHeaders, 'authorization' | 'host' | 'origin'>;

/** Addresses, not names: `127.0.0.1.example` may be anywhere. */
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|\[?::1\]?|localhost)$/;

export const isLoopback = (hostname: string): boolean => LOOPBACK.test(hostname);

/** Names by which others than this machine know the service. */
export function ownNames(
  config: Pick<Config, 'TIDEMARK_PUBLIC_URL' | 'TIDEMARK_HOST' | 'TIDEMARK_PORT'>,
): readonly string[] {
  const { hostname } = URL.parse(publicUrl(config)) ?? {};
  return hostname === undefined ? [] : [hostname];
}

const isKnown = (hostname: string | undefined, names: readonly string[]): boolean =>
  hostname !== undefined && (isLoopback(hostname) || names.includes(hostname));

/**
 * A page of another site can make a browser ask, of which `Origin` tells.
 * @param names of the service, beside those of this machine   @returns what is wrong with it; undefined: nothing
 */
export function strangeOrigin(
  { origin }: Pick<Asking, 'origin'>,
  names: readonly string[],
): string | undefined {
  if (origin === undefined || isKnown(URL.parse(origin)?.hostname, names)) return undefined;
  return `pages of ${origin} may not ask here; those of ${known(names)} may (TIDEMARK_PUBLIC_URL)`;
}

/**
 * A site can give its own name to this address (DNS rebinding), and its pages are then of one origin with it: `Host` tells.
 * Browsers always send one.
 */
export function strangeHost(
  { host }: Pick<Asking, 'host'>,
  names: readonly string[],
): string | undefined {
  const hostname = /^[^@/?#\s]+$/.test(host ?? '')
    ? URL.parse(`http://${host}`)?.hostname
    : undefined;
  if (host === undefined || isKnown(hostname, names)) return undefined;
  return `this is not ${host}; it is ${known(names)} (TIDEMARK_PUBLIC_URL)`;
}

const known = (names: readonly string[]): string =>
  [...new Set(['localhost', '127.0.0.1', ...names])].join(', ');
