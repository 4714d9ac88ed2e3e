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
/** Windows that are judged before others get their turn, some milliseconds' work. */
const WINDOWS_AT_ONCE = 200;

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
  let drawn: BackTest['drawn'];
  let most = -1;
  for (let from = 0; from < series.length; from += batch) {
    const names = series.slice(from, from + batch);
    const cells = await ports.history.cells(metric, { ...of, series: names });
    if (!cells) throw notThere(metric.id);
    const bySeries = Map.groupBy(cells, (cell) => cell.series);
    for (const name of names) {
      const checks: Check[] = [];
      const onCheck = (check: Check): void => void checks.push(check);
      const steps = backTestSeries(plan, range, {
        series: name,
        cells: bySeries.get(name) ?? [],
        ...(mayBeDrawn(what.draw, name) ? { onCheck } : {}),
      });
      const result = await inSteps(steps, ports.breathe, (endMs) => {
        const share = (endMs - fromMs) / (range.toMs - fromMs);
        onProgress((results.length + share) / series.length);
      });
      if (mayBeDrawn(what.draw, name) && result.episodes.length > most) {
        most = result.episodes.length;
        drawn = { series: name, checks };
      }
      results.push(result);
      onProgress(results.length / series.length);
      await ports.breathe();
    }
  }
  return { ...range, windows, series: series.length, results, ...(drawn ? { drawn } : {}) };
}

/** Runs it to its end, and lets others have their turn meanwhile. */
async function inSteps(
  steps: Generator<EpochMs, TestedSeries>,
  breathe: () => Promise<void>,
  onStep: (endMs: EpochMs) => void,
): Promise<TestedSeries> {
  for (let count = 1; ; count++) {
    const step = steps.next();
    if (step.done) return step.value;
    if (count % WINDOWS_AT_ONCE > 0) continue;
    onStep(step.value);
    await breathe();
  }
}

const mayBeDrawn = (draw: BackTestQuestion['draw'], series: string): boolean =>
  draw === 'the worst' ||
  (draw !== undefined && canonicalJson({ ...labelsOf(series) }) === canonicalJson(draw));

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
