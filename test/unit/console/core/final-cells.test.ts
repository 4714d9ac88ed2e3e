import { expect, test } from 'vitest';
import { keepFinal, noFinalCells, rowsOf } from '../../../../services/console/core/final-cells.ts';

const HOUR = 3_600_000;
const FINAL = 2;

/** As read: every cell counts 1. */
const readOf = (windows: number, series: number) => {
  const columns = (value: number) =>
    Array.from({ length: series }, () => new Float64Array(windows).fill(value));
  return {
    stages: new Uint8Array(windows).fill(FINAL),
    numbers: columns(1),
    contributions: columns(1),
    revisions: columns(Number.NaN),
    restatements: columns(Number.NaN),
  };
};
const hours = (count: number) => Array.from({ length: count }, (_, i) => i * HOUR);

/** Of all typed arrays within. */
function bytesIn(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  const isMany = Array.isArray(value) || value instanceof Map;
  const within =
    typeof value === 'object' && value !== null
      ? [...(isMany ? value.values() : Object.values(value))]
      : [];
  return within.reduce<number>((sum, one) => sum + bytesIn(one), 0);
}

test('a window of a thousand series beside a long range of one takes no room for all of the range', () => {
  const kept = noFinalCells('1');
  const all = { isOver: () => true };
  const range = { starts: hours(9_600), series: [0] };
  keepFinal(kept, range, { ...all, read: readOf(9_600, 1) });
  const hour = { starts: [9_000 * HOUR], series: Array.from({ length: 1_000 }, (_, i) => i + 1) };
  keepFinal(kept, hour, { ...all, read: readOf(1, 1_000) });
  expect([...rowsOf(kept, hour, all.isOver)]).toEqual([9_000]);
  expect(bytesIn(kept)).toBeLessThan(2_000_000);
  expect(bytesIn(kept) / kept.cells).toBeLessThanOrEqual(20);
});
