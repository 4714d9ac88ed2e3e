import type { MetricTree } from '../../../kernel/catalog/tree.ts';
import type { PipelineAnswer, PipelineProjection } from '../answers.ts';
import { cutList, pipelineNotes } from './notes.ts';

type Part<T> = { readonly answer: T; readonly notes: readonly string[] };

/**
 * A part of the metric tree that a model can take in.
 * @param asked.metric only what drives it, and what it drives, all the way down and up; absent: the whole
 */
export function treePart(
  tree: MetricTree,
  { metric, limit }: { readonly metric?: string | undefined; readonly limit: number },
): Part<MetricTree> {
  const tied = metric === undefined ? undefined : tiedTo(tree, metric);
  const wanted = tree.metrics.filter(({ id }) => tied === undefined || tied.has(id));
  // What stands at the top says most.
  const inOrder = wanted.toSorted((a, b) => a.depth - b.depth);
  const { kept, notes } = cutList('metrics', inOrder, limit);
  const ids = new Set(kept.map(({ id }) => id));
  return {
    answer: {
      objectives: tree.objectives.filter(
        ({ metrics }) => tied === undefined || metrics.some((id) => ids.has(id)),
      ),
      metrics: tree.metrics.filter(({ id }) => ids.has(id)),
      edges: tree.edges.filter(({ from, to }) => ids.has(from) && ids.has(to)),
    },
    notes,
  };
}

function tiedTo({ edges }: MetricTree, metric: string): ReadonlySet<string> {
  const reached = (from: 'from' | 'to', to: 'from' | 'to'): ReadonlySet<string> => {
    const found = new Set([metric]);
    for (const id of found) for (const edge of edges) if (edge[from] === id) found.add(edge[to]);
    return found;
  };
  return reached('to', 'from').union(reached('from', 'to'));
}

/**
 * A part of the pipeline's answer: of one event type, and at most `limit` projections, those that are not well first. The
 * notes tell of all of it.
 */
export function pipelinePart(
  whole: PipelineAnswer,
  { eventType, limit }: { readonly eventType?: string | undefined; readonly limit: number },
): Part<PipelineAnswer> {
  const isWanted = (one: { readonly eventType: string }): boolean =>
    eventType === undefined || one.eventType === eventType;
  const asked = {
    ...whole,
    eventTypes: whole.eventTypes.filter(isWanted),
    projections: whole.projections.filter(isWanted),
  };
  const unbalanced = new Set(
    asked.eventTypes.flatMap(({ metrics }) =>
      metrics.flatMap(({ metric, difference, lost }) =>
        difference === 0 && lost === 0 ? [] : [metric],
      ),
    ),
  );
  const trouble = ({ metric, state, lagRecords }: PipelineProjection): number =>
    (state === 'live' && !unbalanced.has(metric) ? 0 : Number.MAX_SAFE_INTEGER / 2) + lagRecords;
  const projections = cutList(
    'projections',
    asked.projections.toSorted((a, b) => trouble(b) - trouble(a)),
    limit,
  );
  const kept = new Set(projections.kept.map(({ metric }) => metric));
  const eventTypes = cutList('event types', asked.eventTypes, limit);
  return {
    answer: {
      ...asked,
      projections: projections.kept,
      eventTypes: eventTypes.kept.map((one) => ({
        ...one,
        metrics: one.metrics.filter(({ metric }) => kept.has(metric)),
      })),
    },
    notes: [...pipelineNotes(asked), ...asked.warnings, ...projections.notes, ...eventTypes.notes],
  };
}

/** Of an alert that has burned for long, the newest of what was told and done. */
export function alertPart<
  T extends { readonly timeline: readonly unknown[]; readonly deliveries: readonly unknown[] },
>(alert: T, limit: number): Part<T> {
  const { timeline, deliveries } = alert;
  const newest = (what: string, list: readonly unknown[]) =>
    list.length <= limit ? [] : [`cut: the newest ${limit} of ${list.length} ${what}`];
  return {
    answer: {
      ...alert,
      timeline: timeline.slice(-limit),
      deliveries: deliveries.slice(-limit),
    },
    notes: [
      ...newest('transitions of the time line', timeline),
      ...newest('deliveries', deliveries),
    ],
  };
}
