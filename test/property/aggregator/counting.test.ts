import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../services/kernel/time.ts';
import { contentOf, countingWorker, expectOracle, finish } from '../../support/counting.ts';
import type { Content, Pair } from '../../support/counting.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import { anOrder, EVERY_AGGREGATION, ORDERS } from '../../support/order-events.ts';
import { eventEntry, orderTopics } from '../../support/order-topic.ts';
import type { Entry, OrderTopic } from '../../support/order-topic.ts';

/** Where a batch ends, as shares of what is left of a partition, and whether a flush follows. */
type Batch = { readonly partition: number; readonly share: number; readonly flushes: boolean };
const splits = fc.array(
  fc.record({
    partition: fc.constantFrom(0, 1),
    share: fc.nat(60).map((n) => n / 100),
    flushes: fc.nat(3).map((n) => n > 0),
  }),
  { minLength: 4, maxLength: 20, size: 'max' },
);
const pairs = fc.constantFrom(...EVERY_AGGREGATION);
const newWorld = (topic: OrderTopic) => ({ topic, store: memoryProjectionStore() });

/** Counts the topic by these batches, then what is left in one. */
async function countBy(
  topic: OrderTopic,
  { metric }: Pair,
  options: { split: readonly Batch[]; afterFlush?: (world: ReturnType<typeof newWorld>) => void },
): Promise<Content> {
  const world = newWorld(topic);
  const worker = countingWorker(world, metric);
  const reached = topic.map(() => 0);
  await worker.open();
  for (const { partition, share, flushes } of options.split) {
    const at = reached[partition] as number;
    const to = at + Math.round(share * ((topic[partition]?.length ?? 0) - at));
    reached[partition] = to;
    worker.read(partition, to);
    const request = flushes ? worker.send() : undefined;
    if (!request) continue;
    await worker.settle(request);
    options.afterFlush?.(world);
  }
  const request = worker.send();
  if (request) await worker.settle(request);
  await finish(world, metric);
  return contentOf(world.store, metric);
}

test('P-01 folding a log, whole or split into any batches and flushes, gives what the store holds: the recount', async () => {
  await fc.assert(
    fc.asyncProperty(orderTopics(), splits, pairs, async (topic, split, pair) => {
      const whole = newWorld(topic);
      await finish(whole, pair.metric);
      expectOracle(whole, pair);
      expect(await countBy(topic, pair, { split })).toEqual(contentOf(whole.store, pair.metric));
    }),
    { numRuns: 60 },
  );
});

/** Orders of any times, each appended late by less than lateness and out-of-orderness together: none becomes late. */
const LATENESS_MS = EVERY_AGGREGATION[0]?.metric.latenessMs as number;
const BOUND_MS = LATENESS_MS + ORDERS.outOfOrdernessMs;
const T0 = 1_700_000_000_000;
const displaced = (spanMs: number) =>
  fc
    .uniqueArray(fc.nat(spanMs), { minLength: 2, maxLength: 24, size: 'max' })
    .chain((times) =>
      fc.tuple(
        fc.constant(times),
        ...[0, 1].map(() =>
          fc.array(fc.nat(BOUND_MS), { minLength: times.length, maxLength: times.length }),
        ),
      ),
    );
/** One partition; every fourth order is written twice, its copy as late as may be. */
function appended(times: readonly number[], delays: readonly number[]): readonly Entry[] {
  const arrivals = times.flatMap((timeMs, i) => {
    const event = anOrder(`${i}`, T0 + timeMs, { amount: i, store: `S${i % 3}` });
    const first = { event, appendMs: T0 + timeMs + (delays[i] as number) };
    return i % 4 === 0 ? [first, { event, appendMs: T0 + timeMs + BOUND_MS }] : [first];
  });
  return arrivals
    .toSorted((a, b) => a.appendMs - b.appendMs)
    .map(({ event, appendMs }, offset) => eventEntry(event, { partition: 0, offset, appendMs }));
}

test('P-02 any permutation within the lateness bound gives the same final windows', async () => {
  await fc.assert(
    fc.asyncProperty(displaced(30 * HOUR_MS), pairs, async ([times, ...delays], pair) => {
      const [one, other] = await Promise.all(
        delays.map(async (list) => {
          const world = newWorld([appended(times, list), []]);
          await finish(world, pair.metric);
          return contentOf(world.store, pair.metric);
        }),
      );
      expect(one?.outcomes['late']).toBeUndefined();
      expect(other).toEqual(one);
    }),
    { numRuns: 60 },
  );
});

test('P-03 the state after any prefix is the recount of that prefix', async () => {
  await fc.assert(
    fc.asyncProperty(orderTopics(), splits, pairs, async (topic, split, pair) => {
      await countBy(topic, pair, { split, afterFlush: (world) => expectOracle(world, pair) });
    }),
    { numRuns: 60 },
  );
});

test('P-04 re-delivery of any sub-range changes nothing, of records, of flushes, and of events by their source', async () => {
  const again = fc.array(
    fc.record({ partition: fc.constantFrom(0, 1), records: fc.nat(24), flush: fc.boolean() }),
    { maxLength: 16, size: 'max' },
  );
  await fc.assert(
    fc.asyncProperty(orderTopics(), splits, again, pairs, async (topic, split, repeats, pair) => {
      const world = newWorld(topic);
      const worker = countingWorker(world, pair.metric);
      const sent: NonNullable<ReturnType<typeof worker.send>>[] = [];
      await worker.open();
      for (const [i, { partition, share, flushes }] of split.entries()) {
        worker.read(partition, Math.round(share * (topic[partition]?.length ?? 0)));
        const repeat = repeats[i];
        if (repeat) worker.readAgain(repeat.partition, repeat.records);
        const request = flushes ? worker.send() : undefined;
        if (request) sent.push(request);
        if (request) await worker.settle(request);
        const ref = { metric: pair.metric.id, version: pair.metric.version };
        if (repeat?.flush)
          for (const one of sent)
            if (one.spans.some(({ from, to }) => to > from))
              expect(await world.store.apply(ref, one)).toMatchObject({ kind: 'refused' });
      }
      await finish(world, pair.metric);
      const once = newWorld(topic);
      await finish(once, pair.metric);
      const content = contentOf(world.store, pair.metric);
      expect(content).toEqual(contentOf(once.store, pair.metric));

      const twice = newWorld(topic.map(resent));
      await finish(twice, pair.metric);
      expect(contentOf(twice.store, pair.metric).cells).toEqual(content.cells);
    }),
    { numRuns: 60 },
  );
});

/**
 * A source that had no answer sends its last orders again: copies right behind, within the horizon. Not those from the
 * future, which were refused then and may be right now.
 */
function resent(entries: readonly Entry[]): readonly Entry[] {
  const partition = entries[0]?.logged.partition ?? 0;
  const appendMs = entries.at(-1)?.record.appendMs ?? 0;
  const copies = entries.slice(-6).flatMap(({ logged: { content, appendMs: firstMs } }) => {
    if (content.kind !== 'event' || appendMs - firstMs > HOUR_MS) return [];
    const isRefused = (content.event.time ?? 0) > firstMs + ORDERS.maxFutureMs;
    return isRefused ? [] : [content.event];
  });
  return [
    ...entries,
    ...copies.map((event, i) =>
      eventEntry(event, { partition, offset: entries.length + i, appendMs }),
    ),
  ];
}

/** Orders whose sums pass 2^53, and of each its reversal, some time later: the opposite amount, under another id. */
function withReversals(
  times: readonly number[],
  delays: readonly (readonly number[])[],
): OrderTopic {
  const arrivals = times.flatMap((timeMs, i) =>
    [1, -1].map((sign, which) => ({
      event: anOrder(`${i}/${sign}`, T0 + timeMs, {
        amount: sign * (3_000_000_000_000_001 + i),
        store: `S${i % 3}`,
      }),
      appendMs: T0 + timeMs + (delays[which]?.[i] ?? 0),
    })),
  );
  const entries = arrivals
    .toSorted((a, b) => a.appendMs - b.appendMs)
    .map(({ event, appendMs }, offset) => eventEntry(event, { partition: 0, offset, appendMs }));
  return [entries, []];
}

test('P-09 to add and then to retract is as if nothing had been added: a reversing event takes its order out of every sum', async () => {
  const sums = EVERY_AGGREGATION.filter(({ metric }) =>
    ['sum', 'avg'].includes(metric.aggregation),
  );
  await fc.assert(
    fc.asyncProperty(
      displaced(HOUR_MS),
      splits,
      fc.constantFrom(...sums),
      async (drawn, split, pair) => {
        const [times, ...delays] = drawn;
        const { cells, outcomes } = await countBy(withReversals(times, delays), pair, { split });
        expect(outcomes).toEqual({ counted: 2 * times.length });
        for (const [place, { sum, contributions }] of Object.entries(cells))
          expect([place, sum, contributions % 2]).toEqual([place, 0n, 0]);
      },
    ),
    { numRuns: 60 },
  );
});
