import { formatRfc3339 } from '../../kernel/time.ts';
import type { EventOutcome, MetricOutcome } from '../../kernel/outcome.ts';
import { emptyVariables, fillVariables, namesOf } from './expressions.ts';
import type { Judged, PartitionJudge, RecordReader } from './judge.ts';
import type { MetricPlan } from './metric-plan.ts';
import { decide } from './projector.ts';
import type { Decision } from './projector.ts';
import type { SourceRecord } from './source-record.ts';

/** Where an event is and what became of it (contract section 3). */
export type EventTrace = {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly position: string;
  readonly appendTime: string;
  readonly eventTime: string | null;
  readonly outcome: EventOutcome;
  /** Of a duplicate or a conflict: the first record of the same identity that its horizon reaches back to. */
  readonly original?: string;
  readonly metrics: readonly MetricTrace[];
};
export type MetricTrace = {
  readonly metric: string;
  readonly version: string;
  readonly outcome: MetricOutcome | 'in_flight';
  readonly window: { readonly start: string; readonly end: string } | null;
  readonly reason: string;
};

/** What was found of the record when its partition was judged up to it, by the core that counts. */
export type Finding = {
  readonly record: SourceRecord;
  readonly judged: Judged;
  readonly identity: { readonly id: string; readonly source: string };
  /** Offset of the first record of the stretch that has the same identity. */
  readonly first?: number;
  readonly decisions: readonly {
    readonly plan: MetricPlan;
    readonly decision: Decision;
    readonly watermarkMs: number;
  }[];
};

/** Whether a judged record is the event that is asked for. */
export function identityOf(
  judged: Judged,
  record: SourceRecord,
): { id: string; source: string } | undefined {
  const hasHead =
    judged.verdict.kind === 'event' ||
    judged.verdict.kind === 'duplicate' ||
    judged.verdict.kind === 'conflict';
  if (!hasHead) return undefined;
  return namesOf(judged, record);
}

/**
 * Judges one more record of the stretch and decides it for every metric, as counting would.
 * @param watermarkMs of the partition before the record, as far as the stretch tells
 */
export function examine(
  stretch: { judge: PartitionJudge; plans: readonly MetricPlan[]; watermarkMs: number },
  record: SourceRecord,
  reader: RecordReader | undefined,
): Finding {
  const { judge, plans, watermarkMs } = stretch;
  const judged = judge.judge(record, reader);
  const variables = emptyVariables();
  if (judged.verdict.kind === 'event') fillVariables(variables, { judged, record }, true);
  const decisions = plans.map((plan) => ({
    plan,
    decision: decide(plan, { record, judged, variables }, watermarkMs),
    watermarkMs,
  }));
  return {
    record,
    judged,
    identity: identityOf(judged, record) ?? { id: '', source: '' },
    decisions,
  };
}

const REASONS: Readonly<Record<MetricOutcome | 'in_flight', string>> = {
  counted: 'counted in this window',
  filtered: 'the where expression is not true, or the value is null',
  late: 'the window was final when the event arrived; see late-events',
  expired: 'the cells of its time are past retention',
  duplicate: 'an earlier record has the same source and id, with the same payload',
  conflict: 'an earlier record has the same source and id, with another payload; see dead-letters',
  dead_lettered: 'the record could not be processed; see dead-letters',
  in_flight: 'the metric has not come to this offset yet',
};

/** Decisions that were made for a window. */
const HAVE_WINDOW: ReadonlySet<Decision> = new Set(['counted', 'late', 'expired']);

/** @param next per metric, the next offset that its projection reads from this partition */
export function traceOf(
  finding: Finding,
  place: { type: string; topic: string; partition: number; next: (plan: MetricPlan) => number },
): EventTrace {
  const { record, judged, identity, decisions, first } = finding;
  const { kind } = judged.verdict;
  const isCopy = kind === 'duplicate' || kind === 'conflict';
  const metrics = decisions.map(({ plan, decision, watermarkMs }): MetricTrace => {
    const isPast = record.offset < place.next(plan);
    const outcome = isPast ? (decision as MetricOutcome) : 'in_flight';
    const window = HAVE_WINDOW.has(decision) ? plan.finest.at(judged.eventMs) : undefined;
    const late =
      outcome === 'late' && window
        ? ` (window end ${formatRfc3339(window.endMs)} + lateness ≤ watermark ${formatRfc3339(watermarkMs)})`
        : '';
    return {
      metric: plan.metric.id,
      version: plan.metric.version,
      outcome,
      window: window
        ? { start: formatRfc3339(window.startMs), end: formatRfc3339(window.endMs) }
        : null,
      reason: REASONS[outcome] + late,
    };
  });
  return {
    ...identity,
    type: place.type,
    position: `${place.topic}/${place.partition}/${record.offset}`,
    appendTime: formatRfc3339(record.appendMs),
    eventTime: judged.eventMs > 0 ? formatRfc3339(judged.eventMs) : null,
    outcome: eventOutcome(judged, metrics),
    ...(isCopy && first !== undefined
      ? { original: `${place.topic}/${place.partition}/${first}` }
      : {}),
    metrics,
  };
}

function eventOutcome(judged: Judged, metrics: readonly MetricTrace[]): EventOutcome {
  const outcomes = new Set(metrics.map(({ outcome }) => outcome));
  if (metrics.length > 0 && [...outcomes].every((outcome) => outcome === 'in_flight'))
    return 'in_flight';
  const { kind } = judged.verdict;
  if (kind === 'dead_lettered' || kind === 'conflict' || kind === 'duplicate') return kind;
  if (outcomes.has('counted')) return 'counted';
  return outcomes.has('late') ? 'late' : 'filtered';
}
