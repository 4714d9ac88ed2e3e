import { EMPTY, exactValueOf, formatValue } from '../../../kernel/accumulator.ts';
import type { Accumulators } from '../../../kernel/accumulator.ts';
import type { Decimal } from '../../../kernel/decimal.ts';
import type {
  Catalog,
  DerivedMetric,
  MetricDefinition,
  SimpleMetric,
} from '../../../kernel/definitions.ts';
import { compileFormula } from '../../../kernel/expression/formula.ts';
import { breakdownOf, labelsOf, seriesKey } from '../../../kernel/series.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { WINDOW_STATES } from '../../../kernel/window.ts';
import type { Grain } from '../../../kernel/window.ts';
import type { HistoryCell } from './recall.ts';

/** The simple metrics whose history makes the metric's: itself, or those that its formula reads. */
export const leavesOf = (metric: MetricDefinition, catalog: Catalog): readonly SimpleMetric[] =>
  metric.kind === 'simple'
    ? [metric]
    : metric.inputs.flatMap((id) => {
        const input = catalog.metrics.get(id);
        return input?.kind === 'simple' ? [input] : [];
      });

/** The same members in the order of names of another metric's breakdown. @returns undefined when it has none like it */
function keyIn(breakdowns: MetricDefinition['breakdowns'], key: string): string | undefined {
  const names = breakdownOf(key);
  const own = breakdowns.find(
    (one) => one.length === names.length && one.every((name) => names.includes(name)),
  );
  const labels = labelsOf(key);
  return (
    own &&
    seriesKey(
      own,
      own.map((name) => labels[name] ?? ''),
    )
  );
}

/** Keys of all series that any of the inputs has, as the derived metric writes them. */
export const seriesOfAll = (
  { breakdowns }: DerivedMetric,
  series: readonly (readonly string[])[],
): readonly string[] => [...new Set(series.flat().flatMap((key) => keyIn(breakdowns, key) ?? []))];

type Wanted = {
  readonly grain: Grain;
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly series: readonly string[];
};

/**
 * History of a derived metric: its formula over the accumulators of its inputs, rounded once, as it is published
 * (services/aggregator/core/derivation.ts). A window in which no input has a cell has none here either.
 */
export async function deriveHistory(
  metric: DerivedMetric,
  catalog: Catalog,
  of: Wanted & {
    readonly cellsOf: (
      leaf: SimpleMetric,
      wanted: Wanted,
    ) => Promise<readonly HistoryCell[] | undefined>;
  },
): Promise<readonly HistoryCell[] | undefined> {
  const formula = compileFormula(metric.formula, metric.inputs);
  const leaves = leavesOf(metric, catalog);
  if (!formula.ok || leaves.length < metric.inputs.length) return undefined;
  const found = new Map<string, Map<string, HistoryCell>>();
  for (const leaf of leaves) {
    const series = of.series.flatMap((key) => keyIn(leaf.breakdowns, key) ?? []);
    const cells = await of.cellsOf(leaf, { ...of, series });
    if (!cells) return undefined;
    for (const cell of cells) {
      const key = keyIn(metric.breakdowns, cell.series);
      const place = `${cell.start}|${key}`;
      if (key === undefined) continue;
      found.set(place, (found.get(place) ?? new Map()).set(leaf.id, { ...cell, series: key }));
    }
  }
  return [...found.values()].map((own): HistoryCell => {
    const all = [...own.values()] as [HistoryCell, ...HistoryCell[]];
    const [first] = all;
    const values = new Map(
      leaves.map((leaf) => [leaf.id, exactOf(leaf, first.end, own.get(leaf.id)?.accumulators)]),
    );
    const { value } = formula.value.evaluate(values, metric.unit.scale);
    const states = all.map(({ state }) => WINDOW_STATES.indexOf(state));
    return {
      series: first.series,
      start: first.start,
      end: first.end,
      accumulators: {
        contributions: all.reduce((sum, cell) => sum + cell.accumulators.contributions, 0),
      },
      value: formatValue(value, metric.unit.scale),
      state: WINDOW_STATES[Math.min(...states)] ?? 'closed',
      revision: all.reduce((sum, { revision }) => sum + revision, 0),
    };
  });
}

/** As the aggregator reads it for what it publishes (services/aggregator/core/derivation.ts). */
function exactOf(
  leaf: SimpleMetric,
  endMs: EpochMs,
  accumulators: Accumulators = EMPTY,
): Decimal | null {
  const { eventsFromMs } = leaf;
  if (eventsFromMs !== undefined && endMs <= eventsFromMs) return null;
  return exactValueOf(leaf.aggregation, accumulators, leaf);
}
