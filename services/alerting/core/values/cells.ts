import { stageAt, stateOf } from '../../../kernel/stage.ts';
import { supersedes } from '../../../kernel/update.ts';
import type { Cursor, ValueUpdate } from '../../../kernel/update.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { Grain, Window } from '../../../kernel/window.ts';
import { completenessOf } from '../../../kernel/window-merge.ts';
import { COMPLETENESS_SCALE } from '../../../kernel/expression/environment.ts';
import type { Verdict } from '../alert/condition.ts';
import type { Check } from '../alert/episode.ts';
import { lookBackOf, NO_LOOK_BACK } from './look-back-values.ts';
import type { Past } from './past.ts';
import type { RulePlan } from '../plan/plan.ts';
import { integerOf, windowValue } from './window-value.ts';
import type { Cell, Cells, WindowValue } from './window-value.ts';

/** How far a metric has come, by its ticks: they follow the values that they vouch for, in every partition. */
export type MetricProgress = {
  readonly watermarkMs: EpochMs;
  /** Per grain: cells that end after this were all seen, since each is published when its window closes. */
  readonly knownFromMs: Readonly<Partial<Record<Grain, EpochMs>>>;
  readonly cursors: readonly Cursor[];
};

/** What a window is judged by: its series' cells, how far the metric has come, and what lies further back. */
export type Seen = {
  readonly series: string;
  readonly cells: Cells;
  readonly progress: MetricProgress;
  readonly past: Past;
};

export const cellsKey = (metric: string, grain: Grain, series: string): string =>
  `${metric}|${grain}|${series}`;

export const cellOf = (update: ValueUpdate): Cell => {
  const { end, accumulators, value, state, revision, backfilled } = update;
  return { end, accumulators, value, state, revision, backfilled };
};

/** Keeps the update if it supersedes what is kept. @returns whether it did */
export function keepCell(cells: Cells, update: ValueUpdate): boolean {
  const kept = cells.get(update.start);
  if (kept && !supersedes(update, kept)) return false;
  cells.set(update.start, cellOf(update));
  return true;
}

/** Looks at a window: its value, what the condition says of it, and what that rests on. */
export function checkOf(plan: RulePlan, window: Window, from: Seen): Check {
  const { watermarkMs, cursors } = from.progress;
  const { latenessMs, rule, calendar } = plan;
  const now = knownValue(plan, window, from);
  const { startMs: stepMs } = calendar.stepAt(rule.window, window.endMs - 1);
  const before = knownValue(plan, calendar.windowAt(rule.window, stepMs - 1), from);
  const isClosed = watermarkMs >= window.endMs;
  const stage = stageAt(window.endMs, { watermarkMs, latenessMs });
  const state = stateOf({ stage, revision: now.revision, restatements: 0 });
  const completeness = completenessOf(window, [watermarkMs]);
  const previous = before.isKnown ? before.value : null;
  const seen = { value: now.value, count: now.count, previous, completeness };
  const lookBack = plan.lookBacks.length === 0 ? undefined : lookBackOf(plan, stepMs, from);
  return {
    window: {
      ...window,
      ...(stepMs === window.startMs ? {} : { stepMs }),
      state,
      revision: now.revision,
    },
    verdict: verdictOf(plan, { ...now, isClosed }, { ...seen, lookBack }),
    atMs: isClosed ? window.endMs : Math.max(window.startMs, watermarkMs),
    ...seen,
    ...(lookBack ? { lookBack } : {}),
    threshold: plan.threshold?.text ?? null,
    watermarkMs,
    cursors,
  };
}

type KnownValue = WindowValue & {
  /** Whether every cell that there is was seen. */
  readonly isKnown: boolean;
};

function knownValue(plan: RulePlan, window: Window, { cells, progress }: Seen): KnownValue {
  const { calendar, grain } = plan;
  const of = windowValue(plan, window, (startMs) => cells.get(startMs));
  const firstEndMs = plan.isSingleCell ? window.endMs : calendar.cellEnd(grain, window.startMs);
  return {
    ...of,
    isKnown:
      firstEndMs > (progress.knownFromMs[grain] ?? Infinity) ||
      (plan.isSingleCell && of.found === 1),
  };
}

type Values = Pick<Check, 'value' | 'count' | 'previous' | 'completeness'> & {
  readonly lookBack: Check['lookBack'];
};

function verdictOf(plan: RulePlan, now: KnownValue & { isClosed: boolean }, seen: Values): Verdict {
  if (!now.isKnown || now.isBackfilled) return 'inconclusive';
  if (now.value === null) return now.isClosed ? 'absent' : 'inconclusive';
  if (now.count < plan.rule.minCount) return 'inconclusive';
  return plan.judge(conditionValues(plan, seen));
}

function conditionValues(plan: RulePlan, seen: Values): Parameters<RulePlan['judge']>[0] {
  const { scale } = plan.metric.unit;
  const values = {
    value: integerOf(seen.value, scale),
    count: seen.count,
    previous: integerOf(seen.previous, scale),
    completeness: Math.round(seen.completeness * 10 ** COMPLETENESS_SCALE),
  };
  const { lookBack } = seen;
  if (!lookBack) return { ...values, ...NO_LOOK_BACK };
  const known = Object.entries(lookBack).map(([name, text]) => [name, integerOf(text, scale)]);
  return { ...values, ...NO_LOOK_BACK, ...Object.fromEntries(known) };
}
