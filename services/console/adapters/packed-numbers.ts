import { stageOf } from '../../kernel/projection.ts';
import { NOT_STORED } from '../core/projection.ts';

const NEW_LINE = 10;
const MINUS = 45;
const ZERO = 48;

/** What a window says: its stage, then so many integers, a column each; only an amended window has the last of them. */
export type NumberColumns = {
  /** `NOT_STORED` where the window is not. */
  readonly stages: Uint8Array;
  /** NaN where there is none. */
  readonly columns: readonly Float64Array[];
  /** How many of them every window has. */
  readonly plain: number;
};

export const emptyColumns = (
  windows: number,
  { plain, amended }: { readonly plain: number; readonly amended: number },
): NumberColumns => ({
  plain,
  stages: new Uint8Array(windows).fill(NOT_STORED),
  columns: Array.from({ length: plain + amended }, () =>
    new Float64Array(windows).fill(Number.NaN),
  ),
});

/**
 * Reads the fields of some windows, digit by digit: no text and no object is made for a cell, of which there may be hundreds
 * of thousands.
 * @param text of each window `stage` as stored and one integer per column, or one empty field (packed-cells.ts)
 * @param from index of the first window
 */
export function takeNumbers(text: string, from: number, into: NumberColumns): void {
  const { stages, columns, plain } = into;
  let window = from;
  let width = plain;
  let field = 0;
  let value = 0;
  let isNegative = false;
  let hasDigits = false;
  for (let at = 0; at <= text.length && window < stages.length; at++) {
    const code = at === text.length ? NEW_LINE : text.charCodeAt(at);
    if (code === MINUS) {
      isNegative = true;
      continue;
    }
    if (code !== NEW_LINE) {
      value = value * 10 + (code - ZERO);
      hasDigits = true;
      continue;
    }
    const signed = isNegative ? 0 - value : value;
    if (hasDigits && field === 0) {
      const { stage, isAmended } = stageOf(value);
      stages[window] = stage;
      width = isAmended ? columns.length : plain;
    } else if (hasDigits) (columns[field - 1] as Float64Array)[window] = signed;
    const isOver = field === width || (field === 0 && !hasDigits);
    field = isOver ? 0 : field + 1;
    if (isOver) window++;
    value = 0;
    isNegative = false;
    hasDigits = false;
  }
}
