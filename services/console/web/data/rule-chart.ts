import type { RuleChart, RuleTest } from './rule-test.ts';

/** What the picture of a tested rule is drawn from. */
export type RulePicture = {
  readonly points: readonly RulePoint[];
  readonly threshold: number | null;
  /** What the windows of each point are to reach, of those that have a target. */
  readonly targets: readonly (Span & { readonly value: number })[];
  /** Which side of the values is drawn as a line: the one that a breach is on. */
  readonly line: 'low' | 'high';
  readonly fromMs: number;
  readonly toMs: number;
  /** When the series that is shown would have fired, and when it almost would. */
  readonly firing: readonly Span[];
  readonly nearly: readonly Span[];
};
/** Its middle, and its lowest and highest value. */
export type RulePoint = {
  readonly atMs: number;
  readonly low: number | null;
  readonly high: number | null;
};
export type Span = { readonly fromMs: number; readonly toMs: number };

const numberOf = (text: string | null): number | null => (text === null ? null : Number(text));

export function rulePicture(
  result: Pick<RuleTest, 'from' | 'to' | 'episodeList' | 'nearMissList'>,
  { labels, threshold, breachIs, points }: RuleChart,
): RulePicture {
  const key = labelKey(labels);
  const toMs = Date.parse(result.to);
  const isShown = (one: { readonly labels: RuleChart['labels'] }): boolean =>
    labelKey(one.labels) === key;
  return {
    points: points.map(({ start, end, low, high }) => ({
      atMs: (Date.parse(start) + Date.parse(end)) / 2,
      low: numberOf(low),
      high: numberOf(high),
    })),
    threshold: numberOf(threshold),
    targets: points.flatMap(({ start, end, target }) =>
      target === undefined
        ? []
        : [{ fromMs: Date.parse(start), toMs: Date.parse(end), value: Number(target) }],
    ),
    line: breachIs === 'below' ? 'low' : 'high',
    // A metric that is younger than the range is shown from its first window on.
    fromMs: Math.max(Date.parse(result.from), Date.parse(points[0]?.start ?? result.from)),
    toMs,
    firing: result.episodeList.filter(isShown).flatMap(({ firedAt, endedAt }) =>
      // What still burned at the end burns to the end of the picture.
      firedAt === null
        ? []
        : [{ fromMs: Date.parse(firedAt), toMs: endedAt === null ? toMs : Date.parse(endedAt) }],
    ),
    nearly: result.nearMissList
      .filter(isShown)
      .map(({ from, to }) => ({ fromMs: Date.parse(from), toMs: Date.parse(to) })),
  };
}

const labelKey = (labels: RuleChart['labels']): string =>
  JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** The range of values, the threshold and targets in it, with room at both ends; zero only where values come near it. */
export function ruleRange({
  points,
  threshold,
  targets,
}: Pick<RulePicture, 'points' | 'threshold' | 'targets'>): readonly [number, number] {
  const known = [
    ...points.flatMap(({ low, high }) => [low, high]),
    ...targets.map(({ value }) => value),
    threshold,
  ].filter((value) => value !== null);
  if (known.length === 0) return [0, 1];
  const top = Math.max(...known);
  const bottom = Math.min(...known);
  const room = (top - bottom || Math.abs(top) || 1) * 0.08;
  const isNearZero = bottom >= 0 && bottom < (top - bottom) / 2;
  return [isNearZero ? 0 : bottom - room, top + room];
}
