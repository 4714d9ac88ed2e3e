import type { PastAnswer } from '../../kernel/past.ts';
import { ok } from '../../kernel/result.ts';
import type { AggregatorCall } from '../../platform/aggregator-call.ts';
import type { AskPast } from '../core/past.ts';

/** The past is counted again by the aggregator. */
export const pastClient =
  (call: AggregatorCall): AskPast =>
  async (metric, body, authorization) => {
    const answer = await call({ metric, what: 'past', body, authorization });
    return answer.ok ? ok(answer.value as PastAnswer) : answer;
  };
