import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WindowPlace } from '../../../services/aggregator/core/recount.ts';
import { cellKey } from '../../../services/aggregator/core/verification.ts';
import { verifyWindows } from '../../../services/aggregator/verifier.ts';
import type { Verification } from '../../../services/aggregator/verifier.ts';
import type { SimpleMetric } from '../../../services/kernel/definitions.ts';
import { countingWorker } from '../../support/counting.ts';
import { memoryCellReader } from '../../support/memory-cell-reader.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import type { MemoryProjectionStore } from '../../support/memory-projection-store.ts';
import { EVERY_AGGREGATION } from '../../support/order-events.ts';
import { orderTopics, planOf, steadyTopics } from '../../support/order-topic.ts';
import type { OrderTopic } from '../../support/order-topic.ts';
import { verifierPorts } from '../../support/verifier-ports.ts';

const LIMITS = { cellsMax: 100_000, recordsMax: 100_000 };
const pairs = fc.constantFrom(...EVERY_AGGREGATION);
const topics = fc.oneof(orderTopics(42), steadyTopics(40));
const share = fc.double({ min: 0, max: 1, noNaN: true });

/** Counts the first records of each partition. */
async function countSome(
  topic: OrderTopic,
  metric: SimpleMetric,
  shares: readonly number[],
): Promise<MemoryProjectionStore> {
  const store = memoryProjectionStore();
  const worker = countingWorker({ topic, store }, metric);
  await worker.open();
  for (const [partition, { length }] of topic.entries())
    worker.read(partition, Math.round((shares[partition] ?? 1) * length));
  const request = worker.send();
  if (request) await worker.settle(request);
  return store;
}

/** Windows that hold cells, and one that holds none. */
const windowsOf = (store: MemoryProjectionStore, metric: SimpleMetric): readonly WindowPlace[] => {
  const [projection] = store.projections.values();
  const held = [...(projection?.windows.values() ?? [])];
  const grain = metric.grains[0] ?? 'day';
  const startMs = planOf(metric).calendar.cellStart(grain, 1_500_000_000_000);
  return [
    ...held.map((window) => ({ grain: window.grain, startMs: window.startMs })),
    { grain, startMs },
  ];
};

const verify = (
  world: { topic: OrderTopic; store: MemoryProjectionStore; viewMax?: number },
  metric: SimpleMetric,
  windows: readonly WindowPlace[],
): Promise<Verification> => {
  const ports = verifierPorts(world.topic, memoryCellReader(world.store, world.viewMax));
  return verifyWindows(ports, { plan: planOf(metric), windows }, LIMITS);
};

test('any windows of what was counted of a log, alone or together, equal their recount', async () => {
  let checked = 0;
  await fc.assert(
    fc.asyncProperty(
      topics,
      pairs,
      fc.tuple(share, share),
      fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
      async (topic, { metric }, shares, picks) => {
        const store = await countSome(topic, metric, shares);
        const all = windowsOf(store, metric);
        const some = [...new Set(picks.map((pick) => all[pick % all.length] as WindowPlace))];
        await store.advance(metric, 1_000);
        const world = { topic, store, viewMax: 2 };
        for (const windows of [all, some, ...some.map((one) => [one])]) {
          const found = await verify(world, metric, windows);
          expect(found.differences).toEqual([]);
          checked += found.checked;
        }
      },
    ),
    { numRuns: 300 },
  );
  // One of each run; there are ten on the mean.
  expect(checked).toBeGreaterThan(300);
});

test('one contribution more or less in one cell is that cell, and no other', async () => {
  await fc.assert(
    fc.asyncProperty(
      steadyTopics(42),
      pairs,
      fc.nat(),
      fc.boolean(),
      async (topic, { metric }, pick, more) => {
        const store = await countSome(topic, metric, [1, 1]);
        const [projection] = store.projections.values();
        const names = new Map(
          [...(projection?.series ?? [])].map(([key, number]) => [number, key]),
        );
        const all = windowsOf(store, metric);
        const cells = [...(projection?.windows.values() ?? [])].flatMap(
          ({ grain, startMs, cells: own }) =>
            [...own].map(([number, cell]) => ({
              grain,
              startMs,
              key: names.get(number) ?? '',
              cell,
            })),
        );
        const chosen = cells[pick % Math.max(1, cells.length)];
        fc.pre(chosen !== undefined);
        const { cell, ...place } = chosen as (typeof cells)[number];
        const { contributions } = cell.accumulators;
        cell.accumulators = {
          ...cell.accumulators,
          contributions: contributions + (more ? 1 : -1),
        };
        const { differences } = await verify({ topic, store, viewMax: 3 }, metric, all);
        expect(differences.map((one) => [cellKey(one), one.kind])).toEqual([
          [cellKey(place), 'different'],
        ]);
      },
    ),
    { numRuns: 100 },
  );
});
