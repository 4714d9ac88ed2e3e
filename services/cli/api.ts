import { ERRORS, TidemarkError } from '../kernel/errors.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import type { Config } from '../platform/config.ts';
import { baseUrl } from './environment.ts';

export type ApiAnswer = {
  readonly status: number;
  /** What Retry-After says, ms; undefined without it. */
  readonly retryAfterMs: number | undefined;
  /** Parsed JSON; undefined when the body is none. */
  readonly body: unknown;
  /** As it came. */
  readonly bytes: Uint8Array;
};
export type ApiRequest = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly signal?: AbortSignal | undefined;
};

/** A running installation's HTTP, as commands use it. @throws unreachable when nothing answers */
export type Api = (path: string, request?: ApiRequest) => Promise<ApiAnswer>;

const TIMEOUT_MS = 60_000;

export const apiOf = (config: Config): Api => createApi(baseUrl(config), config.TIDEMARK_TOKEN);

/** @param token bearer token; empty: none */
export function createApi(url: string, token: string): Api {
  return async (path, { method = 'GET', headers = {}, body, signal } = {}) => {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    let response: Response;
    try {
      response = await fetch(`${url}${path}`, {
        method,
        headers: { ...headers, ...(token ? { authorization: `Bearer ${token}` } : {}) },
        ...(body === undefined ? {} : { body }),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const bytes = new Uint8Array(await response.arrayBuffer());
      return {
        status: response.status,
        retryAfterMs: retryAfterOf(response),
        body: parsed(new TextDecoder().decode(bytes)),
        bytes,
      };
    } catch (cause) {
      signal?.throwIfAborted();
      throw new TidemarkError('unreachable', `nothing answers at ${url}`, { cause });
    }
  };
}

function retryAfterOf(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No JSON: the status alone says what happened.
  }
}

/** The error that a problem answer (RFC 9457) stands for. */
export function problemOf({ status, body }: Pick<ApiAnswer, 'status' | 'body'>): TidemarkError {
  const { code, detail } = (body ?? {}) as { code?: string; detail?: string };
  const known = code !== undefined && Object.hasOwn(ERRORS, code);
  return new TidemarkError(
    known ? (code as ErrorCode) : 'unreachable',
    detail ?? `the answer has status ${status} and no explanation`,
  );
}
