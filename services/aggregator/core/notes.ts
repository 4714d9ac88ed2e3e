import type { ErrorCode } from '../../kernel/errors.ts';
import type { EventOutcome } from '../../kernel/outcome.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { namesOf } from './expressions.ts';
import type { Judged } from './judge.ts';
import type { MetricPlan } from './metric-plan.ts';
import { keep } from './source-record.ts';
import type { KeptRecord, SourceRecord } from './source-record.ts';

export type DeadLetter = {
  readonly topic: string;
  readonly partition: number;
  readonly record: KeptRecord;
  readonly code: ErrorCode;
  readonly detail: string;
};
export type LateEvent = {
  readonly topic: string;
  readonly partition: number;
  readonly record: KeptRecord;
  readonly id: string;
  readonly source: string;
  readonly eventMs: EpochMs;
  readonly watermarkMs: EpochMs;
  /** `metric@version` for which it was late. */
  readonly metrics: readonly string[];
};
type Outcome = EventOutcome | 'heartbeat';
export type Tally = {
  readonly topic: string;
  readonly outcome: Outcome;
  events: number;
};
/** A metric for which an event was late, and the projection's watermark of the partition before it. */
export type LateFor = { readonly plan: MetricPlan; readonly watermarkMs: EpochMs };

/** What a flush round says to the world besides the cells. */
export type Notes = {
  readonly deadLetters: DeadLetter[];
  readonly lateEvents: LateEvent[];
  readonly tallies: Map<string, Tally>;
  /** Accept times of some counted events. */
  readonly ingestedAt: EpochMs[];
};

/** Accept times kept per flush for the latency histogram. */
const INGESTED_AT_SAMPLES_MAX = 32;

export const emptyNotes = (): Notes => ({
  deadLetters: [],
  lateEvents: [],
  tallies: new Map(),
  ingestedAt: [],
});

type Place = { readonly topic: string; readonly partition: number };
type Noting = { readonly notes: Notes; readonly place: Place };
type Seen = { readonly record: SourceRecord; readonly judged: Judged };

/**
 * Notes a record that every projection takes for the first time: a re-read for one of them says nothing again. What is
 * noted is written before the flush that moves the cursor past it: at least once.
 * @param outcome by precedence, the one that the event has over all metrics
 */
export function note({ notes, place }: Noting, { record, judged }: Seen, outcome: Outcome): void {
  if (outcome === 'dead_lettered' || outcome === 'conflict')
    notes.deadLetters.push({ ...place, record: keep(record), ...letterOf(judged) });
  const tally = notes.tallies.get(outcome);
  if (tally) tally.events++;
  else notes.tallies.set(outcome, { topic: place.topic, outcome, events: 1 });
  if (outcome !== 'counted' || judged.historical) return;
  const { ingestedAt } = judged.ranges;
  if (ingestedAt !== null && notes.ingestedAt.length < INGESTED_AT_SAMPLES_MAX)
    notes.ingestedAt.push(ingestedAt);
}

/** Notes an event that was late for some metrics, at each reading. */
export function noteLate(
  { notes, place }: Noting,
  { record, judged }: Seen,
  late: readonly LateFor[],
): void {
  notes.lateEvents.push({
    ...place,
    record: keep(record),
    ...namesOf(judged, record),
    eventMs: judged.eventMs,
    watermarkMs: late[0]?.watermarkMs ?? 0,
    metrics: late.map(({ plan }) => `${plan.metric.id}@${plan.metric.version}`).sort(),
  });
}

const CONFLICT = {
  code: 'conflict',
  detail: 'the same source and id came before with another payload',
} as const;

const letterOf = ({ verdict }: Judged): { code: ErrorCode; detail: string } =>
  verdict.kind === 'dead_lettered' ? { code: verdict.code, detail: verdict.detail } : CONFLICT;
