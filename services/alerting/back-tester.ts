import { TidemarkError } from '../kernel/errors.ts';
import { canonicalJson } from '../kernel/json.ts';
import { cellsSpanned } from '../kernel/look-back.ts';
import { labelsOf } from '../kernel/series.ts';
import type { Labels } from '../kernel/series.ts';
import type { EpochMs } from '../kernel/time.ts';
import { countCells } from '../kernel/window-merge.ts';
import type { Check } from './core/alert/episode.ts';
import { isWatched } from './core/plan/plan.ts';
import type { RulePlan } from './core/plan/plan.ts';
import { backTestSeries, historyFromMs } from './core/proof/back-test.ts';
import type { TestedSeries } from './core/proof/back-test.ts';
import type { History } from './ports.ts';

/** Cells that one test may merge: windows × series × cells of a window. Some ten seconds' work. */
export const MERGES_MAX = 5_000_000;
/** Cells that are in memory at once, some 300 bytes each. */
const CELLS_AT_ONCE = 100_000;

export type BackTest = {
  readonly fromMs: EpochMs;
  /** Up to where the metric has come, where more was asked for. */
  readonly toMs: EpochMs;
  readonly windows: number;
  readonly series: number;
  readonly results: readonly TestedSeries[];
  /** Every check of the series that is drawn, where one was asked for and there is one. */
  readonly drawn?: { readonly series: string; readonly checks: readonly Check[] };
};
export type BackTestQuestion = {
  readonly plan: RulePlan;
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  /** Which series is to be drawn: the one with these labels, or the one that fired most. Absent: none. */
  readonly draw?: Labels | 'the worst';
};

/**
 * Runs a rule over stored history, series by series, beside whatever else the process does.
 * @param onProgress told the share that is done, 0–1
 * @throws span_too_long beyond `MERGES_MAX`; rebuilding while there is no history to read; redis_unavailable
 */
export async function runBackTest(
  ports: { readonly history: History; readonly breathe: () => Promise<void> },
  what: BackTestQuestion,
  onProgress: (share: number) => void,
): Promise<BackTest> {
  const { plan, fromMs } = what;
  const { metric, grain } = plan;
  const head = await ports.history.head(metric);
  if (!head) throw notThere(metric.id);
  const range = { fromMs, toMs: Math.max(fromMs, Math.min(what.toMs, head.watermarkMs)) };
  const series = head.series.filter((key) => isWatched(plan, key)).sort();
  const windows = countWindows(plan, range, series.length);
  const of = { grain, fromMs: historyFromMs(plan, fromMs), toMs: range.toMs };
  const perSeries = cellsSpanned(grain, of.toMs - of.fromMs);
  const batch = Math.max(1, Math.floor(CELLS_AT_ONCE / perSeries));
  const results: TestedSeries[] = [];
  for (let from = 0; from < series.length; from += batch) {
    const names = series.slice(from, from + batch);
    const cells = await ports.history.cells(metric, { ...of, series: names });
    if (!cells) throw notThere(metric.id);
    const bySeries = Map.groupBy(cells, (cell) => cell.series);
    for (const name of names) {
      results.push(backTestSeries(plan, range, { series: name, cells: bySeries.get(name) ?? [] }));
      onProgress(results.length / series.length);
      await ports.breathe();
    }
  }
  const shown = { ...range, windows, series: series.length, results };
  const chosen = chooseSeries(what.draw, { series, results });
  if (chosen === undefined) return shown;
  const cells = await ports.history.cells(metric, { ...of, series: [chosen] });
  if (!cells) throw notThere(metric.id);
  const checks: Check[] = [];
  const onCheck = (check: Check): void => void checks.push(check);
  backTestSeries(plan, range, { series: chosen, cells, onCheck });
  return { ...shown, drawn: { series: chosen, checks } };
}

function chooseSeries(
  draw: BackTestQuestion['draw'],
  of: { readonly series: readonly string[]; readonly results: readonly TestedSeries[] },
): string | undefined {
  if (draw === undefined) return undefined;
  if (draw !== 'the worst')
    return of.series.find(
      (series) => canonicalJson({ ...labelsOf(series) }) === canonicalJson(draw),
    );
  const most = Math.max(0, ...of.results.map(({ episodes }) => episodes.length));
  return of.series[of.results.findIndex(({ episodes }) => episodes.length === most)];
}

const notThere = (metric: string): TidemarkError =>
  new TidemarkError('rebuilding', `the history of ${metric} is not there, or is being rebuilt`);

function countWindows(
  { calendar, grain, rule }: RulePlan,
  { fromMs, toMs }: { fromMs: EpochMs; toMs: EpochMs },
  series: number,
): number {
  let windows = 0;
  let merges = 0;
  let step = calendar.stepAt(rule.window, fromMs);
  for (; step.endMs <= toMs; step = calendar.stepAt(rule.window, step.endMs)) {
    windows++;
    merges += countCells(calendar, grain, calendar.windowAt(rule.window, step.startMs)) * series;
    if (merges > MERGES_MAX)
      throw new TidemarkError(
        'span_too_long',
        `the test would merge more than ${MERGES_MAX} cells; ask for less time, or for a rule with longer steps`,
      );
  }
  return windows;
}
