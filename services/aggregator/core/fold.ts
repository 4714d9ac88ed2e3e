import { emptyVariables, fillVariables } from './expressions.ts';
import { stamp } from './fingerprint.ts';
import { spanKey } from './gathering.ts';
import type { Gathering, PartitionSpan } from './gathering.ts';
import type { Judged } from './judge.ts';
import type { MetricPlan } from './metric-plan.ts';
import { note, noteLate } from './notes.ts';
import type { LateFor, Notes } from './notes.ts';
import type { ProjectionState } from './projection-state.ts';
import { gather, holesIn } from './projector.ts';
import type { GatherInto, JudgedRecord } from './projector.ts';
import type { SourceRecord } from './source-record.ts';

type Into = { readonly projections: readonly ProjectionState[]; readonly notes: Notes };
type Place = { readonly topic: string; readonly partition: number };

/**
 * Folds one judged record into every projection whose cursor it is not below: those that are ahead skip it.
 * @returns the weight of the heaviest gathering
 */
export type Fold = (record: SourceRecord, judged: Judged) => number;

type Lane = {
  readonly projection: ProjectionState;
  readonly plan: MetricPlan;
  readonly gathering: Gathering;
  readonly next: number;
  span: PartitionSpan | undefined;
};

/** Folding of one partition's records in order. Valid until anything of the projections is taken. */
export function folding({ projections, notes }: Into, place: Place): Fold {
  const lanes = projections.map((projection): Lane => {
    const { plan, gathering } = projection;
    const next = projection.next(place.topic, place.partition);
    return { projection, plan, gathering, next, span: undefined };
  });
  const needsStrings = lanes.some(({ plan }) => plan.needsStrings);
  const variables = emptyVariables();
  const noting = { notes, place };
  let seen: JudgedRecord | undefined;

  return (record, judged) => {
    // A cursor shows each record in the same view, and a judge gives each judgement in the same object.
    if (seen?.record !== record || seen.judged !== judged) seen = { record, judged, variables };
    const isEvent = judged.verdict.kind === 'event';
    if (isEvent) fillVariables(variables, seen, needsStrings);
    let takers = 0;
    let isCounted = false;
    let late: LateFor[] | undefined;
    let heaviest = 0;
    for (let i = 0; i < lanes.length; i++) {
      const lane = lanes[i] as Lane;
      if (record.offset < (lane.span ? lane.span.to : lane.next)) continue;
      takers++;
      lane.span ??= lane.projection.span(place.topic, place.partition);
      const { watermarkMs } = lane.span;
      const decision = gather(lane as GatherInto, seen);
      if (decision === 'counted') isCounted = true;
      else if (decision === 'late') (late ??= []).push({ plan: lane.plan, watermarkMs });
      if (lane.gathering.weight > heaviest) heaviest = lane.gathering.weight;
    }
    if (takers > 0 && takers === lanes.length) {
      const kind = isCounted ? 'counted' : late ? 'late' : 'filtered';
      note(noting, seen, isEvent ? kind : judged.verdict.kind);
    }
    if (late) noteLate(noting, seen, late);
    return heaviest;
  };
}

/** Accounts for holes at the end of a batch, notes where the end of the log is reached, and which record was the `last`. */
export function closeSpans(
  projections: readonly ProjectionState[],
  batch: Place & {
    readonly fetchedOffset: number;
    readonly nextOffset: number;
    readonly endOffset: number;
  },
  last?: SourceRecord,
): void {
  const { topic, partition, nextOffset, endOffset } = batch;
  const holeFrom = last ? last.offset + 1 : batch.fetchedOffset;
  for (const projection of projections) {
    const isTouched = projection.gathering.spans.has(spanKey(topic, partition));
    const next = projection.next(topic, partition);
    if (nextOffset < next || (nextOffset === next && !isTouched)) continue;
    const span = projection.span(topic, partition);
    if (nextOffset > span.to) {
      span.counters.hole += holesIn(span.to, holeFrom, nextOffset);
      span.to = nextOffset;
    }
    span.caughtUp = nextOffset >= endOffset;
  }
  stamp(projections, batch, last);
}
