import type {
  Catalog,
  DerivedMetric,
  MetricDefinition,
  SimpleMetric,
} from '../../../kernel/definitions.ts';
import { breakdownOf, labelsOf, seriesKey } from '../../../kernel/series.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { WINDOW_STATES } from '../../../kernel/window.ts';
import type { Grain } from '../../../kernel/window.ts';
import { formulaValueOf, leavesOf } from './formula-value.ts';
import type { HistoryCell } from './recall.ts';

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
  const valueOf = formulaValueOf(metric, catalog);
  const leaves = leavesOf(metric, catalog);
  if (!valueOf) return undefined;
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
    const inputs = Object.fromEntries(
      [...own].map(([id, { accumulators }]) => [id, accumulators] as const),
    );
    const states = all.map(({ state }) => WINDOW_STATES.indexOf(state));
    return {
      series: first.series,
      start: first.start,
      end: first.end,
      accumulators: {
        contributions: all.reduce((sum, cell) => sum + cell.accumulators.contributions, 0),
      },
      inputs,
      value: valueOf(inputs, first.end),
      state: WINDOW_STATES[Math.min(...states)] ?? 'closed',
      revision: all.reduce((sum, { revision }) => sum + revision, 0),
    };
  });
}
