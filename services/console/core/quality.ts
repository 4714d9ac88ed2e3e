import { parseDecimal } from '../../kernel/decimal.ts';
import type { MetricDefinition } from '../../kernel/definitions.ts';
import { grainJudged, WITHIN_MS } from '../../kernel/catalog/quality.ts';
import { COMPLETENESS_SCALE } from '../../kernel/expression/environment.ts';
import type { Compiled } from '../../kernel/expression/types.ts';
import type { QualityRule } from '../../kernel/metric-words.ts';
import type { DurationMs, EpochMs } from '../../kernel/time.ts';
import { zoneCalendar } from '../../kernel/window.ts';
import type { Grain, Window } from '../../kernel/window.ts';
import type { Point } from './answers.ts';

/** Windows that a rule of quality is judged by. */
export const QUALITY_WINDOWS = 30;

/** What a rule of quality found. */
export type QualityAnswer = {
  readonly id: string;
  /** The condition, or `age <= PT10M`. */
  readonly expect: string;
  readonly reason?: string;
  /** Of the windows judged; null for an age. */
  readonly grain: Grain | null;
  /** Of the newest window that is due, or of the age now. `unknown`: it could not be decided, and `why` says why. */
  readonly state: 'holds' | 'broken' | 'unknown';
  readonly why?: string;
  /** The newest windows that are due: those of which the rule decided, and those of them that broke it. */
  readonly windows: { readonly judged: number; readonly broken: number };
  /** Those that broke it, the newest first. */
  readonly broken: readonly Pick<Point, 'start' | 'end' | 'value' | 'count' | 'completeness'>[];
  /** How far the watermark lies behind the clock; null where there is none, absent for windows. */
  readonly ageSeconds?: number | null;
};

/** What is known of the metric when its rules are judged. */
export type QualityNow = {
  readonly nowMs: EpochMs;
  /** 0 while there is none. */
  readonly watermarkMs: EpochMs;
  /** Nothing is counted before, or kept any more; windows that end there say nothing. */
  readonly sinceMs: (grain: Grain) => EpochMs;
  readonly isRebuilding: boolean;
};

const REBUILDING = 'the metric is being recomputed from the log';
const NO_WINDOW = 'no window is due yet';
const UNDECIDED = 'the condition decides nothing where it reads no value';

export const unjudged = (rule: QualityRule, why: string, grain: Grain | null): QualityAnswer => ({
  ...headOf(rule, grain),
  state: 'unknown',
  why,
  windows: { judged: 0, broken: 0 },
  broken: [],
});

const headOf = ({ id, expect, maxAgeMs = 0, reason }: QualityRule, grain: Grain | null) => ({
  id,
  expect: expect ?? `age <= ${isoOf(maxAgeMs)}`,
  ...(reason === undefined ? {} : { reason }),
  grain,
});

const isoOf = (milliseconds: DurationMs): string =>
  Temporal.Duration.from({ milliseconds }).round({ largestUnit: 'hour' }).toString();

/** Whether the watermark lies near enough to the clock. While it is being filled, a metric is not old but absent. */
export function judgeAge(rule: QualityRule, now: QualityNow): QualityAnswer {
  const { nowMs, watermarkMs, isRebuilding } = now;
  const isKnown = watermarkMs > 0 && !isRebuilding;
  const ageMs = Math.max(0, nowMs - watermarkMs);
  const found = unjudged(rule, isRebuilding ? REBUILDING : 'there is no watermark yet', null);
  if (!isKnown) return { ...found, ageSeconds: null };
  const { why: _, ...head } = found;
  const state = ageMs <= (rule.maxAgeMs ?? 0) ? 'holds' : 'broken';
  return { ...head, state, ageSeconds: Math.floor(ageMs / 1_000) };
}

/**
 * The range of the newest windows that are due, oldest first in an answer: those that the watermark has passed, and those
 * that ended so long ago that they should be whole. So what stands still is judged as it stands, and what is only a few
 * seconds behind is not judged yet.
 * @returns undefined: no window can be due yet
 */
export function rangeDue(
  rule: QualityRule,
  metric: MetricDefinition,
  { nowMs, watermarkMs, sinceMs }: QualityNow,
): { readonly grain: Grain; readonly fromMs: EpochMs; readonly toMs: EpochMs } | undefined {
  const grain = grainJudged(rule, metric);
  const calendar = zoneCalendar(metric.timezone);
  const windowAt = (timeMs: EpochMs): Window => calendar.windowAt({ kind: 'grain', grain }, timeMs);
  const dueMs = Math.min(nowMs, Math.max(watermarkMs, nowMs - (rule.withinMs ?? WITHIN_MS)));
  const toMs = windowAt(Math.max(0, dueMs)).startMs;
  let fromMs = toMs;
  for (let i = 0; i < QUALITY_WINDOWS; i++) {
    const { startMs, endMs } = windowAt(fromMs - 1);
    if (startMs < 0 || endMs <= sinceMs(grain)) break;
    fromMs = startMs;
  }
  return fromMs < toMs ? { grain, fromMs, toMs } : undefined;
}

/** @param points of the total, oldest first: the windows of `rangeDue` */
export function judgeWindows(
  rule: QualityRule,
  compiled: Compiled,
  read: { readonly grain: Grain; readonly points: readonly Point[] },
): QualityAnswer {
  const verdicts = read.points.toReversed().map((point) => ({
    point,
    // What is withheld while it is recomputed is not what is missing.
    verdict: point.state === 'rebuilding' ? null : compiled.evaluate(seen(point)),
  }));
  const [newest] = verdicts;
  if (!newest) return unjudged(rule, NO_WINDOW, read.grain);
  const broken = verdicts.filter(({ verdict }) => verdict === false);
  const judged = verdicts.filter(({ verdict }) => typeof verdict === 'boolean').length;
  const found = {
    ...unjudged(rule, newest.point.reason ?? UNDECIDED, read.grain),
    windows: { judged, broken: broken.length },
    broken: broken.map(({ point: { start, end, value, count, completeness } }) => ({
      start,
      end,
      value,
      count,
      completeness,
    })),
  };
  if (typeof newest.verdict !== 'boolean') return found;
  const { why: _, ...decided } = found;
  return { ...decided, state: newest.verdict ? 'holds' : 'broken' };
}

/** What a condition sees of a window, at the scales of `ruleEnvironment`: a point's value is at that of the unit. */
const seen = ({ value, count, completeness }: Point): object => ({
  value: value === null ? null : (parseDecimal(value)?.unscaled ?? null),
  count,
  completeness: Math.round(completeness * 10 ** COMPLETENESS_SCALE),
});
