import { assertNever } from '../../kernel/result.ts';
import type { MetricOutcome } from '../../kernel/outcome.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Integer } from '../../kernel/integer.ts';
import type { Window } from '../../kernel/window.ts';
import { count, deltaOf, partsOf, windowOf } from './gathering.ts';
import type { Gathering, PartitionSpan } from './gathering.ts';
import type { Judged, SourceRecord } from './judge.ts';
import type { EventVariables, MetricPlan } from './metric-plan.ts';

/** What one metric makes of one record; the window is that of the finest grain. */
export type MetricDecision = {
  readonly outcome: MetricOutcome | 'heartbeat';
  readonly window?: Window;
};

/** Numbers series as the worker first meets them; the projection's own numbers come with a flush. */
export type SeriesTable = {
  readonly numberOf: (key: string) => number;
};

const HEARTBEAT: MetricDecision = { outcome: 'heartbeat' };
const FILTERED: MetricDecision = { outcome: 'filtered' };

/**
 * Decides what a record is for a metric, without changing anything. The one place where filter, lateness and expiry
 * are judged: live counting, rebuilding and `GET /v1/events` all run it.
 * @param watermarkMs the projection's watermark of the record's own partition, before the record
 * @see design section 5: late when the end of the finest window + lateness ≤ the partition's watermark
 */
export function decide(
  plan: MetricPlan,
  judged: Judged,
  context: { watermarkMs: EpochMs; variables: () => EventVariables },
): MetricDecision {
  const { verdict } = judged;
  switch (verdict.kind) {
    case 'heartbeat':
      return HEARTBEAT;
    case 'dead_lettered':
    case 'conflict':
    case 'duplicate':
      return { outcome: verdict.kind };
    case 'event':
      return decideEvent(plan, judged, context);
    default:
      return assertNever(verdict);
  }
}

function decideEvent(
  plan: MetricPlan,
  judged: Judged,
  { watermarkMs, variables }: { watermarkMs: EpochMs; variables: () => EventVariables },
): MetricDecision {
  const { metric, calendar, grains } = plan;
  const { eventMs } = judged;
  if (metric.eventsFromMs !== undefined && eventMs < metric.eventsFromMs) return FILTERED;
  const seen = variables();
  if (!plan.where(seen) || plan.value(seen) === null) return FILTERED;
  const finest = grains[0] ?? 'day';
  const startMs = calendar.cellStart(finest, eventMs);
  const window = { startMs, endMs: calendar.cellEnd(finest, startMs) };
  if (!judged.historical && window.endMs + metric.latenessMs <= watermarkMs)
    return { outcome: 'late', window };
  const kept = grains.some((grain) => !isExpired(plan, { grain, eventMs, watermarkMs }));
  return { outcome: kept ? 'counted' : 'expired', window };
}

/** Past retention, which never ends before lateness: the cell takes no delta any more. Judged per partition, hence by the log alone. */
function isExpired(
  plan: MetricPlan,
  at: { grain: MetricPlan['grains'][number]; eventMs: EpochMs; watermarkMs: EpochMs },
): boolean {
  const { calendar, metric } = plan;
  const endMs = calendar.cellEnd(at.grain, calendar.cellStart(at.grain, at.eventMs));
  return endMs + Math.max(metric.latenessMs, metric.retentionMs[at.grain]) <= at.watermarkMs;
}

/**
 * Folds one record into a projection's gathering.
 * @returns the decision, so that the shell can write late events and dead letters
 */
export function gather(
  plan: MetricPlan,
  into: { gathering: Gathering; span: PartitionSpan; series: SeriesTable },
  input: { record: SourceRecord; judged: Judged; variables: () => EventVariables },
): MetricDecision {
  const { gathering, span, series } = into;
  const { record, judged } = input;
  const watermarkMs = span.watermarkMs;
  const decision = decide(plan, judged, { watermarkMs, variables: input.variables });
  if (judged.watermarkMs > watermarkMs) span.watermarkMs = judged.watermarkMs;
  if (record.offset > span.to) count(span, 'hole', record.offset - span.to);
  count(span, decision.outcome);
  span.to = record.offset + 1;
  span.appendMs = record.appendMs;
  if (judged.historical) span.historicalMs = record.appendMs;
  if (decision.outcome === 'counted')
    addToCells(plan, { gathering, series, watermarkMs }, { ...input, partition: span.partition });
  return decision;
}

function addToCells(
  plan: MetricPlan,
  into: { gathering: Gathering; series: SeriesTable; watermarkMs: EpochMs },
  input: {
    record: SourceRecord;
    judged: Judged;
    variables: () => EventVariables;
    partition: number;
  },
): void {
  const { metric, calendar } = plan;
  const variables = input.variables();
  const { eventMs, historical } = input.judged;
  const value = plan.value(variables);
  const contribution = {
    value: typeof value === 'string' ? 0 : (value as Integer),
    member: typeof value === 'string' ? value : '',
    timeMs: eventMs,
    partition: input.partition,
    offset: input.record.offset,
  };
  const numbers = plan.seriesKeys.map((keyOf) => into.series.numberOf(keyOf(variables)));
  for (const grain of plan.grains) {
    if (isExpired(plan, { grain, eventMs, watermarkMs: into.watermarkMs })) continue;
    const startMs = calendar.cellStart(grain, eventMs);
    const window = windowOf(into.gathering, {
      grain,
      startMs,
      endMs: (start) => calendar.cellEnd(grain, start),
    });
    const restates = historical && window.endMs + metric.latenessMs <= into.watermarkMs;
    for (const number of numbers) {
      const cell = deltaOf(into.gathering, window, number);
      cell.contributions++;
      if (historical) cell.historical++;
      if (restates) cell.restated = true;
      const parts = partsOf(cell);
      plan.contribute(cell, contribution);
      into.gathering.weight += partsOf(cell) - parts;
    }
  }
}
