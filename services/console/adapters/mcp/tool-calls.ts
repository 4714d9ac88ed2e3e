import type { MetricTree } from '../../../kernel/catalog/tree.ts';
import type { Refusal } from '../../../kernel/errors.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import type { ServiceCall } from '../../../platform/service-call.ts';
import { cutNotes, valuesNotes } from '../../core/mcp/notes.ts';
import { alertPart, pipelinePart, treePart } from '../../core/mcp/parts.ts';
import type { Parameters } from '../../core/values-query.ts';
import type { ConsoleReads } from '../../service.ts';
import type { ToolInput, ToolName } from './tool-table.ts';

/** What a tool says: the route's own answer, and before it what must not be overlooked. */
type Told = { readonly notes: readonly string[]; readonly answer: object };
/** @param authorization of whoever asks, who asks other services as well */
type Call<Name extends ToolName> = (
  input: ToolInput<Name>,
  authorization: string | undefined,
) => Promise<Result<Told, Refusal>>;
export type ToolCalls = { readonly [Name in ToolName]: Call<Name> };

export type ToolWorld = {
  readonly reads: Pick<ConsoleReads, 'list' | 'show' | 'values' | 'current' | 'pipeline'>;
  readonly tree: () => MetricTree;
  readonly aggregator: ServiceCall;
  readonly alerting: ServiceCall;
  /** A program asked for this metric by name. */
  readonly noted: (metric: string) => void;
};

/** More of an alert's past is for its page. */
const PAST_MAX = 50;

/** The tools, by the functions that answer the routes of the console, and by the routes of the other services. */
export function toolCalls({ reads, tree, aggregator, alerting, noted }: ToolWorld): ToolCalls {
  const ofMetric = async <T extends object>(
    metric: string,
    answer: Promise<Result<T, Refusal>>,
    notes: (answer: T) => readonly string[],
  ): Promise<Result<Told, Refusal>> => {
    const answered = await answer;
    if (!answered.ok) return answered;
    noted(metric);
    return ok({ notes: notes(answered.value), answer: answered.value });
  };
  const recounted = async (
    metric: string,
    what: 'recount' | 'verify',
    asked: { readonly body: object; readonly authorization: string | undefined },
  ): Promise<Result<Told, Refusal>> =>
    ofMetric(
      metric,
      aggregator({
        method: 'POST',
        route: `/v1/metrics/:id/${what}`,
        path: { id: metric },
        ...asked,
      }) as Promise<Result<object, Refusal>>,
      () => [],
    );

  return {
    async list_metrics({ search, owner, limit, cursor }) {
      const listed = await reads.list({ q: search, owner, limit: String(limit), cursor });
      if (!listed.ok) return listed;
      return ok({ notes: cutNotes(listed.value.cursor), answer: listed.value });
    },
    describe_metric: ({ metric }) =>
      ofMetric(metric, reads.show(metric), ({ projection }) =>
        projection === 'live'
          ? []
          : [`its values are not shown now: the projection is ${projection}`],
      ),
    read_current: ({ metric, window, ...asked }) =>
      ofMetric(metric, reads.current(metric, { window, ...choiceOf(asked) }), valuesNotes),
    read_values: ({ metric, from, to, grain, asOf, ...asked }, authorization) =>
      ofMetric(
        metric,
        reads.values(metric, { from, to, grain, asOf, ...choiceOf(asked) }, authorization),
        valuesNotes,
      ),
    explain_value: ({ metric, ...body }, authorization) =>
      recounted(metric, 'recount', { body, authorization }),
    verify_values: ({ metric, ...body }, authorization) =>
      recounted(metric, 'verify', { body, authorization }),
    async read_metric_tree({ metric, limit }) {
      const whole = tree();
      const isKnown = metric === undefined || whole.metrics.some(({ id }) => id === metric);
      return isKnown
        ? ok(treePart(whole, { metric, limit }))
        : err({ code: 'not_found', detail: `no published metric is called ${metric}` });
    },
    async list_alerts({ limit, ...query }, authorization) {
      const listed = await alerting({
        method: 'GET',
        route: '/v1/alerts',
        query: { ...query, limit: String(limit) },
        authorization,
      });
      if (!listed.ok) return listed;
      const answer = listed.value as AlertsAnswer;
      const health = answer.health.map(({ rule, state }) => `${rule} (${state})`);
      return ok({
        notes: [
          ...(health.length === 0
            ? []
            : [`rules that judge nothing, or not all: ${health.join(', ')}`]),
          ...cutNotes(answer.cursor),
        ],
        answer,
      });
    },
    async read_alert({ alert }, authorization) {
      const found = await alerting({
        method: 'GET',
        route: '/v1/alerts/:id',
        path: { id: alert },
        authorization,
      });
      return found.ok ? ok(alertPart(found.value as AlertAnswer, PAST_MAX)) : found;
    },
    async explain_alert({ alert }, authorization) {
      const explained = await alerting({
        method: 'GET',
        route: '/v1/alerts/:id/explain',
        path: { id: alert },
        authorization,
      });
      return explained.ok ? ok({ notes: [], answer: explained.value as object }) : explained;
    },
    find_responsible: ({ metric, ...asked }, authorization) =>
      ofMetric(
        metric,
        alerting({
          method: 'POST',
          route: '/v1/routes/preview',
          body: { metric, ...asked },
          authorization,
        }) as Promise<Result<ResponsibleAnswer, Refusal>>,
        ({ answering }) => (answering ? [] : ['nobody is told: no one who answers can be reached']),
      ),
    async read_pipeline({ eventType, limit }) {
      const whole = await reads.pipeline();
      const isKnown =
        eventType === undefined || whole.eventTypes.some((one) => one.eventType === eventType);
      return isKnown
        ? ok(pipelinePart(whole, { eventType, limit }))
        : err({ code: 'not_found', detail: `no published event type is called ${eventType}` });
    },
  };
}

/** As much of what alerting answers as is looked at here. */
type AlertsAnswer = {
  readonly cursor: string | null;
  readonly health: readonly { readonly rule: string; readonly state: string }[];
};
type AlertAnswer = {
  readonly timeline: readonly unknown[];
  readonly deliveries: readonly unknown[];
};
type ResponsibleAnswer = { readonly answering: object | null };

type Choice = Pick<ToolInput<'read_current'>, 'by' | 'where' | 'compare' | 'version' | 'cursor'> & {
  readonly limit: number;
};

/** As the query string of values has it. */
const choiceOf = ({ by, where, compare, version, limit, cursor }: Choice): Parameters => ({
  by: by?.join(','),
  where:
    where &&
    Object.entries(where).flatMap(([dimension, members]) =>
      members.map((member) => `${dimension}:${member}`),
    ),
  compare: compare?.join(','),
  version,
  limit: String(limit),
  cursor,
});
