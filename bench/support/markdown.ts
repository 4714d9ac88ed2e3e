import { median } from './statistics.ts';

/** The median of what was measured. @returns undefined where nothing was */
export function mid<T>(
  group: readonly T[],
  pick: (run: T) => number | undefined,
): number | undefined {
  const values = group
    .map(pick)
    .filter((value): value is number => value !== undefined && !Number.isNaN(value));
  return values.length > 0 ? median(values) : undefined;
}

export const count = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : Math.round(value).toLocaleString('en');

/** Two figures behind the point for what is small. */
export const decimal = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(value < 10 ? 2 : 1);

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
