import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allDirty } from '../../support/all-dirty.ts';
import {
  conservationGap,
  conservationOf,
  COUNTERS,
} from '../../../services/console/core/conservation.ts';
import type { Counter, PartitionAccount } from '../../../services/console/core/conservation.ts';
import { valueUpdates } from '../../../services/aggregator/core/publication.ts';
import { HOUR_MS, MINUTE_MS } from '../../../services/kernel/time.ts';
import { supersedes } from '../../../services/kernel/update.ts';
import type { ValueUpdate } from '../../../services/kernel/update.ts';
import { contentOf, expectOracle, oracleUpTo } from '../../support/counting.ts';
import type { Pair } from '../../support/counting.ts';
import { happen, happenings } from '../../support/counting-faults.ts';
import type { FaultyWorld, Happening } from '../../support/counting-faults.ts';
import { EVERY_AGGREGATION } from '../../support/order-events.ts';
import { endsOf, orderTopics, steadyTopics, topicOf } from '../../support/order-topic.ts';
import type { OrderTopic, Written } from '../../support/order-topic.ts';

const pairs = fc.constantFrom(...EVERY_AGGREGATION);

/** The end of every such history: all is counted, as the oracle counts the whole log. */
function expectWhole(world: FaultyWorld, pair: Pair): void {
  const content = contentOf(world.store, pair.metric);
  expect(content).toEqual(oracleUpTo(world.topic, endsOf(world.topic), pair));
}

test('P-05 a crash at any step and a restart are as no crash, also where what was sent lands later', async () => {
  await fc.assert(
    fc.asyncProperty(
      orderTopics(12),
      happenings(1, []).map((list) => list.slice(0, 14)),
      pairs,
      async (topic, list, pair) => {
        const crash = { kind: 'crash', worker: 0 } as const;
        const land = { kind: 'land', share: 0.5 } as const;
        for (let at = 0; at <= list.length; at++)
          for (const struck of [[crash], [crash, land]]) {
            const with_ = [...list.slice(0, at), ...struck, ...list.slice(at)];
            expectWhole(await happen(topic, pair, { list: with_ }), pair);
          }
      },
    ),
    { numRuns: 8 },
  );
});

test('P-06 a rollback of the store to any earlier state ends, read on, in the same state', async () => {
  await fc.assert(
    fc.asyncProperty(
      orderTopics(),
      happenings(2, ['rollback', 'crash', 'land']),
      pairs,
      async (topic, list, pair) => {
        const after = (world: FaultyWorld): void => expectOracle(world, pair);
        expectWhole(await happen(topic, pair, { list, after }), pair);
      },
    ),
    { numRuns: 50 },
  );
});

test('P-07 two workers, interleaved in any way, are as one', async () => {
  await fc.assert(
    fc.asyncProperty(orderTopics(), happenings(2, []), pairs, async (topic, list, pair) => {
      const after = (world: FaultyWorld): void => expectOracle(world, pair);
      expectWhole(await happen(topic, pair, { list, after }), pair);
    }),
    { numRuns: 50 },
  );
});

/** What a consumer of the updates holds, by cell, after the aggregator moved windows on and published what changed. */
async function publish({ store }: FaultyWorld, { metric }: Pair): Promise<readonly ValueUpdate[]> {
  while ((await store.advance(metric, 1_000)) > 0);
  const view = await allDirty(store, metric);
  await store.clearDirty({ metric: metric.id, version: metric.version }, view.cells);
  return valueUpdates(metric, view, 0);
}

/** Orders twenty minutes apart, each of this age, the last one historical or not. */
const ordersAged = (agesMs: readonly number[], isHistory: boolean): readonly Written[] =>
  agesMs.map((ageMs, id) => {
    const historical = isHistory && id === agesMs.length - 1;
    const what = { id, amount: 1, store: 'S1', status: 'booked' } as const;
    return { kind: 'order', gapMs: 20 * MINUTE_MS, ageMs, historical, ...what };
  });
const ON_TIME = Array<number>(12).fill(0);
const readAll = [0, 1].flatMap((partition): Happening[] => [
  { kind: 'read', worker: 0, partition, records: ON_TIME.length },
  { kind: 'flush', worker: 0 },
]);
/** Into a closed window and into a final one: chance alone would leave one of them out of a thousand runs. */
const INTO_THE_PAST: [OrderTopic, readonly Happening[], Pair] = [
  topicOf([
    ordersAged([...ON_TIME, 40 * MINUTE_MS], false),
    ordersAged([...ON_TIME, 3 * HOUR_MS], true),
  ]),
  [...readAll, ...readAll],
  EVERY_AGGREGATION[0] as Pair,
];

test('P-11 a closed window never changes without a correction record that says so, a final one by history only', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      steadyTopics(),
      happenings(1, ['crash', 'land']),
      pairs,
      async (topic, list, pair) => {
        const kept = new Map<string, ValueUpdate>();
        const after = async (world: FaultyWorld): Promise<void> => {
          for (const next of await publish(world, pair)) {
            const cell = `${next.grain}|${next.start}|${next.series}`;
            const old = kept.get(cell);
            if (old) {
              expect(supersedes(next, old)).toBe(true);
              const isChanged = next.accumulators.contributions !== old.accumulators.contributions;
              if (!isChanged) expect(next.accumulators).toEqual(old.accumulators);
              if (isChanged && old.state !== 'open') {
                seen.add(`${old.state} → ${next.state}`);
                expect(next.revision).toBeGreaterThan(old.revision);
                if (old.state === 'final' || old.state === 'restated')
                  expect([next.state, next.backfilled]).toEqual(['restated', true]);
              }
            }
            kept.set(cell, next);
          }
          expectKept(world, pair, kept);
        };
        await happen(topic, pair, { list, after });
      },
    ),
    { numRuns: 50, examples: [INTO_THE_PAST] },
  );
  expect(seen).toContain('final → restated');
  expect([...seen].some((change) => change.endsWith('→ revised'))).toBe(true);
});

/** Nothing that is stored differs from what was told last. */
function expectKept(
  { store }: FaultyWorld,
  { metric }: Pair,
  kept: Map<string, ValueUpdate>,
): void {
  const projection = store.projections.get(`${metric.id}@${metric.version}`);
  const names = new Map([...(projection?.series ?? [])].map(([key, number]) => [number, key]));
  for (const { grain, startMs, cells } of projection?.windows.values() ?? [])
    for (const [number, { accumulators }] of cells)
      expect(kept.get(`${grain}|${startMs}|${names.get(number)}`)?.accumulators.contributions).toBe(
        accumulators.contributions,
      );
}

/** What the console reads of a projection, partition by partition. */
function accountsOf({ store }: FaultyWorld, { metric }: Pair): readonly PartitionAccount[] {
  const projection = store.projections.get(`${metric.id}@${metric.version}`);
  return [...(projection?.spans ?? [])].map(([key, { building, ...span }]) => ({
    ...span,
    rebuilding: building,
    counters: Object.fromEntries(
      COUNTERS.map((name) => [name, projection?.counters.get(`${key}:${name}`) ?? 0]),
    ) as Record<Counter, number>,
  }));
}

test('P-15 the conservation equation holds after every step, through crashes, zombies and rollback', async () => {
  await fc.assert(
    fc.asyncProperty(
      orderTopics(),
      happenings(2, ['rollback', 'crash', 'land']),
      pairs,
      async (topic, list, pair) => {
        const ends = new Map(endsOf(topic).entries());
        const after = (world: FaultyWorld): void => {
          const accounts = accountsOf(world, pair);
          const { difference, records, heartbeats } = conservationOf(
            { metric: pair.metric.id, version: pair.metric.version },
            accounts,
            ends,
          );
          expect({ difference, gap: conservationGap(accounts) }).toEqual({ difference: 0, gap: 0 });
          if (accounts.length > 0) expect(records + heartbeats).toBe(topic.flat().length);
        };
        await happen(topic, pair, { list, after });
      },
    ),
    { numRuns: 50 },
  );
});
