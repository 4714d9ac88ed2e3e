import { formatDecimal } from '../../../kernel/decimal.ts';
import { baselineOf, LOOK_BACKS } from '../../../kernel/look-back.ts';
import type { LookBack } from '../../../kernel/look-back.ts';
import { labelsOf } from '../../../kernel/series.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { Window } from '../../../kernel/window.ts';
import type { Seen } from './sight.ts';
import type { ConditionValues, RulePlan } from '../plan/plan.ts';
import { integerOf, windowValue } from './window-value.ts';

/** What a condition may compare a window with beside the one before it. */
type Compared = LookBack | 'target';

export const NO_LOOK_BACK = Object.fromEntries(
  [...LOOK_BACKS, 'target'].map((name) => [name, null]),
) as Readonly<Record<Compared, null>> satisfies Partial<ConditionValues>;

/** What a rule's condition looked back to, and its target, as decimals in text; null where it was not known. */
export type SeenLookBack = Readonly<Partial<Record<Compared, string | null>>>;

/**
 * Values of what the rule looks back to from one window, as far as they are known: from the first cell of the series on,
 * within what is remembered. What they were when the window was judged is what counts; a later change of a window of long
 * ago judges nothing anew.
 * @param stepMs start of the window's last step
 */
export function lookBackOf(plan: RulePlan, stepMs: EpochMs, from: Seen): SeenLookBack {
  const { scale } = plan.metric.unit;
  const windows = plan.lookBackWindows(stepMs);
  const valueIn = valueReader(plan, from);
  const lookBack = Object.fromEntries(
    plan.lookBacks.map((name) => {
      const values = (windows.get(name) ?? []).map(valueIn);
      if (name !== 'baseline') return [name, values[0] ?? null];
      const baseline = baselineOf(values.map((value) => integerOf(value, scale)));
      return [name, baseline === null ? null : formatDecimal(baseline, scale)];
    }),
  );
  if (!plan.targetOf) return lookBack;
  return { ...lookBack, target: plan.targetOf(labelsOf(from.series), stepMs) };
}

/** Reads a window of the past; null where it is not known: not held, or of before the series. */
function valueReader(plan: RulePlan, from: Seen): (window: Window) => string | null {
  const { past, cells, series } = from;
  const { metric } = plan;
  const key = `${plan.memory}|${series}`;
  const heldFromMs = past.heldFromMs(plan.memory) ?? Infinity;
  const beganMs = metric.kind === 'simple' ? (metric.eventsFromMs ?? -Infinity) : -Infinity;
  let firstMs: EpochMs | undefined;
  const first = (): EpochMs => {
    if (firstMs !== undefined) return firstMs;
    firstMs = past.firstMs(key);
    for (const startMs of cells.keys()) if (startMs < firstMs) firstMs = startMs;
    return firstMs;
  };
  return (window) => {
    if (window.startMs < heldFromMs || window.startMs < beganMs) return null;
    const of = windowValue(plan, window, (at) => cells.get(at) ?? past.cellAt(key, at));
    return of.found > 0 || first() < window.startMs ? of.value : null;
  };
}
