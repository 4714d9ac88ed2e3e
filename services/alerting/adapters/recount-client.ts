import { ok } from '../../kernel/result.ts';
import { formatRfc3339 } from '../../kernel/time.ts';
import type { AggregatorCall } from '../../platform/aggregator-call.ts';
import type { Recount, RecountQuestion, Recounted } from '../core/proof/explanation.ts';

/** Recounts are the aggregator's matter. */
export const recountClient =
  (call: AggregatorCall): Recount =>
  async (question, authorization) => {
    const { metric } = question;
    const answer = await call({ metric, what: 'recount', body: bodyOf(question), authorization });
    if (!answer.ok) return answer;
    const { value, count, records, readFrom, events } = answer.value as Recounted;
    return ok({ value, count, records, readFrom, events });
  };

const bodyOf = ({ startMs, endMs, version, labels, cursors }: RecountQuestion) => ({
  version,
  labels,
  cursors,
  start: formatRfc3339(startMs),
  end: formatRfc3339(endMs),
});
