import { expect, test } from 'vitest';
import { createCandidates } from '../../../services/aggregator/candidates.ts';
import type { TopicPlan } from '../../../services/aggregator/core/catalog-plans.ts';
import type { MetricPlan } from '../../../services/aggregator/core/metric-plan.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';

const planOf = (version: string): MetricPlan =>
  ({ metric: { id: 'sales', version } }) as unknown as MetricPlan;
const refOf = (version: string) => ({ metric: 'sales', version });
const topicOf = (versions: Partial<Record<'plans' | 'earlier' | 'candidates', string[]>>) =>
  ({
    plans: (versions.plans ?? []).map(planOf),
    earlier: (versions.earlier ?? []).map(planOf),
    candidates: (versions.candidates ?? []).map(planOf),
  }) as unknown as TopicPlan;

const world = async () => {
  const store = memoryProjectionStore();
  const errors: unknown[] = [];
  const candidates = createCandidates(store, (_what, error) => errors.push(error));
  await store.nominate(refOf('v2'), true);
  await store.create(refOf('v2'), {
    generation: 'g',
    partitions: [{ topic: 't', partition: 0, first: 0, empty: true }],
  });
  return {
    store,
    candidates,
    errors,
    isThere: async () => (await store.load(refOf('v2'))) !== undefined,
  };
};

test.each([
  ['in review', { plans: ['v1'], candidates: ['v2'] }],
  ['published', { plans: ['v2'] }],
  ['still shown', { plans: ['v3'], earlier: ['v2'] }],
])('what is %s is kept', async (_what, versions) => {
  const { candidates, isThere } = await world();
  for (let round = 0; round < 4; round++) await candidates.forget([topicOf(versions)]);
  expect(await isThere()).toBe(true);
});

test('what is none of these at two rounds is removed, and looked at until nothing is left', async () => {
  const { store, candidates, isThere } = await world();
  const gone = [topicOf({ plans: ['v1'] })];
  await candidates.forget(gone);
  expect(await isThere()).toBe(true);
  await candidates.forget(gone);
  expect(await isThere()).toBe(false);
  expect(await store.nominated()).toEqual([refOf('v2')]);
  await candidates.forget(gone);
  expect(await store.nominated()).toEqual([]);
});

test('what is neither for one round only, since it is being published, is kept', async () => {
  const { candidates, isThere } = await world();
  const [gone, published] = [topicOf({ plans: ['v1'] }), topicOf({ plans: ['v2'] })];
  for (const topic of [gone, published, gone, published]) await candidates.forget([topic]);
  expect(await isThere()).toBe(true);
});

test('a candidate is on record at once, before anything is begun', async () => {
  const { store, candidates } = await world();
  candidates.attend(topicOf({ candidates: ['v7'] }));
  expect(await store.nominated()).toContainEqual(refOf('v7'));
});

test('a store that fails is told of, and asked again at the next round', async () => {
  const { store, errors } = await world();
  const failing = createCandidates(
    { ...store, nominated: () => Promise.reject(new Error('away')) },
    (_what, error) => errors.push(error),
  );
  await failing.forget([]);
  expect(errors).toHaveLength(1);
});
