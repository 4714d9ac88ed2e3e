import { seriesKey } from '../../kernel/series.ts';
import type { Labels } from '../../kernel/series.ts';

/** A series of a projection's dictionary. */
export type SeriesEntry = {
  readonly number: number;
  readonly key: string;
  readonly labels: Labels;
};

/** Which series are asked for: those of one breakdown, whose members are as the filters say. */
export type SeriesChoice = {
  /** Dimensions of the breakdown, in the order of the answer's labels. */
  readonly dimensions: readonly string[];
  /** Dimension → accepted members; several of one dimension are alternatives. */
  readonly where: ReadonlyMap<string, ReadonlySet<string>>;
};

/** The name of a series that is the same in every metric, whatever the order of its dimensions there. */
export const canonicalKey = (choice: SeriesChoice, labels: Labels): string =>
  seriesKey(
    choice.dimensions,
    choice.dimensions.map((name) => labels[name] ?? ''),
  );

/** The chosen series by canonical key. The total is always there to be asked for, so it is not this function's matter. */
export function chooseSeries(
  entries: readonly SeriesEntry[],
  choice: SeriesChoice,
): ReadonlyMap<string, SeriesEntry> {
  const chosen = new Map<string, SeriesEntry>();
  for (const entry of entries) {
    if (matches(entry.labels, choice)) chosen.set(canonicalKey(choice, entry.labels), entry);
  }
  return chosen;
}

function matches(labels: Labels, { dimensions, where }: SeriesChoice): boolean {
  if (Object.keys(labels).length !== dimensions.length) return false;
  return dimensions.every((name) => {
    const member = labels[name];
    return member !== undefined && (where.get(name)?.has(member) ?? true);
  });
}

/**
 * The breakdown that the dimensions name, in any order.
 * @returns undefined when the metric is not kept by exactly these
 */
export const breakdownFor = (
  breakdowns: readonly (readonly string[])[],
  dimensions: readonly string[],
): readonly string[] | undefined =>
  breakdowns.find(
    (breakdown) =>
      breakdown.length === dimensions.length &&
      breakdown.every((name) => dimensions.includes(name)),
  );
