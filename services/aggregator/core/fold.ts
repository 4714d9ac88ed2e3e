import { stamp } from './fingerprint.ts';
import { count, spanKey } from './gathering.ts';
import type { Judged, SourceRecord } from './judge.ts';
import { variablesOf } from './metric-plan.ts';
import type { EventVariables } from './metric-plan.ts';
import { note } from './notes.ts';
import type { Decided, Notes } from './notes.ts';
import type { ProjectionState } from './projection-state.ts';
import { gather } from './projector.ts';

type Into = { readonly projections: readonly ProjectionState[]; readonly notes: Notes };
type Place = { readonly topic: string; readonly partition: number };

/** Folds one judged record into every projection whose cursor it is not below: those that are ahead skip it. */
export function fold(
  into: Into,
  place: Place,
  { record, judged }: { record: SourceRecord; judged: Judged },
): void {
  const { topic, partition } = place;
  const active = into.projections.filter((one) => record.offset >= one.next(topic, partition));
  if (active.length === 0) return;
  const needsStrings = active.some(({ plan }) => plan.needsStrings);
  let seen: EventVariables | undefined;
  const variables = (): EventVariables => (seen ??= variablesOf(judged, record, needsStrings));
  const decisions = active.map((projection): Decided => {
    const { plan, gathering } = projection;
    const span = projection.span(topic, partition);
    const { watermarkMs } = span;
    const decision = gather(
      plan,
      { gathering, span, series: projection },
      { record, judged, variables },
    );
    projection.moved(span);
    return { plan, decision, watermarkMs };
  });
  const isNew = active.length === into.projections.length;
  note(into.notes, place, { record, judged, isNew, decisions });
}

/** Accounts for holes at the end of a batch, notes where the end of the log is reached, and which record was the `last`. */
export function closeSpans(
  projections: readonly ProjectionState[],
  batch: Place & { readonly nextOffset: number; readonly endOffset: number },
  last?: SourceRecord,
): void {
  const { topic, partition, nextOffset, endOffset } = batch;
  for (const projection of projections) {
    const isTouched = projection.gathering.spans.has(spanKey(topic, partition));
    const next = projection.next(topic, partition);
    if (nextOffset < next || (nextOffset === next && !isTouched)) continue;
    const span = projection.span(topic, partition);
    if (nextOffset > span.to) {
      count(span, 'hole', nextOffset - span.to);
      span.to = nextOffset;
    }
    span.caughtUp = nextOffset >= endOffset;
    projection.moved(span);
  }
  stamp(projections, batch, last);
}
