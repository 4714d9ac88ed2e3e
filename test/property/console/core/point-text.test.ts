import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatSample,
  pointsWriter,
} from '../../../../services/console/core/prometheus/point-text.ts';

/** Digits that are written one by one: whole numbers, halves and hundredths, up to where they stop to be exact and beyond. */
const decimals = fc
  .tuple(fc.maxSafeInteger(), fc.constantFrom(1, 10, 100, 1_000, 10 ** 6, 10 ** 15))
  .map(([unscaled, power]) => unscaled / power);
const EDGES = [
  [0, -0, 1, 9.99, 10, 0.1, 0.01, 0.001, 1e-7],
  [2 ** 31 - 1, 2 ** 31, 2 ** 31 + 0.5, 2 ** 32, Number.MAX_SAFE_INTEGER],
  [1e13 - 0.01, 1e13, 1e13 + 0.01, 1e15 - 1, 1e15, 1e15 + 1, 1e21, Infinity, Number.NaN],
].flat();
const edges = fc.constantFrom(...EDGES);
const signed = fc.tuple(edges, fc.constantFrom(1, -1)).map(([value, sign]) => value * sign);
const points = fc.array(
  fc.record({
    timeMs: fc.integer({ min: 0, max: 8_640_000_000_000_000 }),
    value: fc.oneof(decimals, signed, fc.double(), fc.integer()),
    has: fc.boolean(),
  }),
  { maxLength: 40 },
);

test('points that are written byte by byte are those that JavaScript writes, column after column', () => {
  fc.assert(
    fc.property(fc.array(points, { maxLength: 4 }), (columns) => {
      const write = pointsWriter();
      for (const column of columns) {
        const times = column.map(({ timeMs }) => String(timeMs / 1_000));
        const shown = column.flatMap(({ value, has }, i) =>
          has ? [`[${times[i]},"${formatSample(value)}"]`] : [],
        );
        const values = Float64Array.from(column, ({ value }) => value);
        const has = Uint8Array.from(column, (point) => Number(point.has));
        expect(write({ values, has }, times)).toBe(
          shown.length === 0 ? undefined : `[${shown.join(',')}]`,
        );
      }
    }),
    { numRuns: 2_000 },
  );
});
