import type { MetricSummary } from '../../core/answers.ts';
import { besidesOf } from './compare.ts';
import type { Beside } from './compare.ts';
import { WINDOW_COUNTS, shownGrains } from './grain.ts';
import type { ShownGrain } from './grain.ts';
import type { MetricRoute } from './route.ts';

/** What the page of a metric shows: its route, with what that leaves open filled in. */
export type View = {
  readonly grain: ShownGrain;
  readonly by: readonly string[];
  readonly count: number;
  readonly compare: Beside | undefined;
  /** undefined: follows now. */
  readonly untilMs: number | undefined;
};

/** What the metric cannot show falls back to its finest grain, its total, and no comparison. */
export function viewOf(
  metric: Pick<MetricSummary, 'grains' | 'timezone' | 'breakdowns'>,
  route: MetricRoute,
): View {
  const grains = shownGrains(metric);
  const grain = grains.find((one) => one === route.grain) ?? grains[0] ?? 'day';
  const kept = metric.breakdowns.find(
    (names) => names.length === route.by.length && names.every((name) => route.by.includes(name)),
  );
  return {
    grain,
    by: kept ?? [],
    count: route.count ?? WINDOW_COUNTS[grain][0] ?? 1,
    compare: besidesOf(grain).find((name) => name === route.compare),
    untilMs: route.untilMs,
  };
}
