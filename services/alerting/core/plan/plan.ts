import type {
  AlertRuleDefinition,
  LocalizedText,
  MetricDefinition,
  OwnerRef,
  Severity,
} from '../../../kernel/definitions.ts';
import type { Integer } from '../../../kernel/integer.ts';
import { longestDays } from '../../../kernel/fiscal-year.ts';
import { reachMs } from '../../../kernel/look-back.ts';
import type { LookBack } from '../../../kernel/look-back.ts';
import { breakdownOf } from '../../../kernel/series.ts';
import type { Labels } from '../../../kernel/series.ts';
import type { TargetOf } from '../../../kernel/target.ts';
import { HOUR_MS } from '../../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../../kernel/time.ts';
import type { Grain, Window, ZoneCalendar } from '../../../kernel/window.ts';
import type { Verdict } from '../alert/condition.ts';
import type { Incident } from '../alert/incident.ts';
import type { Answering, PassedOver } from '../people/responsibility.ts';
import type { FormulaValueOf } from '../values/formula-value.ts';

/** What a condition sees of a window; decimals as integers at the unit's scale, completeness at four places. */
export type ConditionValues = {
  readonly value: Integer | null;
  readonly count: Integer;
  readonly previous: Integer | null;
  readonly completeness: Integer;
  readonly target: Integer | null;
} & Readonly<Record<LookBack, Integer | null>>;

/** Where a message goes, for whom, and how that one reads it. */
export type Recipient = {
  readonly receiver: string;
  /** `person:ID` or `team:ID`. */
  readonly to: string | null;
  readonly locale: 'en' | 'zh';
  readonly timezone: string;
  /** By which he follows it without answering for it; absent: he answers. */
  readonly subscription?: string;
};
/** Who else is told when nobody has acknowledged for so long. */
export type EscalationStep = {
  readonly afterMs: DurationMs;
  readonly to: OwnerRef;
};

/** Who answers, why he, and where his messages go (receiver ids). */
export type Route = {
  readonly accountable: string | null;
  readonly deputy: string | null;
  /** Why he (core/responsibility.ts): `ID` of a responsibility, `ID/deputy` and the like, else `metric` or `fallback`. */
  readonly via: string | null;
  readonly receivers: readonly string[];
  /** Who answers in fact, and whom it passed over. Absent: nobody, and of documents of before. */
  readonly answering?: Answering;
  readonly passedOver?: readonly PassedOver[];
};
/** Whom a step reaches when it is taken. */
export type StepRoute = Pick<Route, 'answering' | 'passedOver'> & {
  /** None: nobody can be reached. */
  readonly recipients: readonly Recipient[];
};
/** A route with whom its receivers are for, and the chain above it. */
export type AddressedRoute = Route & {
  readonly recipients: readonly Recipient[];
  readonly escalation: readonly EscalationStep[];
};

/** A rule made ready: expressions compiled, windows and owners as closures. The core decides by these alone. */
export type RulePlan = {
  readonly rule: AlertRuleDefinition;
  readonly metric: MetricDefinition;
  readonly calendar: ZoneCalendar;
  /** The grain of the cells that tile the rule's windows. */
  readonly grain: Grain;
  /** `METRIC@VERSION|GRAIN`: rules with the same one are judged by the same cells. */
  readonly memory: string;
  /** The same for windows of the same size. */
  readonly sizeKey: string;
  /** Whether a window is one cell, so that its value travels whole in one update. */
  readonly isSingleCell: boolean;
  /** Of a formula: of windows of several cells, and of those without any. That of a cell is published. */
  readonly formulaValue?: FormulaValueOf | undefined;
  /** How long after a window's end its value may still change. */
  readonly latenessMs: DurationMs;
  /** Event types that its metric is made of. */
  readonly sources: readonly string[];
  /** How long their watermarks wait for events that are out of order: windows close so much later. */
  readonly delayMs: DurationMs;
  /** Per cent of a deviation that a driver must explain to be named. */
  readonly driverShare: number;
  readonly judge: (
    values: ConditionValues,
  ) => Extract<Verdict, 'breach' | 'clear' | 'in_band' | 'inconclusive'>;
  /** What its conditions look back to; most rules have none. */
  readonly lookBacks: readonly LookBack[];
  /** Their windows, of the window whose last step begins then: the same for every series, worked out once. */
  readonly lookBackWindows: (stepMs: EpochMs) => ReadonlyMap<LookBack, readonly Window[]>;
  /** What its windows are to reach; of rules that compare with it. */
  readonly targetOf?: TargetOf | undefined;
  /** The one number that `value` is compared with, and on which side of it lies the breach; null for other conditions. */
  readonly threshold: { readonly text: string; readonly breachIs: 'below' | 'above' } | null;
  /** @param toldMs who is away is asked at this time; by default at `atMs` */
  readonly routeOf: (labels: Labels, atMs: EpochMs, toldMs?: EpochMs) => AddressedRoute;
  /** @param toldMs of the step; who is away is asked then, not when the episode began */
  readonly stepRouteOf: (to: OwnerRef, toldMs: EpochMs) => StepRoute;
  /** Who follows it (core/hearers.ts). @param severity that is told; by default the rule's, here and below */
  readonly subscribersOf: (
    labels: Labels,
    toldMs: EpochMs,
    severity?: Severity,
  ) => readonly Recipient[];
  /** What the catalogue calls `person:ID`, `team:ID`, `metric:ID` or `source:ID` (an event type); null: nothing. */
  readonly nameOf: (ref: string) => LocalizedText | null;
  /** What it is one incident with; absent: every alert is told by itself. */
  readonly incidentOf?: ((labels: Labels) => Incident | undefined) | undefined;
  /** Until when `person:ID` or `team:ID` is left alone with it; null: not at all. */
  readonly heldUntil: (to: string | null, toldMs: EpochMs, severity?: Severity) => EpochMs | null;
};

/** Whether its conditions see more than a window and the one before it: what lies further back, or the target. */
export const seesMore = ({ lookBacks, targetOf }: RulePlan): boolean =>
  lookBacks.length > 0 || targetOf !== undefined;

/** Whether a window's value is the newest one, which holds at once, and not made of all that comes in it. */
export const holdsNow = ({ metric }: Pick<RulePlan, 'metric'>): boolean =>
  metric.kind === 'simple' && metric.aggregation === 'last';

export const metricKey = (metric: string, version: string): string => `${metric}@${version}`;
export const planMetricKey = ({ metric }: RulePlan): string => metricKey(metric.id, metric.version);

export const memoryKey = (metric: string, grain: Grain): string => `${metric}|${grain}`;

/** Whether the series is one of the rule's: it has the rule's dimensions, in any order. */
export function isWatched({ rule }: RulePlan, series: string): boolean {
  const names = breakdownOf(series);
  return names.length === rule.by.length && names.every((name) => rule.by.includes(name));
}

/** Closed windows of an alert that are remembered, for M of N and for late data that reverses a verdict. */
export const SLOTS_MAX = 500;

/** An upper bound of the window's length, for deciding what may be forgotten. */
export function windowLengthMs({ rule, metric }: Pick<RulePlan, 'rule' | 'metric'>): DurationMs {
  const { window } = rule;
  const day = 25 * HOUR_MS;
  switch (window.kind) {
    case 'tumbling':
      return window.sizeMs;
    case 'sliding':
      return window.sizeMs;
    case 'sliding-days':
      return day * window.days;
    case 'grain':
      return window.grain === 'minute' ? 60_000 : window.grain === 'hour' ? 3_600_000 : day;
    case 'period':
    case 'to-date':
      return day * longestDays(window.period, metric.calendar);
  }
}

/** An upper bound of the time from one window to the next. */
export function stepLengthMs(plan: Pick<RulePlan, 'rule' | 'metric'>): DurationMs {
  const { window } = plan.rule;
  switch (window.kind) {
    case 'sliding':
      return window.everyMs;
    case 'sliding-days':
      return 25 * HOUR_MS;
    case 'to-date':
      return window.period === 'day' ? HOUR_MS : 25 * HOUR_MS;
    case 'grain':
    case 'period':
    case 'tumbling':
      return windowLengthMs(plan);
  }
}

/**
 * How long after its end a window is remembered: while it can change, or counts for M of N or for how long there is no data,
 * within what is bounded.
 */
export const memoryMs = (plan: RulePlan): DurationMs => {
  const { for: sustain, noDataAfter } = plan.rule;
  const counted = Math.max(sustain && 'of' in sustain ? sustain.of : 0, noDataAfter ?? 0);
  const step = stepLengthMs(plan);
  return Math.min(Math.max(plan.latenessMs, counted * step), SLOTS_MAX * step);
};

/** How long after its end a cell is kept: its own window and the one that has it as `previous`, while they may change. */
export const cellMemoryMs = (plan: RulePlan): DurationMs =>
  memoryMs(plan) + 2 * windowLengthMs(plan);

/** How long after its end a cell is remembered for what conditions look back to; 0 for rules that do not. */
export const pastMemoryMs = (plan: RulePlan): DurationMs =>
  plan.lookBacks.length === 0
    ? 0
    : cellMemoryMs(plan) + reachMs(plan.lookBacks, plan.metric.calendar);
