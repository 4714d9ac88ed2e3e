import { labelsOf } from '../../../kernel/series.ts';
import type { TargetOf } from '../../../kernel/target.ts';
import { formatRfc3339 } from '../../../kernel/time.ts';
import { stepMsOf } from '../alert/episode.ts';
import type { Check } from '../alert/episode.ts';
import type { RulePlan } from '../plan/plan.ts';

/** Points of a picture: more would be narrower than what a screen can show. */
export const POINTS_MAX = 720;

/** One series as it was judged. Where it has more windows than a picture has points, neighbours are one point. */
export type ChartAnswer = {
  readonly labels: object;
  /** The one number that the value is compared with; null for other conditions. */
  readonly threshold: string | null;
  readonly breachIs: 'above' | 'below' | null;
  readonly points: readonly {
    readonly start: string;
    readonly end: string;
    readonly windows: number;
    /** Lowest and highest value of its windows; null where none had one. */
    readonly low: string | null;
    readonly high: string | null;
    readonly breaches: number;
    /** What its newest window is to reach; absent where no target is for it, whether the condition compares with it or not. */
    readonly target?: string;
  }[];
};

/** A series with every check of it. */
export type DrawnSeries = {
  readonly series: string;
  readonly checks: readonly Check[];
  /** Targets of now for such windows; absent: there are none. */
  readonly targetOf?: TargetOf | undefined;
};

/** Law: every window is in exactly one point, and the points' breaches are those of the windows. */
export function chartAnswer(
  { threshold }: Pick<RulePlan, 'threshold'>,
  of: DrawnSeries,
): ChartAnswer {
  const each = Math.ceil(of.checks.length / POINTS_MAX);
  const labels = { ...labelsOf(of.series) };
  const points: ChartAnswer['points'][number][] = [];
  for (let from = 0; from < of.checks.length; from += each) {
    const checks = of.checks.slice(from, from + each);
    const target = of.targetOf?.(labels, stepMsOf(checks.at(-1) as Check)) ?? null;
    points.push({ ...pointOf(checks), ...(target === null ? {} : { target }) });
  }
  return {
    labels,
    threshold: threshold?.text ?? null,
    breachIs: threshold?.breachIs ?? null,
    points,
  };
}

function pointOf(checks: readonly Check[]): ChartAnswer['points'][number] {
  const [first, last] = [checks[0] as Check, checks.at(-1) as Check];
  // Only their order is taken from the doubles; what is answered is what was judged.
  const values = checks
    .flatMap(({ value }) => value ?? [])
    .toSorted((a, b) => Number(a) - Number(b));
  return {
    start: formatRfc3339(stepMsOf(first)),
    end: formatRfc3339(last.window.endMs),
    windows: checks.length,
    low: values[0] ?? null,
    high: values.at(-1) ?? null,
    breaches: checks.filter(({ verdict }) => verdict === 'breach').length,
  };
}
