import { stageAt, stateOf } from '../../../kernel/stage.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { Window } from '../../../kernel/window.ts';
import { completenessOf } from '../../../kernel/window-merge.ts';
import { COMPLETENESS_SCALE } from '../../../kernel/expression/environment.ts';
import type { Policy, Verdict } from '../alert/condition.ts';
import type { Check, Slot } from '../alert/episode.ts';
import { remembersAlike, slotOf, withSlot } from '../alert/history.ts';
import type { MetricProgress } from './cells.ts';
import { lookBackOf, NO_LOOK_BACK } from './look-back-values.ts';
import type { Past } from './past.ts';
import { memoryMs, seesMore } from '../plan/plan.ts';
import type { ConditionValues, RulePlan } from '../plan/plan.ts';
import { integerOf, windowValue } from './window-value.ts';
import type { Cells, WindowValue } from './window-value.ts';

/** What a window is judged by: its series' cells, how far the metric has come, and what lies further back. */
export type Seen = {
  readonly series: string;
  readonly cells: Cells;
  readonly progress: MetricProgress;
  readonly past: Past;
};

/** A window of a series before any rule has a say: the same for all rules of the metric with windows of that size. */
export type Sight = {
  /** All of a check but what depends on the rule. */
  readonly seen: Omit<Check, 'verdict' | 'threshold' | 'lookBack'>;
  readonly stepMs: EpochMs;
  /** What is plain whatever the condition says; undefined: the condition decides. */
  readonly plain: Extract<Verdict, 'inconclusive' | 'absent'> | undefined;
  /** What a condition that does not look back sees. */
  readonly values: ConditionValues;
};

/** Looks at a window: its value, and what that rests on. @param plan any rule of that metric and window size */
export function sightOf(plan: RulePlan, window: Window, from: Seen): Sight {
  const { watermarkMs, cursors } = from.progress;
  const { latenessMs, rule, calendar } = plan;
  const now = knownValue(plan, window, from);
  const { startMs: stepMs } = calendar.stepAt(rule.window, window.endMs - 1);
  const before = knownValue(plan, calendar.windowAt(rule.window, stepMs - 1), from);
  const isClosed = watermarkMs >= window.endMs;
  const stage = stageAt(window.endMs, { watermarkMs, latenessMs });
  const state = stateOf({ stage, revision: now.revision, restatements: 0 });
  const { startMs, endMs } = window;
  const { value, count, revision } = now;
  const previous = before.isKnown ? before.value : null;
  const completeness = completenessOf(window, [watermarkMs]);
  const { scale } = plan.metric.unit;
  return {
    seen: {
      window:
        stepMs === startMs
          ? { startMs, endMs, state, revision }
          : { startMs, endMs, stepMs, state, revision },
      atMs: isClosed ? endMs : Math.max(startMs, watermarkMs),
      value,
      previous,
      count,
      completeness,
      watermarkMs,
      cursors,
    },
    stepMs,
    plain: plainVerdict(now, isClosed),
    values: {
      value: integerOf(value, scale),
      count,
      previous: integerOf(previous, scale),
      completeness: Math.round(completeness * 10 ** COMPLETENESS_SCALE),
      ...NO_LOOK_BACK,
    },
  };
}

function plainVerdict(now: KnownValue, isClosed: boolean): Sight['plain'] {
  if (!now.isKnown || now.isBackfilled) return 'inconclusive';
  if (now.value === null) return isClosed ? 'absent' : 'inconclusive';
  return undefined;
}

/** What the rule says of a window that was looked at. */
export function checkOf(plan: RulePlan, sight: Sight, from: Seen): Check {
  const { seen, stepMs } = sight;
  const threshold = plan.threshold?.text ?? null;
  if (!seesMore(plan)) return { ...seen, verdict: verdictOf(plan, sight), threshold };
  const lookBack = lookBackOf(plan, stepMs, from);
  const { scale } = plan.metric.unit;
  const known = Object.entries(lookBack).map(([name, text]) => [name, integerOf(text, scale)]);
  const all: ConditionValues = { ...sight.values, ...Object.fromEntries(known) };
  return { ...seen, verdict: verdictOf(plan, sight, all), lookBack, threshold };
}

/** @param values the sight's own, of rules that see no more */
export function verdictOf(
  plan: RulePlan,
  { plain, values: seen }: Sight,
  values: ConditionValues = seen,
): Verdict {
  if (plain !== undefined) return plain;
  return values.count < plan.rule.minCount ? 'inconclusive' : plan.judge(values);
}

type KnownValue = WindowValue & {
  /** Whether every cell that there is was seen, with all that the window's value is worked out of. */
  readonly isKnown: boolean;
};

function knownValue(plan: RulePlan, window: Window, { cells, progress }: Seen): KnownValue {
  const { calendar, grain } = plan;
  const of = windowValue(plan, window, (startMs) => cells.get(startMs));
  const firstEndMs = plan.isSingleCell ? window.endMs : calendar.cellEnd(grain, window.startMs);
  return {
    ...of,
    isKnown:
      of.isWhole &&
      (firstEndMs > (progress.knownFromMs[grain] ?? Infinity) ||
        (plan.isSingleCell && of.found === 1)),
  };
}

/** Windows of one series as one record shows them: each is looked at once, for all rules whose windows are of its size. */
export type Sights = {
  readonly seen: Seen;
  readonly of: (plan: RulePlan, window: Window) => Sight;
  /** What a rule remembers once it has seen this with that verdict: the same slots for all rules that remembered the same. */
  readonly slotsWith: (
    plan: RulePlan,
    sight: Sight,
    before: { readonly slots: readonly Slot[]; readonly verdict: Verdict },
  ) => readonly Slot[];
};
type Remembered = {
  readonly before: readonly Slot[];
  readonly verdict: Verdict;
  readonly forgetBeforeMs: EpochMs;
  readonly policy: Policy;
  readonly slots: readonly Slot[];
};
type Known = {
  readonly size: string;
  readonly endMs: EpochMs;
  readonly sight: Sight;
  readonly remembered: Remembered[];
};

export function sightsOf(seen: Seen): Sights {
  const known: Known[] = [];
  const { watermarkMs } = seen.progress;
  return {
    seen,
    of(plan, window) {
      const { sizeKey: size } = plan;
      for (const one of known)
        if (one.endMs === window.endMs && one.size === size) return one.sight;
      const sight = sightOf(plan, window, seen);
      known.push({ size, endMs: window.endMs, sight, remembered: [] });
      return sight;
    },
    slotsWith(plan, sight, { slots: before, verdict }) {
      const { rule: policy } = plan;
      const forgetBeforeMs = watermarkMs - memoryMs(plan);
      const remembered = known.find((one) => one.sight === sight)?.remembered ?? [];
      for (const one of remembered)
        if (
          one.before === before &&
          one.verdict === verdict &&
          one.forgetBeforeMs === forgetBeforeMs &&
          remembersAlike(one.policy, policy)
        )
          return one.slots;
      const slot = slotOf({ window: sight.seen.window, value: sight.seen.value, verdict });
      const slots = withSlot(before, slot, { forgetBeforeMs, policy });
      remembered.push({ before, verdict, forgetBeforeMs, policy, slots });
      return slots;
    },
  };
}
