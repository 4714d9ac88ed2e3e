import type { FastifyInstance } from 'fastify';
import { ERRORS } from '../kernel/errors.ts';
import type { ErrorCode, Refusal } from '../kernel/errors.ts';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';

const TIMEOUT_MS = 60_000;

export type AggregatorCall = (question: {
  readonly metric: string;
  /** Of the path, after the metric. */
  readonly what: 'recount' | 'past';
  readonly body: unknown;
  /** Of whoever asked: he asks there as well. */
  readonly authorization: string | undefined;
}) => Promise<Result<unknown, Refusal>>;

/** Asks the aggregator's API: in the same process where that serves it too, else at `url`. */
export function aggregatorCall(http: FastifyInstance, url: string): AggregatorCall {
  return async ({ metric, what, body, authorization }) => {
    const path = `/v1/metrics/${encodeURIComponent(metric)}/${what}`;
    const headers = {
      'content-type': 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
    };
    const text = JSON.stringify(body);
    if (http.hasRoute({ method: 'POST', url: `/v1/metrics/:id/${what}` })) {
      const answer = await http.inject({ method: 'POST', url: path, headers, payload: text });
      return answerOf(answer.statusCode, parsed(answer.body));
    }
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: text, signal });
      return answerOf(answer.status, parsed(await answer.text()));
    } catch {
      return err({ code: 'unreachable', detail: `no aggregator answers at ${url}` });
    }
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No JSON: the status alone says what happened.
  }
}

function answerOf(status: number, body: unknown): Result<unknown, Refusal> {
  if (status === 200) return ok(body);
  const { code, detail } = (body ?? {}) as { code?: string; detail?: string };
  const isKnown = code !== undefined && Object.hasOwn(ERRORS, code);
  return err({
    code: isKnown ? (code as ErrorCode) : 'unreachable',
    detail: detail ?? `the aggregator answers ${status}`,
  });
}
