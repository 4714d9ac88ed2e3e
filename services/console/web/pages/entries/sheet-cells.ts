import type { EntryItem } from '../../../core/entries/booked-entry.ts';
import type { EntrySheet } from '../../../core/entries/entry-sheet.ts';
import type { Series } from '../../../core/answers.ts';

export type SheetWindow = EntrySheet['windows'][number];
/** One member of each dimension. */
export type Labels = Readonly<Record<string, string>>;

/** What is known of one window and member. */
export type SheetCell = {
  readonly key: string;
  readonly window: SheetWindow;
  readonly labels: Labels;
  /** undefined: nobody entered one. */
  readonly value: string | undefined;
  /** Newest first. */
  readonly history: readonly EntryItem[];
};

/** Every combination of members, in the order of the definition; of no dimension there is one. */
export function combinations(members: EntrySheet['members']): readonly Labels[] {
  let found: readonly Labels[] = [{}];
  for (const [name, all] of Object.entries(members))
    found = found.flatMap((labels) => all.map((member) => ({ ...labels, [name]: member })));
  return found;
}

export const cellKey = (start: string, labels: Labels): string =>
  `${start} ${JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))}`;

/** The cells of a sheet by key. A window without an event was not entered, whatever its value is said to be. */
export function sheetCells(
  { windows, members }: Pick<EntrySheet, 'windows' | 'members'>,
  series: readonly Series[],
  entries: readonly EntryItem[],
): ReadonlyMap<string, SheetCell> {
  const values = new Map<string, string>();
  for (const { labels, points } of series)
    for (const { start, value, count } of points)
      if (value !== null && count > 0) values.set(cellKey(start, labels), value);
  const histories = Map.groupBy(entries, ({ start, labels }) => cellKey(start, labels));
  const cells = windows.flatMap((window) =>
    combinations(members).map((labels): [string, SheetCell] => {
      const key = cellKey(window.start, labels);
      const history = histories.get(key) ?? [];
      return [key, { key, window, labels, value: values.get(key), history }];
    }),
  );
  return new Map(cells);
}

/** Windows that are over and have cells without a value, the newest first. */
export function missingOf(cells: Iterable<SheetCell>, nowMs: number): readonly SheetCell[] {
  return [...cells].filter(
    ({ value, window }) => value === undefined && Date.parse(window.end) <= nowMs,
  );
}

/** Where the arrow keys lead in a grid of so many rows and columns; undefined where they stay within the cell. */
export function nextPlace(
  key: string,
  { row, column }: { readonly row: number; readonly column: number },
  size: { readonly rows: number; readonly columns: number },
): { readonly row: number; readonly column: number } | undefined {
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    Enter: [1, 0],
    PageUp: [-size.rows, 0],
    PageDown: [size.rows, 0],
  };
  const step = steps[key];
  if (!step) return undefined;
  return {
    row: Math.min(size.rows - 1, Math.max(0, row + step[0])),
    column: Math.min(size.columns - 1, Math.max(0, column + step[1])),
  };
}
