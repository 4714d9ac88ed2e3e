import type { MetricOutcome } from '../../kernel/outcome.ts';
import { assertNever } from '../../kernel/result.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Grain, Window } from '../../kernel/window.ts';
import { contribute } from './cell-delta.ts';
import type { Contribution } from './cell-delta.ts';
import type { EventVariables } from './expressions.ts';
import { commonDelta, commonWindow, deltaOf, windowApart } from './gathering.ts';
import type { Gathering, PartitionSpan } from './gathering.ts';
import type { Judged } from './judge.ts';
import type { MetricPlan } from './metric-plan.ts';
import type { SourceRecord } from './source-record.ts';

/** One record, judged, and what expressions see of it. Valid until the next one is read. */
export type JudgedRecord = {
  readonly record: SourceRecord;
  readonly judged: Judged;
  readonly variables: EventVariables;
};

export type Decision = MetricOutcome | 'heartbeat';

/**
 * Decides what a record is for a metric, without changing anything. The one place where filter, lateness and expiry
 * are judged: live counting, rebuilding and `GET /v1/events` all run it.
 * @param watermarkMs the projection's watermark of the record's own partition, before the record
 * @see design section 5: late when the end of the finest window + lateness ≤ the partition's watermark
 */
export function decide(plan: MetricPlan, seen: JudgedRecord, watermarkMs: EpochMs): Decision {
  const { verdict } = seen.judged;
  switch (verdict.kind) {
    case 'event':
      return decideEvent(plan, seen, watermarkMs);
    case 'heartbeat':
    case 'dead_lettered':
    case 'conflict':
    case 'duplicate':
      return verdict.kind;
    default:
      return assertNever(verdict);
  }
}

function decideEvent(
  plan: MetricPlan,
  { judged, variables }: JudgedRecord,
  watermarkMs: EpochMs,
): Decision {
  const { where, value } = plan;
  const { eventMs } = judged;
  if (eventMs < plan.eventsFromMs) return 'filtered';
  if (where !== undefined && where.read(variables) !== true) return 'filtered';
  if (value !== undefined && value.read(variables) === null) return 'filtered';
  const endsMs = plan.finest.at(eventMs).endMs;
  if (!judged.historical && endsMs + plan.latenessMs <= watermarkMs) return 'late';
  return isExpiredForAll(plan, eventMs, watermarkMs) ? 'expired' : 'counted';
}

/** Past retention, which never ends before lateness: the cell takes no delta any more. Judged per partition, hence by the log alone. */
const isExpired = (plan: MetricPlan, grain: Grain, at: { endMs: EpochMs; watermarkMs: EpochMs }) =>
  at.endMs + plan.keptMs[grain] <= at.watermarkMs;

const isKeptByAll = (plan: MetricPlan, eventMs: EpochMs, watermarkMs: EpochMs): boolean =>
  eventMs + plan.keptMsMin > watermarkMs;

const isExpiredForAll = (plan: MetricPlan, eventMs: EpochMs, watermarkMs: EpochMs): boolean =>
  !isKeptByAll(plan, eventMs, watermarkMs) &&
  plan.grains.every((grain) =>
    isExpired(plan, grain, { endMs: cellAt(plan, grain, eventMs).endMs, watermarkMs }),
  );

function cellAt({ calendar }: MetricPlan, grain: Grain, eventMs: EpochMs): Window {
  const startMs = calendar.cellStart(grain, eventMs);
  return { startMs, endMs: calendar.cellEnd(grain, startMs) };
}

/** Where a projection gathers the records of one partition. */
export type GatherInto = {
  readonly plan: MetricPlan;
  readonly gathering: Gathering;
  readonly span: PartitionSpan;
};

/**
 * Folds one record into a projection's gathering.
 * @returns the decision, so that the shell can write late events and dead letters
 */
export function gather({ plan, gathering, span }: GatherInto, seen: JudgedRecord): Decision {
  const { record, judged } = seen;
  const { watermarkMs, counters } = span;
  const decision = decide(plan, seen, watermarkMs);
  if (record.offset > span.to) counters.hole += holesIn(span.to, record.holeFrom, record.offset);
  span.to = record.offset + 1;
  span.appendMs = record.appendMs;
  if (judged.watermarkMs > watermarkMs) span.watermarkMs = judged.watermarkMs;
  if (judged.historical) span.historicalMs = record.appendMs;
  // By name for the two that nearly all are: an access by a name that varies costs as much as the rest of this.
  if (decision === 'filtered') counters.filtered++;
  else if (decision === 'counted') counters.counted++;
  else counters[decision]++;
  if (decision !== 'counted') return decision;
  fillContribution(plan, seen, span.partition);
  if (judged.historical || !isKeptByAll(plan, judged.eventMs, watermarkMs))
    addApart(plan, gathering, { seen, watermarkMs });
  else addAlike(plan, gathering, seen);
  return decision;
}

/** Offsets without a record that a span which ends at `to` passes on its way to `offset`. */
export const holesIn = (to: number, holeFrom: number, offset: number): number =>
  offset - (holeFrom > to ? holeFrom : to);

/** Nothing is made per event: the one that is at hand. */
const contribution: Contribution = { value: 0, member: '', timeMs: 0, partition: 0, offset: 0 };

function fillContribution(plan: MetricPlan, seen: JudgedRecord, partition: number): void {
  const value = plan.value === undefined ? 0 : plan.value.read(seen.variables);
  if (typeof value === 'string') contribution.member = value;
  else if (value !== null) contribution.value = value;
  if (plan.entity) contribution.member = plan.entity.read(seen.variables) as string;
  contribution.timeMs = seen.judged.eventMs;
  contribution.partition = partition;
  contribution.offset = seen.record.offset;
}

/** Every grain's cell gets the same: it is added once, and to all grains when the gathering is taken. */
function addAlike(plan: MetricPlan, gathering: Gathering, seen: JudgedRecord): void {
  const window = commonWindow(gathering, plan, plan.finest.at(seen.judged.eventMs));
  if (!window) return addApart(plan, gathering, { seen, watermarkMs: Number.NEGATIVE_INFINITY });
  for (const column of plan.columns) {
    const cell = commonDelta(gathering, window, column.read(seen.variables));
    cell.contributions++;
    const gained = contribute(plan.aggregation, cell, contribution);
    if (gained > 0) gathering.weight += plan.grains.length * gained;
  }
}

/** Of each grain that keeps the event's cell. */
function addApart(
  plan: MetricPlan,
  gathering: Gathering,
  { seen, watermarkMs }: { seen: JudgedRecord; watermarkMs: EpochMs },
): void {
  const { eventMs, historical } = seen.judged;
  for (const grain of plan.grains) {
    const at = cellAt(plan, grain, eventMs);
    if (isExpired(plan, grain, { endMs: at.endMs, watermarkMs })) continue;
    const window = windowApart(gathering, grain, at);
    const restates = historical && at.endMs + plan.latenessMs <= watermarkMs;
    for (const column of plan.columns) {
      const cell = deltaOf(gathering, window, column.read(seen.variables));
      cell.contributions++;
      if (historical) cell.historical++;
      if (restates) cell.restated = true;
      gathering.weight += contribute(plan.aggregation, cell, contribution);
    }
  }
}
