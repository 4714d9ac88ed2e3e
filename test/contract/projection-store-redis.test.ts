import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { allDirty } from '../support/all-dirty.ts';
import fc from 'fast-check';
import { SCRIPTS } from '../../services/aggregator/adapters/lua.ts';
import { redisProjectionStore } from '../../services/aggregator/adapters/redis-projection-store.ts';
import type { FlushRequest } from '../../services/aggregator/core/flush.ts';
import { normalize } from '../../services/kernel/integer.ts';
import { DISTINCT_EXACT_MAX, projectionKeys } from '../../services/kernel/projection.ts';
import { mergeSketches, sketchOf } from '../../services/kernel/sketch.ts';
import type { Sketch } from '../../services/kernel/sketch.ts';
import { createRedis } from '../../services/platform/redis.ts';
import type { RedisClient } from '../../services/platform/redis.ts';
import { aMetric } from '../support/metrics.ts';
import { servers, uniquePrefix } from '../support/servers.ts';
import { span } from '../support/projection-flush.ts';

/** What only the real scripts can get wrong: arithmetic in doubles, stacks, and types of keys. */
const HOUR = 3_600_000;
const metric = aMetric({
  id: 'm',
  grains: ['hour'],
  retentionMs: { minute: 0, hour: HOUR, day: 0 },
  latenessMs: 0,
});
const ref = { metric: metric.id, version: metric.version };
const prefix = uniquePrefix();
let client: RedisClient;
let next = 0;

beforeAll(async () => {
  client = createRedis([servers().redisUrl], () => {});
  const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
  await redisProjectionStore(client, prefix).create(ref, { generation: 'g', partitions });
});
afterAll(() => client.disconnect());

type Delta = FlushRequest['windows'][number]['cells'][number]['delta'];
const delta = (over: Partial<Delta>): Delta => ({
  contributions: 1,
  restated: false,
  historical: 0,
  sum: undefined,
  min: undefined,
  max: undefined,
  last: undefined,
  members: undefined,
  bins: undefined,
  ...over,
});
const apply = (
  cells: readonly (readonly [string, Delta])[],
  at: { startMs: number; watermarkMs?: number },
) => {
  const spans = [span({ from: next, to: ++next, watermarkMs: at.watermarkMs ?? 0 })];
  return redisProjectionStore(client, prefix).apply(ref, {
    generation: 'g',
    spans,
    series: cells.map(([key]) => ({ key, number: undefined, breakdown: key === '[]' ? '' : 's' })),
    maxSeries: 100_000,
    windows: [
      {
        grain: 'hour',
        startMs: at.startMs,
        endMs: at.startMs + HOUR,
        cells: cells.map(([, one], series) => ({ series, delta: one })),
      },
    ],
  });
};
const cell = async (startMs: number, key = '[]') =>
  (await redisProjectionStore(client, prefix).readCells(ref, [{ grain: 'hour', startMs, key }]))
    .cells[0];

/** Where the script refuses: a billionth below what 64 bits hold. */
const LIMIT = 9_223_372_036_000_000_000n;
const exact = fc.oneof(
  fc.bigInt({ min: -1_000_000_000_000n, max: 1_000_000_000_000n }),
  fc.bigInt({ min: 9_007_199_254_740_900n, max: 9_007_199_254_741_100n }),
  fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
);

test('F-053 sums, minima and maxima in Lua are those of bigint, or the sum is refused', async () => {
  let startMs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(exact, { minLength: 1, maxLength: 5 }), async (values) => {
      startMs += HOUR;
      let sum = 0n;
      const added: bigint[] = [];
      for (const value of values) {
        const result = await apply([['[]', delta({ sum: value, min: value, max: value })]], {
          startMs,
        });
        if (result.kind === 'overflow') {
          next--;
          expect(sum + value >= LIMIT || sum + value <= -LIMIT).toBe(true);
          break;
        }
        added.push(value);
        sum += value;
      }
      expect((await cell(startMs))?.accumulators).toEqual({
        contributions: added.length,
        sum: normalize(sum),
        min: normalize(added.reduce((a, b) => (b < a ? b : a))),
        max: normalize(added.reduce((a, b) => (b > a ? b : a))),
      });
    }),
    { numRuns: 200 },
  );
});

test('sketches merged in Lua are those merged in the kernel', async () => {
  let startMs = 500_000 * HOUR;
  const deltas = fc.array(fc.array(fc.integer({ min: -40, max: 40 }), { maxLength: 30 }), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(deltas, async (flushes) => {
      startMs += HOUR;
      let sketch: Sketch = [];
      for (const values of flushes.filter(({ length }) => length > 0)) {
        const bins = new Map<number, number>();
        for (const bin of values) bins.set(bin, (bins.get(bin) ?? 0) + 1);
        sketch = mergeSketches(sketch, sketchOf(bins));
        await apply([['[]', delta({ bins })]], { startMs });
      }
      expect((await cell(startMs))?.accumulators.sketch ?? []).toEqual(sketch);
    }),
    { numRuns: 100 },
  );
});

test('distinct is exact up to its bound and an estimate above it, and says so', async () => {
  const startMs = 1_000_000 * HOUR;
  const members = (from: number, to: number): Set<string> =>
    new Set(Array.from({ length: to - from }, (_, i) => `member-${from + i}`));
  await apply([['[]', delta({ members: members(0, DISTINCT_EXACT_MAX) })]], { startMs });
  expect((await cell(startMs))?.accumulators).toMatchObject({ distinct: DISTINCT_EXACT_MAX });
  expect((await cell(startMs))?.accumulators).not.toHaveProperty('approximate');
  await apply([['[]', delta({ members: members(5_000, 30_000) })]], { startMs });
  const { accumulators } = (await cell(startMs)) ?? {};
  expect(accumulators?.approximate).toBe(true);
  expect(Math.abs((accumulators?.distinct ?? 0) / 30_000 - 1)).toBeLessThan(0.03);
  await apply([['[]', delta({ members: members(0, 20_000) })]], { startMs });
  expect((await cell(startMs))?.accumulators.distinct).toBe(accumulators?.distinct);
});

test('a window of more series than a Lua stack holds is written, moved on and removed', async () => {
  // Lua unpacks some 8,000 values at most.
  const startMs = 2_000_000 * HOUR;
  const cells = Array.from({ length: 9_000 }, (_, i): [string, Delta] => [
    `["s","${i}"]`,
    delta({ sum: i, members: new Set([`m${i}`]) }),
  ]);
  expect((await apply(cells, { startMs })).kind).toBe('applied');
  expect((await cell(startMs, '["s","8999"]'))?.accumulators).toMatchObject({ sum: 8_999 });
  const store = redisProjectionStore(client, prefix);
  const distinct = { ...metric, aggregation: 'distinct' as const };
  await apply([], { startMs, watermarkMs: startMs + 3 * HOUR });
  while ((await store.advance(distinct, 1_000)) > 0);
  expect(await cell(startMs, '["s","8999"]')).toBeUndefined();
  const { members, due } = projectionKeys(prefix, ref.metric, ref.version);
  expect(await client.exists(members('hour', startMs, '["s","8999"]'))).toBe(0);
  expect(await client.zcard(due)).toBe(0);
});

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
  const store = () => redisProjectionStore(client, own);
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
    expect(await client.hgetall(stored())).toEqual({ a: '0|0|0|1' });
    await flushOf(1, { a: 2 }, 3 * HOUR);
    while ((await store().advance(stock, 10)) > 0);
    expect(await client.exists(stored())).toBe(0);
    await flushOf(2, { a: 3 });
    await store().retire(place, 'g');
    await store().create(place, { generation: 'g2', partitions: [] });
    expect(await client.exists(stored())).toBe(0);
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
    await client.unlink(stored());
    if (command) await client.call(command, stored(), ...args);
    expect(await flushOf(1, { b: 2 })).toEqual({ kind: 'refused', reason: 'damaged' });
    expect(await store().load(place)).toBeUndefined();
  });
});

test('F-077 250,000 values of a dimension take no more room than the limit: the total is exact, the rest is told', async () => {
  const store = redisProjectionStore(client, prefix);
  const bomb = { metric: 'bomb', version: 'v1' };
  const keys = projectionKeys(prefix, bomb.metric, bomb.version);
  const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
  await store.create(bomb, { generation: 'g', partitions });
  const perFlush = 10_000;
  const flushes = 25;
  const admitted = 50;
  for (let number = 0; number < flushes; number++) {
    const values = Array.from({ length: perFlush }, (_, i) => `["s","v${number * perFlush + i}"]`);
    const result = await store.apply(bomb, {
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
  const { cells } = await store.readCells(bomb, [
    { ...at, key: '[]' },
    { ...at, key: '["s","v0"]' },
    { ...at, key: '["s","v249999"]' },
  ]);
  expect(cells.map(({ key, accumulators }) => [key, accumulators.sum])).toEqual([
    ['[]', perFlush * flushes],
    ['["s","v0"]', 1],
  ]);
  expect(await client.hlen(keys.series)).toBe(admitted + 1);
  expect(await client.hget(keys.meta, 'refused')).toBe(String(perFlush * flushes - admitted));
  const sizes = await Promise.all(
    [keys.series, keys.dirty, keys.cells('hour', 0)].map((key) => client.memory('USAGE', key)),
  );
  expect(Math.max(...sizes.map(Number))).toBeLessThan(100_000);
});

test('labels of a generation that is gone are not given to the numbers of the next', async () => {
  const store = redisProjectionStore(client, prefix);
  const names = aMetric({ id: 'names', grains: ['hour'] });
  const place = { metric: names.id, version: names.version };
  const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
  const one = (generation: string, key: string): FlushRequest => ({
    generation,
    spans: [span({ from: 0, to: 1 })],
    series: [{ key, number: undefined, breakdown: 's' }],
    maxSeries: 10,
    windows: [{ grain: 'hour', startMs: 0, endMs: HOUR, cells: [{ series: 0, delta: delta({}) }] }],
  });
  await store.create(place, { generation: 'g1', partitions });
  await store.apply(place, one('g1', '["s","old"]'));
  expect((await allDirty(store, names)).cells[0]?.key).toBe('["s","old"]');
  const other = redisProjectionStore(client, prefix);
  await other.retire(place, 'g1');
  await other.create(place, { generation: 'g2', partitions });
  await other.apply(place, one('g2', '["s","new"]'));
  expect((await allDirty(store, names)).cells[0]?.key).toBe('["s","new"]');
});

test('F-052 a script that Redis has forgotten is sent again', async () => {
  await client.script('FLUSH');
  expect(await SCRIPTS.retire(client, [`{${prefix}none}:meta`], ['g'])).toBe(0);
});

describe('F-045 a projection that is damaged', () => {
  const HEAD = ['meta', 'watermarks', 'series', 'dirty', 'due'] as const;
  const others = { string: ['SET', 'x'], hash: ['HSET', 'x', 'x'] } as const;
  const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
  const damaged = aMetric({ id: 'damaged', aggregation: 'distinct', grains: ['hour'] });
  const place = { metric: damaged.id, version: damaged.version };
  const store = () => redisProjectionStore(client, own);
  const keys = () => projectionKeys(own, place.metric, place.version);
  const flush = (generation: string, from: number): FlushRequest => ({
    generation,
    spans: [span({ from, to: from + 1 })],
    series: [{ key: '["s","1"]', number: undefined, breakdown: 's' }],
    maxSeries: 10,
    windows: [
      {
        grain: 'hour',
        startMs: 0,
        endMs: HOUR,
        cells: [{ series: 0, delta: delta({ members: new Set([`m${from}`]) }) }],
      },
    ],
  });
  let own: string;
  beforeEach(async () => {
    own = uniquePrefix();
    await store().create(place, { generation: 'g1', partitions });
    await store().apply(place, flush('g1', 0));
  });
  const damagedKey = (name: string): string =>
    name === 'cells'
      ? keys().cells('hour', 0)
      : name === 'members'
        ? keys().members('hour', 0, '["s","1"]')
        : keys()[name as (typeof HEAD)[number]];
  const change = async (name: string, to: 'nothing' | keyof typeof others): Promise<void> => {
    const key = damagedKey(name);
    await client.unlink(key);
    if (to !== 'nothing') await client.call(others[to][0], key, ...others[to].slice(1));
  };
  /** Nothing of the damaged generation may be added to. */
  const expectNewBeginning = async (): Promise<void> => {
    expect(await store().load(place)).toBeUndefined();
    expect(await store().create(place, { generation: 'g2', partitions })).toBe(true);
    expect(await client.keys(`{${own}*:cells:*`)).toEqual([]);
    expect(await store().apply(place, flush('g2', 0))).toMatchObject({ kind: 'applied' });
    const [cell] = (await allDirty(store(), damaged)).cells;
    expect(cell?.accumulators).toEqual({ contributions: 1, distinct: 1 });
  };

  test.each(
    [
      ...[...HEAD, 'cells', 'members'].map((name) => [name, 'string'] as const),
      ...['dirty', 'due', 'members'].map((name) => [name, 'hash'] as const),
      ...['watermarks', 'series', 'due', 'cells', 'members'].map(
        (name) => [name, 'nothing'] as const,
      ),
    ].filter(([name, to]) => !(name === 'members' && to === 'string')),
  )('of which %s became a %s takes no flush, and begins anew with nothing', async (name, to) => {
    await change(name, to);
    const before = await client.dbsize();
    expect(await store().apply(place, flush('g1', 1))).toEqual({
      kind: 'refused',
      reason: 'damaged',
    });
    expect(await client.dbsize()).toBeLessThanOrEqual(before + 1);
    await expectNewBeginning();
  });

  test.each(HEAD)('of which %s is of another type is not loaded, and begins anew', async (name) => {
    await change(
      name,
      name === 'meta' || name === 'watermarks' || name === 'series' ? 'string' : 'hash',
    );
    if (name === 'dirty' || name === 'due') await store().apply(place, flush('g1', 1));
    await expectNewBeginning();
  });

  test('of which a window’s cells are gone is noticed when the window moves on', async () => {
    await change('cells', 'nothing');
    const spans = [span({ from: 1, to: 2, watermarkMs: 2 * HOUR })];
    await store().apply(place, { ...flush('g1', 1), series: [], windows: [], spans });
    await store().advance(damaged, 10);
    await expectNewBeginning();
  });

  test('by the beginning of a flush that an append-only file kept of a power loss takes no flush, and begins anew', async () => {
    // What Redis 7.0 does when it is started again after a cut inside of a transaction.
    await client.hincrby(keys().meta, 'begun', 1);
    expect(await store().apply(place, flush('g1', 1))).toMatchObject({ reason: 'damaged' });
    await expectNewBeginning();
  });

  test('is swept only while no new generation has begun', async () => {
    await change('cells', 'string');
    await store().apply(place, flush('g1', 1));
    await Promise.all(
      Array.from({ length: 4 }, (_, i) =>
        store().create(place, { generation: `n${i}`, partitions }),
      ),
    );
    const generation = (await store().load(place))?.generation ?? '';
    expect(await store().apply(place, flush(generation, 0))).toMatchObject({ kind: 'applied' });
    expect(await SCRIPTS.sweep(client, [keys().meta, keys().cells('hour', 0)], [])).toBe(0);
    expect((await allDirty(store(), damaged)).cells).toHaveLength(1);
  });
});
