import { expect, test } from 'vitest';
import { SCRIPTS } from '../../../services/aggregator/adapters/lua.ts';
import { redisProjectionStore } from '../../../services/aggregator/adapters/redis-projection-store.ts';
import type { FlushRequest } from '../../../services/aggregator/core/flush.ts';
import { allDirty } from '../../support/all-dirty.ts';
import { aMetric } from '../../support/metrics.ts';
import { delta, HOUR, span } from '../../support/projection-flush.ts';
import { uniquePrefix } from '../../support/servers.ts';
import { redisClient } from './redis-metric.ts';

/** What Redis, or a process beside, no longer knows. */
const client = redisClient();
const prefix = uniquePrefix();

test('labels of a generation that is gone are not given to the numbers of the next', async () => {
  const store = redisProjectionStore(client(), prefix);
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
  const other = redisProjectionStore(client(), prefix);
  await other.retire(place, 'g1');
  await other.create(place, { generation: 'g2', partitions });
  await other.apply(place, one('g2', '["s","new"]'));
  expect((await allDirty(store, names)).cells[0]?.key).toBe('["s","new"]');
});

test('F-052 a script that Redis has forgotten is sent again', async () => {
  await client().script('FLUSH');
  expect(await SCRIPTS.retire(client(), [`{${prefix}none}:meta`], ['g'])).toBe(0);
});
