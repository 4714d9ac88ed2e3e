import { NOT_STORED } from '../core/projection.ts';
import type { CellNumbers } from '../core/projection.ts';
import type { CellsRequest } from '../ports.ts';

const NEW_LINE = 10;
const MINUS = 45;
const ZERO = 48;

export const emptyNumbers = ({
  starts,
  series,
}: Pick<CellsRequest, 'starts' | 'series'>): CellNumbers => ({
  stages: new Uint8Array(starts.length).fill(NOT_STORED),
  numbers: series.map(() => new Float64Array(starts.length).fill(Number.NaN)),
});

/**
 * Reads the fields of one window, digit by digit: no text and no object is made for a cell, of which there may be hundreds
 * of thousands.
 * @param row `stage`, then one integer per series (packed-cells.ts)
 */
export function takeNumbers(row: string, index: number, { stages, numbers }: CellNumbers): void {
  let field = 0;
  let value = 0;
  let isNegative = false;
  let hasDigits = false;
  for (let at = 0; at <= row.length; at++) {
    const code = at === row.length ? NEW_LINE : row.charCodeAt(at);
    if (code === MINUS) isNegative = true;
    else if (code !== NEW_LINE) {
      value = value * 10 + (code - ZERO);
      hasDigits = true;
    } else {
      if (field === 0) stages[index] = value;
      else if (hasDigits)
        (numbers[field - 1] as Float64Array)[index] = isNegative ? 0 - value : value;
      field++;
      value = 0;
      isNegative = false;
      hasDigits = false;
    }
  }
}
