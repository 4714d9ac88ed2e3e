import { beforeEach, describe, expect, test } from 'vitest';
import { SCRIPTS } from '../../../services/aggregator/adapters/lua.ts';
import { redisProjectionStore } from '../../../services/aggregator/adapters/redis-projection-store.ts';
import type { FlushRequest } from '../../../services/aggregator/core/flush.ts';
import { projectionKeys } from '../../../services/kernel/projection.ts';
import { allDirty } from '../../support/all-dirty.ts';
import { aMetric } from '../../support/metrics.ts';
import { delta, HOUR, span } from '../../support/projection-flush.ts';
import { uniquePrefix } from '../../support/servers.ts';
import { redisClient } from './redis-metric.ts';

/** What only the real scripts can get wrong: keys that are gone or of another type. */
const client = redisClient();

describe('F-045 a projection that is damaged', () => {
  const HEAD = ['meta', 'watermarks', 'series', 'dirty', 'due'] as const;
  const others = { string: ['SET', 'x'], hash: ['HSET', 'x', 'x'] } as const;
  const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
  const damaged = aMetric({ id: 'damaged', aggregation: 'distinct', grains: ['hour'] });
  const place = { metric: damaged.id, version: damaged.version };
  const store = () => redisProjectionStore(client(), own);
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
    await client().unlink(key);
    if (to !== 'nothing') await client().call(others[to][0], key, ...others[to].slice(1));
  };
  /** Nothing of the damaged generation may be added to. */
  const expectNewBeginning = async (): Promise<void> => {
    expect(await store().load(place)).toBeUndefined();
    expect(await store().create(place, { generation: 'g2', partitions })).toBe(true);
    expect(await client().keys(`{${own}*:cells:*`)).toEqual([]);
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
    const before = await client().dbsize();
    expect(await store().apply(place, flush('g1', 1))).toEqual({
      kind: 'refused',
      reason: 'damaged',
    });
    expect(await client().dbsize()).toBeLessThanOrEqual(before + 1);
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
    await client().hincrby(keys().meta, 'begun', 1);
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
    expect(await SCRIPTS.sweep(client(), [keys().meta, keys().cells('hour', 0)], [])).toBe(0);
    expect((await allDirty(store(), damaged)).cells).toHaveLength(1);
  });
});
