import { generationId } from '../../../services/kernel/projection.ts';
import { expect, test } from 'vitest';
import type { ProjectionReader } from '../../../services/console/ports.ts';
import { createConsoleReads } from '../../../services/console/service.ts';
import type { DerivedMetric, SimpleMetric } from '../../../services/kernel/definitions.ts';
import { DAY_MS } from '../../../services/kernel/time.ts';
import { memoryProjectionReader } from '../../support/memory-projection-reader.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';
import { projectionFiller } from '../../support/projection-filler.ts';

const shape = {
  id: 'orders',
  timezone: 'UTC',
  aggregation: 'count',
  valueScale: 0,
  unit: { code: '1', scale: 0 },
  retentionMs: { minute: 900 * DAY_MS, hour: 900 * DAY_MS, day: 900 * DAY_MS },
} as const;
const [V1, V2] = [aMetric({ ...shape, version: 'v1' }), aMetric({ ...shape, version: 'v2' })];
const TWICE: DerivedMetric = {
  kind: 'derived',
  id: 'twice',
  version: 'd1',
  name: { en: 'Twice' },
  owner: 'team:sales',
  tags: [],
  unit: { code: '1', scale: 0 },
  direction: 'up',
  formula: 'orders + orders',
  inputs: ['orders'],
  timezone: 'UTC',
  breakdowns: [[]],
  grains: ['hour'],
};

/** A metric whose version has changed from v1, in which 3 events were counted, to v2. */
const world = async () => {
  let nowMs = DAY_MS;
  const store = memoryProjectionStore();
  const reader: ProjectionReader = memoryProjectionReader(store);
  const reads = createConsoleReads({
    reader,
    logBounds: () => Promise.resolve([]),
    catalog: () => catalog,
    now: () => (nowMs += 10_000),
    prefix: '',
  });
  const catalog = {
    ...catalogOf({ metrics: [V2, TWICE] }),
    superseded: new Map<string, SimpleMetric>([[V1.id, V1]]),
  };
  const first = await projectionFiller(store, V1);
  await first.count([{ timeMs: 0 }, { timeMs: 0 }, { timeMs: 0 }]);
  const second = await projectionFiller(store, V2, { empty: false });
  const ask = async (id: string, query: Record<string, string> = {}) => {
    const range = { grain: 'hour', from: '1970-01-01T00:00:00Z', to: '1970-01-01T01:00:00Z' };
    const answer = await reads.values(id, { ...range, ...query });
    if (!answer.ok) throw new Error(answer.error.detail);
    const { version, series, warnings } = answer.value;
    const point = series[0]?.points[0];
    return { version, value: point?.value, state: point?.state, warnings };
  };
  return { store, reads, second, ask };
};

test('while the published version is filled, the one before is shown, and says so', async () => {
  const { second, ask, reads } = await world();
  await second.count([{ timeMs: 0 }], { caughtUp: false });
  expect(await ask('orders')).toEqual({
    version: 'v1',
    value: '3',
    state: 'open',
    warnings: ['version v1 of orders is shown until v2, which is published, has caught up'],
  });
  expect(await ask('twice')).toMatchObject({ version: 'd1', value: '6' });
  expect(await reads.isRebuilding('orders')).toBe(false);
});

test('each version is read by its name', async () => {
  const { second, ask } = await world();
  await second.count([{ timeMs: 0 }], { caughtUp: false });
  expect(await ask('orders', { version: 'v1' })).toMatchObject({ version: 'v1', value: '3' });
  expect(await ask('orders', { version: 'v2' })).toMatchObject({
    version: 'v2',
    value: null,
    state: 'rebuilding',
  });
  await expect(ask('orders', { version: 'v3' })).rejects.toThrow('the published one is v2');
});

test('readers go over to the published version in one step, for good', async () => {
  const { store, second, ask, reads } = await world();
  expect(await reads.hasSwapped()).toBe(false);
  expect([reads.isShown('orders', 'v1'), reads.isShown('orders', 'v2')]).toEqual([true, false]);
  await second.count([{ timeMs: 0 }], { caughtUp: true });
  expect(await reads.hasSwapped()).toBe(true);
  expect(await reads.hasSwapped()).toBe(false);
  expect([reads.isShown('orders', 'v1'), reads.isShown('orders', 'v2')]).toEqual([false, true]);
  expect(await ask('orders')).toEqual({ version: 'v2', value: '1', state: 'open', warnings: [] });
  // The aggregator notes it; then a rebuild of the published one brings the old one back no more.
  await store.supersede({ metric: 'orders', version: 'v1' }, true);
  await store.retire({ metric: 'orders', version: 'v2' }, generationId('g1'));
  expect(await ask('orders')).toMatchObject({ version: 'v2', value: null, state: 'rebuilding' });
  expect(await ask('orders', { version: 'v1' })).toMatchObject({ version: 'v1', value: '3' });
});

test('a version before that is itself being filled is not shown', async () => {
  const { store, ask } = await world();
  await store.retire({ metric: 'orders', version: 'v1' }, generationId('g1'));
  await projectionFiller(store, V1, { empty: false, generation: generationId('g2') });
  expect(await ask('orders')).toMatchObject({ version: 'v2', state: 'rebuilding' });
});
