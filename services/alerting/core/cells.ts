import { EMPTY, formatValue, merge, valueOf } from '../../kernel/accumulator.ts';
import type { Accumulators } from '../../kernel/accumulator.ts';
import type { MetricDefinition } from '../../kernel/definitions.ts';
import { stageAt, stateOf } from '../../kernel/stage.ts';
import { supersedes } from '../../kernel/update.ts';
import type { Cursor, ValueUpdate } from '../../kernel/update.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Grain, Window } from '../../kernel/window.ts';
import { cellStarts, completenessOf } from '../../kernel/window-merge.ts';
import { parseDecimal, rescale } from '../../kernel/decimal.ts';
import type { Integer } from '../../kernel/integer.ts';
import { COMPLETENESS_SCALE } from '../../kernel/expression/environment.ts';
import type { Verdict } from './condition.ts';
import type { Check } from './episode.ts';
import type { RulePlan } from './plan.ts';

/** The best known state of a cell: of all updates the one that supersedes the others. */
export type Cell = Pick<
  ValueUpdate,
  'end' | 'accumulators' | 'value' | 'state' | 'revision' | 'backfilled'
>;
/** Cells of one series at one grain, by start. */
export type Cells = Map<EpochMs, Cell>;

/** How far a metric has come, by its ticks: they follow the values that they vouch for, in every partition. */
export type MetricProgress = {
  readonly watermarkMs: EpochMs;
  /** Per grain: cells that end after this were all seen, since each is published when its window closes. */
  readonly knownFromMs: Readonly<Partial<Record<Grain, EpochMs>>>;
  readonly cursors: readonly Cursor[];
};

export const cellsKey = (metric: string, grain: Grain, series: string): string =>
  `${metric}|${grain}|${series}`;

/** Keeps the update if it supersedes what is kept. @returns whether it did */
export function keepCell(cells: Cells, update: ValueUpdate): boolean {
  const kept = cells.get(update.start);
  if (kept && !supersedes(update, kept)) return false;
  const { end, accumulators, value, state, revision, backfilled } = update;
  cells.set(update.start, { end, accumulators, value, state, revision, backfilled });
  return true;
}

type WindowValue = {
  readonly value: string | null;
  readonly count: number;
  readonly revision: number;
  readonly isBackfilled: boolean;
  /** Whether every cell that there is was seen. */
  readonly isKnown: boolean;
};

/** A window as the merge of its cells. A window without any has the value that the contract gives an empty one. */
function windowValue(
  plan: RulePlan,
  window: Window,
  from: { cells: Cells; progress: MetricProgress },
): WindowValue {
  const { calendar, grain, metric } = plan;
  const starts = plan.isSingleCell ? [window.startMs] : cellStarts(calendar, grain, window);
  const cells = starts.flatMap((start) => from.cells.get(start) ?? []);
  const firstEndMs = plan.isSingleCell ? window.endMs : calendar.cellEnd(grain, window.startMs);
  const merged = cells.reduce((sum, { accumulators }) => merge(sum, accumulators), EMPTY);
  return {
    value: plan.isSingleCell && cells[0] ? cells[0].value : mergedValue(metric, merged),
    count: merged.contributions,
    revision: cells.reduce((sum, { revision }) => sum + revision, 0),
    isBackfilled: cells.some(({ backfilled }) => backfilled),
    isKnown:
      firstEndMs > (from.progress.knownFromMs[grain] ?? Infinity) ||
      (plan.isSingleCell && cells.length === 1),
  };
}

function mergedValue(metric: MetricDefinition, merged: Accumulators): string | null {
  if (metric.kind === 'derived') return null;
  const { valueScale, percentile, unit } = metric;
  const scales = { valueScale, unitScale: unit.scale, percentile };
  return formatValue(valueOf(metric.aggregation, merged, scales), metric.unit.scale);
}

/** Looks at a window: its value, what the condition says of it, and what that rests on. */
export function checkOf(
  plan: RulePlan,
  window: Window,
  from: { cells: Cells; progress: MetricProgress },
): Check {
  const { watermarkMs, cursors } = from.progress;
  const { latenessMs, rule, metric, calendar } = plan;
  const now = windowValue(plan, window, from);
  const { startMs: stepMs } = calendar.stepAt(rule.window, window.endMs - 1);
  const before = windowValue(plan, calendar.windowAt(rule.window, stepMs - 1), from);
  const isClosed = watermarkMs >= window.endMs;
  const stage = stageAt(window.endMs, { watermarkMs, latenessMs });
  const state = stateOf({ stage, revision: now.revision, restatements: 0 });
  const completeness = completenessOf(window, [watermarkMs]);
  const previous = before.isKnown ? before.value : null;
  const seen = { value: now.value, count: now.count, previous, completeness };
  return {
    window: {
      ...window,
      ...(stepMs === window.startMs ? {} : { stepMs }),
      state,
      revision: now.revision,
    },
    verdict: verdictOf(plan, { ...now, isClosed }, valuesOf(seen, metric.unit.scale)),
    atMs: isClosed ? window.endMs : Math.max(window.startMs, watermarkMs),
    ...seen,
    threshold: plan.threshold?.text ?? null,
    watermarkMs,
    cursors,
  };
}

type Seen = { value: string | null; count: number; previous: string | null; completeness: number };

const valuesOf = (seen: Seen, scale: number) => ({
  value: integerOf(seen.value, scale),
  count: seen.count,
  previous: integerOf(seen.previous, scale),
  completeness: Math.round(seen.completeness * 10 ** COMPLETENESS_SCALE),
});

function integerOf(text: string | null, scale: number): Integer | null {
  const decimal = text === null ? undefined : parseDecimal(text);
  return decimal ? rescale(decimal.unscaled, decimal.scale, scale) : null;
}

function verdictOf(
  plan: RulePlan,
  now: WindowValue & { isClosed: boolean },
  values: Parameters<RulePlan['judge']>[0],
): Verdict {
  if (!now.isKnown || now.isBackfilled) return 'inconclusive';
  if (now.value === null) return now.isClosed ? 'absent' : 'inconclusive';
  if (now.count < plan.rule.minCount) return 'inconclusive';
  return plan.judge(values);
}
