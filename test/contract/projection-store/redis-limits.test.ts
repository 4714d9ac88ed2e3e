import { expect, test } from 'vitest';
import type { CellDelta } from '../../../services/aggregator/core/cell-delta.ts';
import { projectionKeys } from '../../../services/kernel/projection.ts';
import { delta, HOUR, span } from '../../support/projection-flush.ts';
import { redisMetric } from './redis-metric.ts';

/** What only the real scripts can get wrong: stacks, and memory that grows with what a dimension brings. */
const { apply, cell, client, metric, prefix, ref, store } = redisMetric();

test('a window of more series than a Lua stack holds is written, moved on and removed', async () => {
  // Lua unpacks some 8,000 values at most.
  const startMs = 2_000_000 * HOUR;
  const cells = Array.from({ length: 9_000 }, (_, i): [string, CellDelta] => [
    `["s","${i}"]`,
    delta({ sum: i, members: new Set([`m${i}`]) }),
  ]);
  expect((await apply(cells, { startMs })).kind).toBe('applied');
  expect((await cell(startMs, '["s","8999"]'))?.accumulators).toMatchObject({ sum: 8_999 });
  const distinct = { ...metric, aggregation: 'distinct' as const };
  await apply([], { startMs, watermarkMs: startMs + 3 * HOUR });
  while ((await store().advance(distinct, 1_000)) > 0);
  expect(await cell(startMs, '["s","8999"]')).toBeUndefined();
  const { members, due } = projectionKeys(prefix, ref.metric, ref.version);
  expect(await client().exists(members('hour', startMs, '["s","8999"]'))).toBe(0);
  expect(await client().zcard(due)).toBe(0);
});

test('F-077 250,000 values of a dimension take no more room than the limit: the total is exact, the rest is told', async () => {
  const bomb = { metric: 'bomb', version: 'v1' };
  const keys = projectionKeys(prefix, bomb.metric, bomb.version);
  const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
  await store().create(bomb, { generation: 'g', partitions });
  const perFlush = 10_000;
  const flushes = 25;
  const admitted = 50;
  for (let number = 0; number < flushes; number++) {
    const values = Array.from({ length: perFlush }, (_, i) => `["s","v${number * perFlush + i}"]`);
    const result = await store().apply(bomb, {
      generation: 'g',
      spans: [span({ from: number, to: number + 1 })],
      series: ['[]', ...values].map((key) => ({
        key,
        number: undefined,
        breakdown: key === '[]' ? '' : 's',
      })),
      maxSeries: admitted,
      windows: [
        {
          grain: 'hour',
          startMs: 0,
          endMs: HOUR,
          cells: ['[]', ...values].map((key, series) => ({
            series,
            delta: delta(key === '[]' ? { contributions: perFlush, sum: perFlush } : { sum: 1 }),
          })),
        },
      ],
    });
    expect(result.kind).toBe('applied');
  }
  const at = { grain: 'hour', startMs: 0 } as const;
  const { cells } = await store().readCells(bomb, [
    { ...at, key: '[]' },
    { ...at, key: '["s","v0"]' },
    { ...at, key: '["s","v249999"]' },
  ]);
  expect(cells.map(({ key, accumulators }) => [key, accumulators.sum])).toEqual([
    ['[]', perFlush * flushes],
    ['["s","v0"]', 1],
  ]);
  expect(await client().hlen(keys.series)).toBe(admitted + 1);
  expect(await client().hget(keys.meta, 'refused')).toBe(String(perFlush * flushes - admitted));
  const sizes = await Promise.all(
    [keys.series, keys.dirty, keys.cells('hour', 0)].map((key) => client().memory('USAGE', key)),
  );
  expect(Math.max(...sizes.map(Number))).toBeLessThan(100_000);
});
