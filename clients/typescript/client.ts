import type { Problem, Routes } from './routes.ts';

/** What a route takes: parameters of its path, of its query, headers and a body, as far as it has them. */
export type InputOf<Route extends keyof Routes> = Omit<Routes[Route], 'answer'>;
export type AnswerOf<Route extends keyof Routes> = Routes[Route]['answer'];

/** An answer other than the one asked for: `code` is of docs/reference/errors.md. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: Problem['code'] | 'unknown';
  readonly pointer: string | undefined;
  /** After so many seconds it may be tried again: of 429 and 503. */
  readonly retryAfterSeconds: number | undefined;

  constructor(response: Response, problem: Partial<Problem>) {
    super(problem.detail ?? `${response.url} answers ${response.status}`);
    this.name = 'ApiError';
    this.status = response.status;
    this.code = problem.code ?? 'unknown';
    this.pointer = problem.pointer;
    const wait = response.headers.get('retry-after');
    this.retryAfterSeconds = wait === null ? undefined : Number(wait);
  }
}

export type ClientOptions = {
  /** Where the installation answers: `http://127.0.0.1:7400`. */
  readonly url: string;
  readonly token?: string;
  readonly fetch?: typeof fetch;
};

type Loose = {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
};

/** Calls a route by its method and path; without an answer of its own it throws `ApiError`. */
export type Call = <Route extends keyof Routes>(
  route: Route,
  ...input: Partial<InputOf<Route>> extends InputOf<Route>
    ? [input?: InputOf<Route>, init?: RequestInit]
    : [input: InputOf<Route>, init?: RequestInit]
) => Promise<AnswerOf<Route>>;

/**
 * @example
 * const tidemark = createClient({ url: 'http://127.0.0.1:7400' });
 * const { series } = await tidemark('GET /v1/metrics/{id}/values', {
 *   path: { id: 'net-sales' },
 *   query: { grain: 'day', by: 'store', compare: 'previous' },
 * });
 */
export function createClient({ url, token, fetch: send = fetch }: ClientOptions): Call {
  return async (route, ...rest) => {
    const [input = {}, init = {}] = rest as [Loose?, RequestInit?];
    const { path = {}, query = {}, headers = {}, body } = input;
    const [method = 'GET', template = ''] = route.split(' ');
    const target = new URL(
      template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? '')),
      url,
    );
    for (const [name, value] of Object.entries(query))
      for (const one of [value].flat())
        if (one !== undefined) target.searchParams.append(name, String(one));
    const given = Object.entries(headers).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const response = await send(target, {
      ...init,
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': contentType(route, body) }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...Object.fromEntries(given),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    const answer: unknown = isJson ? await response.json() : await response.text();
    if (!response.ok) throw new ApiError(response, isJson ? (answer as Partial<Problem>) : {});
    return answer as never;
  };
}

/** Events come in the form of CloudEvents. */
function contentType(route: string, body: unknown): string {
  if (route !== 'POST /v1/events') return 'application/json';
  return `application/cloudevents${Array.isArray(body) ? '-batch' : ''}+json`;
}

/** Pages of a route that has a `cursor`, one after the other. */
export async function* pages<Route extends RoutesWithPages>(
  call: Call,
  route: Route,
  input: InputOf<Route>,
): AsyncGenerator<AnswerOf<Route>> {
  let given: unknown = input;
  for (;;) {
    const page = await (
      call as (route: string, input: unknown) => Promise<{ cursor?: string | null }>
    )(route, given);
    yield page as AnswerOf<Route>;
    if (page.cursor == null) return;
    given = { ...input, query: { ...(input as Loose).query, cursor: page.cursor } };
  }
}

type RoutesWithPages = {
  [Route in keyof Routes]: Routes[Route] extends { query?: { cursor?: string } } ? Route : never;
}[keyof Routes];
