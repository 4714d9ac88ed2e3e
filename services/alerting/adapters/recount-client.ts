import type { FastifyInstance } from 'fastify';
import { ERRORS } from '../../kernel/errors.ts';
import type { ErrorCode, Refusal } from '../../kernel/errors.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import { formatRfc3339 } from '../../kernel/time.ts';
import type { Recount, RecountQuestion, Recounted } from '../core/proof/explanation.ts';

const ROUTE = '/v1/metrics/:id/recount';
const TIMEOUT_MS = 60_000;

/**
 * Asks the aggregator's API: in the same process where that serves it too, else at `url`. Whoever asked asks there as
 * well: his authorization goes along.
 */
export function recountClient(http: FastifyInstance, url: string): Recount {
  return async (question, authorization) => {
    const path = `/v1/metrics/${encodeURIComponent(question.metric)}/recount`;
    const headers = {
      'content-type': 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
    };
    const body = JSON.stringify(bodyOf(question));
    if (http.hasRoute({ method: 'POST', url: ROUTE })) {
      const answer = await http.inject({ method: 'POST', url: path, headers, payload: body });
      return answerOf(answer.statusCode, parsed(answer.body));
    }
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body, signal });
      return answerOf(answer.status, parsed(await answer.text()));
    } catch {
      return err({ code: 'unreachable', detail: `no aggregator answers at ${url}` });
    }
  };
}

const bodyOf = ({ startMs, endMs, version, labels, cursors }: RecountQuestion) => ({
  version,
  labels,
  cursors,
  start: formatRfc3339(startMs),
  end: formatRfc3339(endMs),
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No JSON: the status alone says what happened.
  }
}

function answerOf(status: number, body: unknown): Result<Recounted, Refusal> {
  if (status === 200) {
    const { value, count, records, readFrom, events } = body as Recounted;
    return ok({ value, count, records, readFrom, events });
  }
  const { code, detail } = (body ?? {}) as { code?: string; detail?: string };
  const isKnown = code !== undefined && Object.hasOwn(ERRORS, code);
  return err({
    code: isKnown ? (code as ErrorCode) : 'unreachable',
    detail: detail ?? `the aggregator answers ${status}`,
  });
}
