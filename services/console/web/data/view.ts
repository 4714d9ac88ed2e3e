import type { Grain } from '../../../kernel/window.ts';
import type { MetricSummary } from '../../core/answers.ts';
import type { Beside } from './compare.ts';
import { GRAINS, WINDOW_COUNTS } from './grain.ts';
import type { MetricRoute } from './route.ts';

/** What the page of a metric shows: its route, with what that leaves open filled in. */
export type View = {
  readonly grain: Grain;
  readonly by: readonly string[];
  readonly count: number;
  readonly compare: Beside | undefined;
  /** undefined: follows now. */
  readonly untilMs: number | undefined;
};

/** A grain or breakdown that the metric does not keep falls back to its finest grain and its total. */
export function viewOf(
  metric: Pick<MetricSummary, 'grains' | 'breakdowns'>,
  route: MetricRoute,
): View {
  const finest = GRAINS.find((grain) => metric.grains.includes(grain)) ?? 'day';
  const grain = route.grain && metric.grains.includes(route.grain) ? route.grain : finest;
  const kept = metric.breakdowns.find(
    (names) => names.length === route.by.length && names.every((name) => route.by.includes(name)),
  );
  return {
    grain,
    by: kept ?? [],
    count: route.count ?? WINDOW_COUNTS[grain][0] ?? 1,
    compare: route.compare,
    untilMs: route.untilMs,
  };
}
