import type { FastifyInstance } from 'fastify';
import { ERRORS } from '../kernel/errors.ts';
import type { ErrorCode, Refusal } from '../kernel/errors.ts';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';

const TIMEOUT_MS = 60_000;

/** A question to the API of another service. */
export type ServiceQuestion = {
  readonly method: 'GET' | 'POST';
  /** As the service declares it: `/v1/alerts/:id`. */
  readonly route: string;
  /** What stands in the route's place of each name. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** Of whoever asked: he asks there as well. */
  readonly authorization: string | undefined;
};
/** @returns the answer, or what it was refused for */
export type ServiceCall = (question: ServiceQuestion) => Promise<Result<unknown, Refusal>>;

/**
 * Asks another service's API: in the same process where that serves it too, else at `url`.
 * @param service what it is called where nobody answers
 */
export function serviceCall(
  http: FastifyInstance,
  { service, url }: { readonly service: string; readonly url: string },
): ServiceCall {
  return async (question) => {
    const { method, route, body, authorization } = question;
    const path = addressOf(question);
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(authorization === undefined ? {} : { authorization }),
    };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    if (http.hasRoute({ method, url: route })) {
      const answer = await http.inject({ method, url: path, headers, ...text });
      return answerOf(service, answer.statusCode, parsed(answer.body));
    }
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await fetch(`${url}${path}`, { method, headers, ...text, signal });
      return answerOf(service, answer.status, parsed(await answer.text()));
    } catch {
      return err({ code: 'unreachable', detail: `no ${service} answers at ${url}` });
    }
  };
}

function addressOf({ route, path = {}, query = {} }: ServiceQuestion): string {
  const filled = route.replaceAll(/:(\w+)/g, (_part, name: string) =>
    encodeURIComponent(path[name] ?? ''),
  );
  const asked = Object.entries(query).filter(
    (one): one is [string, string] => one[1] !== undefined,
  );
  return asked.length === 0 ? filled : `${filled}?${new URLSearchParams(asked).toString()}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No JSON: the status alone says what happened.
  }
}

function answerOf(service: string, status: number, body: unknown): Result<unknown, Refusal> {
  if (status === 200) return ok(body);
  const { code, detail, pointer } = (body ?? {}) as Partial<Refusal>;
  const isKnown = code !== undefined && Object.hasOwn(ERRORS, code);
  return err({
    code: isKnown ? (code as ErrorCode) : 'unreachable',
    detail: detail ?? `the ${service} answers ${status}`,
    ...(pointer === undefined ? {} : { pointer }),
  });
}
