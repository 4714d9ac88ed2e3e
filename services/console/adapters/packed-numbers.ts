import { stageOf } from '../../kernel/projection.ts';
import { NOT_STORED } from '../core/projection.ts';

const NEW_LINE = 10;
const MINUS = 45;
const ZERO = 48;
const NINE = 57;

/** What windows say: their stages, and of each series its cells (kernel/stored-cell.ts), which are integers. */
export type NumberColumns = {
  /** `NOT_STORED` where the window is not. */
  readonly stages: Uint8Array;
  /** NaN where there is none, here and below. */
  readonly contributions: readonly Float64Array[];
  /** NaN also where a cell has its contributions alone. */
  readonly values: readonly Float64Array[];
  /** What amended windows alone have, which stands behind all cells. */
  readonly amended: readonly Float64Array[];
};

export function emptyColumns(
  windows: number,
  { cells, amended }: { readonly cells: number; readonly amended: number },
): NumberColumns {
  const columns = (length: number): Float64Array[] =>
    Array.from({ length }, () => new Float64Array(windows).fill(Number.NaN));
  return {
    stages: new Uint8Array(windows).fill(NOT_STORED),
    contributions: columns(cells),
    values: columns(cells),
    amended: columns(amended),
  };
}

/**
 * Reads the fields of some windows, digit by digit: no text and no object is made for a cell, of which there may be hundreds
 * of thousands.
 * @param text of each window `stage` as stored, its cells, and where it is amended what else there is, or one empty field
 * (packed-cells.ts)
 * @param from index of the first window
 */
export function takeNumbers(text: string, from: number, into: NumberColumns): void {
  const { stages, contributions, values, amended } = into;
  const cells = contributions.length;
  let window = from;
  let last = cells;
  let field = 0;
  /** Where the number goes that is read; none for the stage. */
  let column: Float64Array | undefined;
  let value = 0;
  let isNegative = false;
  let hasDigits = false;
  for (let at = 0; at <= text.length && window < stages.length; at++) {
    const code = at === text.length ? NEW_LINE : text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      value = value * 10 + (code - ZERO);
      hasDigits = true;
      continue;
    }
    if (code === MINUS) {
      isNegative = true;
      continue;
    }
    const isStage = field === 0;
    if (isStage && hasDigits) {
      const { stage, isAmended } = stageOf(value);
      stages[window] = stage;
      last = isAmended ? cells + amended.length : cells;
    } else if (column && hasDigits) column[window] = isNegative ? 0 - value : value;
    if (code === NEW_LINE) {
      const isOver = field === last || (isStage && !hasDigits);
      field = isOver ? 0 : field + 1;
      if (isOver) window++;
      const cell = field - 1;
      column = cell < cells ? contributions[cell] : amended[cell - cells];
    } else column = values[field - 1];
    value = 0;
    isNegative = false;
    hasDigits = false;
  }
}
