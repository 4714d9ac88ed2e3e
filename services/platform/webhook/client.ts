import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { AddressGuard } from './address.ts';
import { guardedLookup, RefusedAddress } from './guarded-lookup.ts';
import type { Resolve } from './guarded-lookup.ts';

/** What a request met. `refused`: it was not made, because of where it would have gone. */
export type WebhookAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly retryAfter: string | undefined;
      /** The beginning of the answer's body. */
      readonly body: string;
    }
  | { readonly kind: 'failed'; readonly detail: string }
  | { readonly kind: 'refused'; readonly detail: string };

export type WebhookClient = {
  /** POSTs once. Never throws: what went wrong is the answer. */
  readonly post: (call: {
    url: string;
    headers: Readonly<Record<string, string>>;
    body: string;
  }) => Promise<WebhookAnswer>;
};

const TIMEOUT_MS = 15_000;
const ANSWER_BYTES_MAX = 4_096;

/**
 * A client for addresses that users typed in. Every address that a name resolves to is judged at the moment of the
 * connection, and the connected one again, so a name that changes its answer gains nothing; redirects are not followed;
 * answers are read up to a bound, within a deadline for the whole exchange. Plain http only to ranges that the operator
 * named.
 */
export function createWebhookClient(
  guard: AddressGuard,
  options: { timeoutMs?: number; resolve?: Resolve } = {},
): WebhookClient {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const mayReach = (address: string, isPlain: boolean): boolean =>
    guard.allows(address) && (!isPlain || guard.isNamed(address));

  return {
    async post({ url, headers, body }) {
      const target = URL.canParse(url) ? new URL(url) : undefined;
      if (!target || (target.protocol !== 'https:' && target.protocol !== 'http:'))
        return { kind: 'refused', detail: 'the address is no http or https URL' };
      const isPlain = target.protocol === 'http:';
      const host = target.hostname.replaceAll(/^\[|\]$/g, '');
      if (isIP(host) !== 0 && !mayReach(host, isPlain))
        return { kind: 'refused', detail: refusal(host, isPlain) };
      const lookup = guardedLookup(
        (address) => (mayReach(address, isPlain) ? undefined : refusal(address, isPlain)),
        options.resolve,
      );
      try {
        return await exchange(
          (isPlain ? httpRequest : httpsRequest)(target, {
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              'content-length': String(Buffer.byteLength(body)),
              'user-agent': 'tidemark',
              ...headers,
            },
            agent: false,
            lookup,
          }),
          { body, timeoutMs, judge: (address) => mayReach(address, isPlain) },
        );
      } catch (error) {
        if (error instanceof RefusedAddress) return { kind: 'refused', detail: error.message };
        return { kind: 'failed', detail: describe(error) };
      }
    },
  };
}

const refusal = (address: string, isPlain: boolean): string =>
  isPlain
    ? `plain http to ${address} is allowed only within TIDEMARK_WEBHOOK_ALLOW`
    : `the address ${address} is private: name its range in TIDEMARK_WEBHOOK_ALLOW to allow it`;

/** Codes say enough; messages of the system may hold the URL, and URLs may hold secrets. */
function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? (error instanceof TimeoutError ? message : 'the connection failed');
}

class TimeoutError extends Error {}

function exchange(
  request: ClientRequest,
  options: { body: string; timeoutMs: number; judge: (address: string) => boolean },
): Promise<WebhookAnswer> {
  const { promise, resolve: done, reject } = Promise.withResolvers<WebhookAnswer>();
  const timer = setTimeout(
    () => request.destroy(new TimeoutError(`no answer within ${options.timeoutMs} ms`)),
    options.timeoutMs,
  );
  request.once('error', reject);
  request.once('socket', (socket) => {
    const send = (): void => {
      const address = socket.remoteAddress ?? '';
      if (options.judge(address)) request.end(options.body);
      else request.destroy(new RefusedAddress(`the connection led to ${address}`));
    };
    if (!socket.connecting && socket.remoteAddress) send();
    else socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', send);
  });
  request.once('response', (response) => {
    readStart(response).then((body) => {
      done({
        kind: 'answered',
        status: response.statusCode ?? 0,
        retryAfter: response.headers['retry-after'],
        body,
      });
      request.destroy();
    }, reject);
  });
  return promise.finally(() => clearTimeout(timer));
}

/** The first bytes of an answer; the rest is not read. */
async function readStart(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.length;
    if (bytes >= ANSWER_BYTES_MAX) break;
  }
  return Buffer.concat(parts).subarray(0, ANSWER_BYTES_MAX).toString('utf8');
}
