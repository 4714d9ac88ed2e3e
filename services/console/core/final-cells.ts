import type { EpochMs } from '../../kernel/time.ts';
import { NOT_STORED } from './projection.ts';
import type { CellNumbers } from './projection.ts';

/** Rows that a structure has room for at first; it doubles. */
const ROWS_MIN = 256;
const FINAL = 2;
/** Rows of a page. A column has pages where something is known: of ten thousand series often but a few windows are. */
const PAGE = 64;
/** Contributions of a cell that is not known; those of one without any are NaN. */
const UNKNOWN = -1;

/** The numbers of a page, then its contributions. */
type Page = Float64Array;
/** What is known of one series: by row, and the few cells that were amended. */
type Column = {
  readonly pages: (Page | undefined)[];
  readonly amended: Map<number, readonly [revision: number, restatements: number]>;
};
/** Cells of final windows of one projection and grain. A structure that changes in place. */
export type FinalCells = {
  /** What they hold under: they are forgotten as soon as the projection says something else. */
  readonly stamp: string;
  /** As of the last read. */
  watermarkMs: EpochMs;
  readonly rows: Map<EpochMs, number>;
  stages: Uint8Array;
  readonly columns: Map<number, Column>;
  /** That there is room for. */
  cells: number;
};

export const noFinalCells = (stamp: string): FinalCells => ({
  stamp,
  watermarkMs: 0,
  rows: new Map(),
  stages: new Uint8Array(ROWS_MIN),
  columns: new Map(),
  cells: 0,
});

type Asked = { readonly starts: readonly EpochMs[]; readonly series: readonly number[] };

/** By window its row, or −1 where not all of the series are known. @param isOver by index: whether it is final, and not gone */
export function rowsOf(
  { rows, columns }: FinalCells,
  { starts, series }: Asked,
  isOver: (index: number) => boolean,
): Int32Array {
  const all = series.map((number) => columns.get(number));
  if (all.includes(undefined)) return new Int32Array(starts.length).fill(-1);
  return Int32Array.from(starts, (start, i) => {
    const row = isOver(i) ? rows.get(start) : undefined;
    if (row === undefined) return -1;
    for (const column of all) if (contributionsAt(column as Column, row) === UNKNOWN) return -1;
    return row;
  });
}

/** Keeps what was read, of windows that are final: stored as such, or not at all though they are over. @param isOver as above */
export function keepFinal(
  kept: FinalCells,
  { starts, series }: Asked,
  { read, isOver }: { readonly read: CellNumbers; readonly isOver: (index: number) => boolean },
): void {
  for (const [i, start] of starts.entries()) {
    const stage = read.stages[i] as number;
    if (!isOver(i) || (stage !== FINAL && stage !== NOT_STORED)) continue;
    let row = kept.rows.get(start);
    if (row === undefined) {
      row = kept.rows.size;
      kept.rows.set(start, row);
      kept.stages = withRoom(kept.stages, row);
    }
    kept.stages[row] = stage;
    for (const [s, number] of series.entries()) put(kept, { number, row }, cellAt(read, s, i));
  }
}

type Cell = {
  readonly number: number;
  readonly count: number;
  readonly amended: readonly [number, number];
};
const cellAt = (read: CellNumbers, s: number, i: number): Cell => ({
  number: read.numbers[s]?.[i] as number,
  count: read.contributions[s]?.[i] as number,
  amended: [read.revisions[s]?.[i] as number, read.restatements[s]?.[i] as number],
});

function put(kept: FinalCells, at: { number: number; row: number }, cell: Cell): void {
  const { number, row } = at;
  let column = kept.columns.get(number);
  if (!column) {
    column = { pages: [], amended: new Map() };
    kept.columns.set(number, column);
  }
  let page = column.pages[pageOf(row)];
  if (!page) {
    page = new Float64Array(2 * PAGE).fill(UNKNOWN);
    column.pages[pageOf(row)] = page;
    kept.cells += PAGE;
  }
  page[row % PAGE] = cell.number;
  page[PAGE + (row % PAGE)] = cell.count;
  if (!cell.amended.every(Number.isNaN)) column.amended.set(row, cell.amended);
}

const pageOf = (row: number): number => Math.floor(row / PAGE);
const numberAt = ({ pages }: Column, row: number): number =>
  pages[pageOf(row)]?.[row % PAGE] ?? Number.NaN;
const contributionsAt = ({ pages }: Column, row: number): number =>
  pages[pageOf(row)]?.[PAGE + (row % PAGE)] ?? UNKNOWN;

function withRoom(stages: Uint8Array, row: number): Uint8Array {
  if (row < stages.length) return stages;
  const larger = new Uint8Array(stages.length * 2);
  larger.set(stages);
  return larger;
}

/**
 * What was asked for, from what is kept and what was read beside it.
 * @param rows of all windows asked (`rowsOf`); those of −1 are in `read`, in order
 */
export function withFinal(
  kept: FinalCells,
  { series, rows }: { readonly series: readonly number[]; readonly rows: Int32Array },
  read: CellNumbers,
): CellNumbers {
  const length = rows.length;
  /** Of each window: its index among those read. */
  const readAt = new Int32Array(length);
  let next = 0;
  for (let i = 0; i < length; i++) readAt[i] = rows[i] === -1 ? next++ : -1;
  const all = <T extends Uint8Array | Float64Array>(
    into: T,
    fresh: T | undefined,
    known: (row: number) => number,
  ): T => {
    for (let i = 0; i < length; i++) {
      const row = rows[i] as number;
      into[i] = row === -1 ? (fresh?.[readAt[i] as number] as number) : known(row);
    }
    return into;
  };
  const columns = (
    fresh: readonly Float64Array[],
    known: (column: Column, row: number) => number,
  ): Float64Array[] =>
    series.map((number, s) => {
      const column = kept.columns.get(number) as Column;
      return all(new Float64Array(length), fresh[s], (row) => known(column, row));
    });
  return {
    stages: all(new Uint8Array(length), read.stages, (row) => kept.stages[row] as number),
    numbers: columns(read.numbers, numberAt),
    contributions: columns(read.contributions, contributionsAt),
    revisions: columns(read.revisions, ({ amended }, row) => amended.get(row)?.[0] ?? Number.NaN),
    restatements: columns(
      read.restatements,
      ({ amended }, row) => amended.get(row)?.[1] ?? Number.NaN,
    ),
  };
}
