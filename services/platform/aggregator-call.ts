import type { FastifyInstance } from 'fastify';
import type { Refusal } from '../kernel/errors.ts';
import type { Result } from '../kernel/result.ts';
import { serviceCall } from './service-call.ts';

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
  const call = serviceCall(http, { service: 'aggregator', url });
  return ({ metric, what, body, authorization }) =>
    call({
      method: 'POST',
      route: `/v1/metrics/:id/${what}`,
      path: { id: metric },
      body,
      authorization,
    });
}
