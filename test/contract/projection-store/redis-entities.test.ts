import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { redisProjectionStore } from '../../../services/aggregator/adapters/redis-projection-store.ts';
import { normalize } from '../../../services/kernel/integer.ts';
import { projectionKeys } from '../../../services/kernel/projection.ts';
import { aMetric } from '../../support/metrics.ts';
import { delta, HOUR, span } from '../../support/projection-flush.ts';
import { uniquePrefix } from '../../support/servers.ts';
import { exact } from './any-integer.ts';
import { redisClient } from './redis-metric.ts';

const client = redisClient();

describe('entities of a cell', () => {
  const stock = aMetric({
    id: 'stock',
    aggregation: 'latest',
    entity: 'data.sku',
    grains: ['hour'],
    latenessMs: 0,
    retentionMs: { minute: 0, hour: HOUR, day: 0 },
  });
  const place = { metric: stock.id, version: stock.version };
  const key = '["s","1"]';
  let own: string;
  const store = () => redisProjectionStore(client(), own);
  const stored = () => projectionKeys(own, stock.id, stock.version).members('hour', 0, key);
  const flushOf = (from: number, list: Record<string, bigint | number>, watermarkMs = 0) =>
    store().apply(place, {
      generation: 'g',
      spans: [span({ from, to: from + 1, watermarkMs })],
      series: [{ key, number: undefined, breakdown: 's' }],
      maxSeries: 10,
      windows: [
        {
          grain: 'hour',
          startMs: 0,
          endMs: HOUR,
          cells: [
            {
              series: 0,
              delta: delta({
                entities: new Map(
                  Object.entries(list).map(([entity, value]) => [
                    entity,
                    { timeMs: from, partition: 0, offset: from, value: normalize(BigInt(value)) },
                  ]),
                ),
              }),
            },
          ],
        },
      ],
    });
  beforeEach(async () => {
    own = uniquePrefix();
    const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
    await store().create(place, { generation: 'g', partitions });
  });

  test('go with their window, and with what a lost generation left', async () => {
    await flushOf(0, { a: 1 });
    expect(await client().hgetall(stored())).toEqual({ a: '0|0|0|1' });
    await flushOf(1, { a: 2 }, 3 * HOUR);
    while ((await store().advance(stock, 10)) > 0);
    expect(await client().exists(stored())).toBe(0);
    await flushOf(2, { a: 3 });
    await store().retire(place, 'g');
    await store().create(place, { generation: 'g2', partitions: [] });
    expect(await client().exists(stored())).toBe(0);
  });

  test('the sum in Lua is that of bigint, whatever comes when, or it is refused', async () => {
    const flushes = fc.array(
      fc.dictionary(fc.constantFrom('a', 'b', 'c|', '__proto__', ''), exact, { minKeys: 1 }),
      { minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(flushes, async (lists) => {
        own = uniquePrefix();
        const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
        await store().create(place, { generation: 'g', partitions });
        const newest = new Map<string, bigint>();
        for (const [from, list] of lists.entries()) {
          const result = await flushOf(from, list);
          if (result.kind === 'overflow') return;
          for (const [entity, value] of Object.entries(list)) newest.set(entity, value);
          const view = await store().readCells(place, [{ grain: 'hour', startMs: 0, key }]);
          const sum = [...newest.values()].reduce((all, value) => all + value, 0n);
          expect(view.cells[0]?.accumulators.sum).toBe(normalize(sum));
        }
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    ['gone', []],
    ['of another type', ['SET', 'x']],
    ['members of a distinct count', ['SADD', 'x']],
  ] as const)('that are %s end the generation', async (_what, [command, ...args]) => {
    await flushOf(0, { a: 1 });
    await client().unlink(stored());
    if (command) await client().call(command, stored(), ...args);
    expect(await flushOf(1, { b: 2 })).toEqual({ kind: 'refused', reason: 'damaged' });
    expect(await store().load(place)).toBeUndefined();
  });
});
