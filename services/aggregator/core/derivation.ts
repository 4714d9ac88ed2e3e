import { EMPTY, exactValueOf, formatValue } from '../../kernel/accumulator.ts';
import type { Decimal } from '../../kernel/decimal.ts';
import type { DerivedMetric, MetricDefinition, SimpleMetric } from '../../kernel/definitions.ts';
import { compileFormula } from '../../kernel/expression/formula.ts';
import { keepsMembers } from '../../kernel/projection.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import { breakdownOf, labelsOf, seriesKey } from '../../kernel/series.ts';
import { stageAt, stateOf } from '../../kernel/stage.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Cursor, TickUpdate, ValueUpdate } from '../../kernel/update.ts';
import { WINDOW_STATES } from '../../kernel/window.ts';
import { isBackfilled, sourcesOf } from './publication.ts';
import type { CellView, MetricHead, ViewedCell } from './publication.ts';

/** A derived metric made ready: the simple metrics at the bottom of its formula, and the formula over their values. */
export type DerivedPlan = {
  readonly metric: DerivedMetric;
  readonly leaves: readonly SimpleMetric[];
  /** @param values of the leaves by id; null where there is none */
  readonly evaluate: (values: ReadonlyMap<string, Decimal | null>, scale: number) => Decimal | null;
};

/** Places at which the value of an input that is derived itself goes into the formula above it. */
const INNER_SCALE = 18;

export function planDerived(
  metric: DerivedMetric,
  metrics: ReadonlyMap<string, MetricDefinition>,
  above: readonly string[] = [],
): Result<DerivedPlan, string> {
  if (above.includes(metric.id)) return err(`${metric.id} reads itself`);
  const formula = compileFormula(metric.formula, metric.inputs);
  if (!formula.ok) return err(`${metric.id}: ${formula.error.message}`);
  const leaves = new Map<string, SimpleMetric>();
  const inner: DerivedPlan[] = [];
  for (const id of formula.value.inputs) {
    const input = metrics.get(id);
    if (!input) return err(`${metric.id} reads ${id}, which is not published`);
    if (input.kind === 'simple') {
      leaves.set(id, input);
      continue;
    }
    const plan = planDerived(input, metrics, [...above, metric.id]);
    if (!plan.ok) return plan;
    inner.push(plan.value);
    for (const leaf of plan.value.leaves) leaves.set(leaf.id, leaf);
  }
  return ok({
    metric,
    leaves: [...leaves.values()],
    evaluate(values, scale) {
      const known = new Map(values);
      for (const plan of inner) known.set(plan.metric.id, plan.evaluate(values, INNER_SCALE));
      const { value } = formula.value.evaluate(known, scale);
      return value === null ? null : { unscaled: value, scale };
    },
  });
}

/** The same members under the order of dimension names of one of these breakdowns. @returns undefined when none has these dimensions */
export function keyIn(breakdowns: readonly (readonly string[])[], key: string): string | undefined {
  const names = breakdownOf(key);
  const breakdown = breakdowns.find(
    (one) => one.length === names.length && one.every((name) => names.includes(name)),
  );
  if (!breakdown) return undefined;
  const labels = labelsOf(key);
  return seriesKey(
    breakdown,
    breakdown.map((name) => labels[name] ?? ''),
  );
}

/** What one leaf has at the cell: its view, and the cell where there is one. */
export type LeafCell = {
  readonly metric: SimpleMetric;
  readonly view: CellView;
  readonly cell: ViewedCell | undefined;
};

/**
 * The update of a derived cell, from the merged accumulators of all leaves: never from values that were rounded before.
 * Leaves lie in different slots, so their views are of slightly different instants; the watermark is the oldest, the
 * state the least advanced, the evidence the smallest cursor of each source partition, and the contributions the sum,
 * so that by `supersedes` the record of the most complete views wins. It carries what its inputs have accumulated, where that
 * is merged by itself: whoever reads it works longer windows out of them.
 */
export function derivedUpdate(
  plan: DerivedPlan,
  place: Pick<ValueUpdate, 'series' | 'grain' | 'start' | 'end'>,
  at: { leaves: readonly LeafCell[]; nowMs: EpochMs },
): ValueUpdate {
  const { metric } = plan;
  const values = new Map(at.leaves.map((leaf) => [leaf.metric.id, valueOfLeaf(leaf, place.end)]));
  const result = plan.evaluate(values, metric.unit.scale);
  const sum = (of: (cell: ViewedCell) => number): number =>
    at.leaves.reduce((total, { cell }) => total + (cell ? of(cell) : 0), 0);
  const inputs = plan.leaves.some(({ aggregation }) => keepsMembers(aggregation))
    ? undefined
    : Object.fromEntries(
        at.leaves.flatMap(({ metric: { id }, cell }) => (cell ? [[id, cell.accumulators]] : [])),
      );
  const states = at.leaves.map((leaf) => WINDOW_STATES.indexOf(stateOfLeaf(leaf, place.end)));
  return {
    kind: 'value',
    metric: metric.id,
    version: metric.version,
    ...place,
    accumulators: { contributions: sum((cell) => cell.accumulators.contributions) },
    ...(inputs ? { inputs } : {}),
    value: formatValue(result?.unscaled ?? null, metric.unit.scale),
    state: WINDOW_STATES[Math.min(...states)] ?? 'open',
    revision: sum((cell) => cell.revision),
    backfilled: at.leaves.some(({ view, cell }) =>
      cell ? isBackfilled(view, cell) : view.rebuilding,
    ),
    ...evidenceOf(at.leaves.map(({ view }) => view)),
    at: at.nowMs,
  };
}

/** @param heads of the plan's leaves, in their order */
export const derivedTick = (
  { metric, leaves }: DerivedPlan,
  heads: readonly MetricHead[],
  nowMs: EpochMs,
): TickUpdate => ({
  kind: 'tick',
  metric: metric.id,
  version: metric.version,
  sources: sourcesOf(
    heads.flatMap((head, i) => {
      const leaf = leaves[i];
      return leaf ? [{ metric: leaf, head }] : [];
    }),
  ),
  ...evidenceOf(heads),
  at: nowMs,
});

/** Where an input counted nothing so far its sums are 0, provisionally, as the read API has them (console/core/facts.ts). */
function valueOfLeaf({ metric, cell }: LeafCell, endMs: EpochMs): Decimal | null {
  const { eventsFromMs } = metric;
  if (eventsFromMs !== undefined && endMs <= eventsFromMs) return null;
  return exactValueOf(metric.aggregation, cell?.accumulators ?? EMPTY, metric);
}

function stateOfLeaf({ metric, view, cell }: LeafCell, endMs: EpochMs): ValueUpdate['state'] {
  if (cell) return cell.state;
  const { watermarkMs } = view;
  const stage = stageAt(endMs, { watermarkMs, latenessMs: metric.latenessMs });
  return stateOf({ stage, revision: 0, restatements: 0 });
}

function evidenceOf(views: readonly Pick<CellView, 'watermarkMs' | 'cursors'>[]): {
  readonly watermark: EpochMs;
  readonly cursors: readonly Cursor[];
} {
  const cursors = new Map<string, Cursor>();
  for (const cursor of views.flatMap((view) => view.cursors)) {
    const key = `${cursor.topic}/${cursor.partition}`;
    const other = cursors.get(key);
    if (!other || cursor.offset < other.offset) cursors.set(key, cursor);
  }
  return {
    watermark: Math.min(...views.map(({ watermarkMs }) => watermarkMs)),
    cursors: [...cursors.values()],
  };
}
