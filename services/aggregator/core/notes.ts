import type { ErrorCode } from '../../kernel/errors.ts';
import type { EventOutcome } from '../../kernel/outcome.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Judged, SourceRecord } from './judge.ts';
import { variablesOf } from './metric-plan.ts';
import type { MetricPlan } from './metric-plan.ts';
import type { MetricDecision } from './projector.ts';

export type DeadLetter = {
  readonly topic: string;
  readonly partition: number;
  readonly record: SourceRecord;
  readonly code: ErrorCode;
  readonly detail: string;
};
export type LateEvent = {
  readonly topic: string;
  readonly partition: number;
  readonly record: SourceRecord;
  readonly id: string;
  readonly source: string;
  readonly eventMs: EpochMs;
  readonly watermarkMs: EpochMs;
  /** `metric@version` for which it was late. */
  readonly metrics: readonly string[];
};
export type Tally = {
  readonly topic: string;
  readonly outcome: EventOutcome | 'heartbeat';
  events: number;
};
export type Decided = {
  readonly plan: MetricPlan;
  readonly decision: MetricDecision;
  /** The projection's watermark of the partition, before the record. */
  readonly watermarkMs: EpochMs;
};

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

/**
 * Notes one record. What is noted is written before the flush that moves the cursor past it: at least once.
 * @param seen `isNew`: every projection takes the record for the first time; a re-read for one of them says nothing again
 */
export function note(
  notes: Notes,
  place: { topic: string; partition: number },
  seen: {
    record: SourceRecord;
    judged: Judged;
    isNew: boolean;
    decisions: readonly Decided[];
  },
): void {
  const { record, judged, decisions } = seen;
  if (seen.isNew) {
    const letter = letterOf(judged);
    if (letter) notes.deadLetters.push({ ...place, record, ...letter });
    tally(notes, { topic: place.topic, outcome: outcomeOf(judged, decisions) }, judged);
  }
  const late = decisions.filter(({ decision }) => decision.outcome === 'late');
  const [first] = late;
  if (!first) return;
  const { id, source } = variablesOf(judged, record, true);
  notes.lateEvents.push({
    ...place,
    record,
    id,
    source,
    eventMs: judged.eventMs,
    watermarkMs: first.watermarkMs,
    metrics: late.map(({ plan }) => `${plan.metric.id}@${plan.metric.version}`).sort(),
  });
}

function letterOf({ verdict }: Judged): { code: ErrorCode; detail: string } | undefined {
  if (verdict.kind === 'dead_lettered') return { code: verdict.code, detail: verdict.detail };
  if (verdict.kind === 'conflict')
    return {
      code: 'conflict',
      detail: 'the same source and id came before with another payload',
    };
  return undefined;
}

function tally(notes: Notes, of: Pick<Tally, 'topic' | 'outcome'>, judged: Judged): void {
  const entry = notes.tallies.get(of.outcome) ?? { ...of, events: 0 };
  if (entry.events === 0) notes.tallies.set(of.outcome, entry);
  entry.events++;
  const { ingestedAt } = judged.ranges;
  const isSample = of.outcome === 'counted' && ingestedAt !== null && !judged.historical;
  if (isSample && notes.ingestedAt.length < INGESTED_AT_SAMPLES_MAX)
    notes.ingestedAt.push(ingestedAt);
}

/** The event's one outcome, by precedence. */
function outcomeOf({ verdict }: Judged, decisions: readonly Decided[]): EventOutcome | 'heartbeat' {
  if (verdict.kind !== 'event') return verdict.kind;
  const outcomes = new Set(decisions.map(({ decision }) => decision.outcome));
  if (outcomes.has('counted')) return 'counted';
  return outcomes.has('late') ? 'late' : 'filtered';
}
