/** The members that tell one series of a metric from another, in the order of its breakdown. `{}` is the total. */
export type Labels = Readonly<Record<string, string>>;

/**
 * The key of a series in a projection's dictionary and on topics: a JSON array of name, value, name, value, in the
 * breakdown's order. The total is `[]`.
 */
export const seriesKey = (breakdown: readonly string[], members: readonly string[]): string =>
  JSON.stringify(breakdown.flatMap((name, i) => [name, members[i] ?? '']));

export function labelsOf(key: string): Labels {
  const flat = JSON.parse(key) as string[];
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  for (let i = 0; i + 1 < flat.length; i += 2) labels[flat[i] as string] = flat[i + 1] as string;
  return labels;
}

/** The dimension names of a series key, joined: equal for all series of one breakdown. */
export const breakdownOf = (key: string): readonly string[] =>
  (JSON.parse(key) as string[]).filter((_, i) => i % 2 === 0);
