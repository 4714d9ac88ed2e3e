import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import type { AddressGuard } from '../webhook/address.ts';
import { guardedLookup, RefusedAddress } from '../webhook/guarded-lookup.ts';
import type { Resolve } from '../webhook/guarded-lookup.ts';

export type SocketTarget = {
  readonly host: string;
  readonly port: number;
  /** The session will not be encrypted: only a server on this very machine is spoken to so. */
  readonly isPlain: boolean;
};

const isLoopback = (address: string): boolean =>
  address === '::1' || /^(::ffff:)?127\./i.test(address);

function faultOf(
  guard: AddressGuard,
  { isPlain }: SocketTarget,
  address: string,
): string | undefined {
  if (!guard.allows(address))
    return `the address ${address} is private: name its range in TIDEMARK_WEBHOOK_ALLOW to allow it`;
  if (isPlain && !isLoopback(address))
    return `mail to ${address} without TLS is refused: only loopback may be spoken to so`;
  return undefined;
}

/**
 * A TCP connection to an address that the guard allows, judged when its name is resolved and again once it is connected.
 * @throws RefusedAddress, or the system's error
 */
export function openGuardedSocket(
  target: SocketTarget,
  options: { guard: AddressGuard; timeoutMs: number; resolve?: Resolve | undefined },
): Promise<Socket> {
  const { guard, timeoutMs } = options;
  const judge = (address: string): string | undefined => faultOf(guard, target, address);
  const host = target.host.replaceAll(/^\[|\]$/g, '');
  const fault = isIP(host) === 0 ? undefined : judge(host);
  if (fault !== undefined) return Promise.reject(new RefusedAddress(fault));
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({
    host,
    port: target.port,
    lookup: guardedLookup(judge, options.resolve),
  });
  const timer = setTimeout(
    () => socket.destroy(new Error(`no connection within ${timeoutMs} ms`)),
    timeoutMs,
  );
  socket.once('error', reject);
  socket.once('connect', () => {
    socket.off('error', reject);
    const wrong = judge(socket.remoteAddress ?? '');
    if (wrong === undefined) return resolve(socket);
    socket.destroy();
    return reject(new RefusedAddress(wrong));
  });
  return promise.finally(() => clearTimeout(timer));
}
