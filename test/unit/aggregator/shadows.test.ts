import { expect, test } from 'vitest';
import type { MetricPlan } from '../../../services/aggregator/core/metric-plan.ts';
import { findShadows } from '../../../services/aggregator/shadows.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';

const planOf = (version: string): MetricPlan =>
  ({ metric: { id: 'sales', version } }) as unknown as MetricPlan;
const refOf = (version: string) => ({ metric: 'sales', version });
const [old, published] = [planOf('v1'), planOf('v2')];

const world = () => {
  const store = memoryProjectionStore();
  const create = (version: string, empty: boolean) =>
    store.create(refOf(version), {
      generation: `g-${version}`,
      partitions: [{ topic: 't', partition: 0, first: 0, empty }],
    });
  const look = async () => {
    const { counted, settled } = await findShadows(store, [published], [old]);
    return { counted: counted.includes(old), settled: settled.includes(old) };
  };
  return { store, create, look };
};
const COUNTED = { counted: true, settled: false };
const SETTLED = { counted: false, settled: true };

test('an earlier version is counted on while the published one is not there, or is being filled', async () => {
  const { create, look } = world();
  await create('v1', true);
  expect(await look()).toEqual(COUNTED);
  await create('v2', false);
  expect(await look()).toEqual(COUNTED);
});

test('once the published version has caught up the earlier is counted no more, also while that is rebuilt', async () => {
  const { store, create, look } = world();
  await create('v1', true);
  await create('v2', true);
  expect(await look()).toEqual(SETTLED);
  await store.retire(refOf('v2'), 'g-v2');
  await create('v2', false);
  expect(await look()).toEqual(SETTLED);
});

test('an earlier version that has no projection is not begun', async () => {
  const { store, look } = world();
  expect(await look()).toEqual(SETTLED);
  expect(store.projections.size).toBe(0);
});

test('a version that is published again is superseded no more', async () => {
  const { store, create, look } = world();
  await create('v1', true);
  await create('v2', true);
  await store.supersede(refOf('v2'), true);
  await look();
  expect((await store.load(refOf('v2')))?.superseded).toBe(false);
  expect((await store.load(refOf('v1')))?.superseded).toBe(true);
});
