import { expect, test } from 'vitest';
import { backfillConsumer } from '../../../services/aggregator/backfill-consumer.ts';
import type {
  SourceBatch,
  SourceConsumer,
  SourceCursor,
  SourceHandlers,
} from '../../../services/aggregator/ports.ts';

const TOPIC = 'events.order-booked';
const cursorOver = (offsets: readonly number[]): SourceCursor => {
  let at = -1;
  return {
    get offset() {
      return offsets[at] ?? -1;
    },
    get holeFrom() {
      return offsets[at] ?? -1;
    },
    appendMs: 0,
    bytes: Buffer.alloc(0),
    keyFrom: -1,
    keyTo: -1,
    valueFrom: -1,
    valueTo: -1,
    next: () => at + 1 < offsets.length && ++at >= 0,
  };
};
/** Reads a slice as a lane does. */
const readAll = ({ open }: SourceBatch): number => {
  const cursor = open();
  let records = 0;
  while (cursor.next()) records++;
  return records;
};
const batchOf = (offsets: readonly number[], over: Partial<SourceBatch> = {}): SourceBatch => ({
  topic: TOPIC,
  partition: 1,
  fetchedOffset: offsets[0] ?? 0,
  endOffset: 10_000,
  nextOffset: (offsets.at(-1) ?? 0) + 1,
  open: () => cursorOver(offsets),
  ...over,
});
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);

/** Partitions 1 and 3 of a topic at a quarter of the time; a batch takes as long as the test says. */
const world = async (onBatch: SourceHandlers['onBatch']) => {
  let handlers: SourceHandlers | undefined;
  const committed: unknown[] = [];
  const pauses: number[] = [];
  const clock = { nowMs: 0 };
  const inner: SourceConsumer = {
    async run(_topic, all) {
      handlers = all;
    },
    seek: () => {},
    pause: () => {},
    commit: (cursors) => committed.push(cursors),
    stop: () => Promise.resolve(),
  };
  const assigned: number[] = [];
  const mine = [1, 3].map((partition) => ({ topic: TOPIC, partition }));
  const consumer = backfillConsumer(inner, mine, {
    sharePercent: 25,
    now: () => clock.nowMs,
    clock: {
      after: () => () => {},
      sleep: async (ms) => void pauses.push(ms),
    },
  });
  await consumer.run(TOPIC, {
    onAssigned: (list) => assigned.push(...list.map(({ partition }) => partition)),
    onBatch,
    onCrash: () => {},
  });
  return { consumer, handlers: handlers as SourceHandlers, committed, pauses, clock, assigned };
};

test('of all partitions it has those alone that the process owns, and it commits nothing', async () => {
  const { consumer, handlers, committed, assigned } = await world(() => Promise.resolve(true));
  handlers.onAssigned([0, 1, 2, 3].map((partition) => ({ topic: TOPIC, partition })));
  expect(assigned).toEqual([1, 3]);
  consumer.commit([{ topic: TOPIC, partition: 1, offset: 5 }]);
  expect(committed).toEqual([]);
});

test('a batch comes in slices that follow each other as fetches do, holes included', async () => {
  const taken: (readonly [number, number, number])[] = [];
  const { handlers } = await world(async (slice) => {
    const records = readAll(slice);
    taken.push([slice.fetchedOffset, slice.nextOffset, records]);
    return true;
  });
  const offsets = [...range(90, 1_080), ...range(1_100, 2_300)];
  await handlers.onBatch(batchOf(offsets, { fetchedOffset: 80, nextOffset: 2_310 }));
  expect(taken).toEqual([
    [80, 1_110, 1_000],
    [1_110, 2_110, 1_000],
    [2_110, 2_310, 190],
  ]);
});

test('a batch without a record comes as it is, and one that is refused ends there', async () => {
  const taken: number[] = [];
  const { handlers } = await world(async (slice) => {
    readAll(slice);
    taken.push(slice.fetchedOffset);
    return slice.fetchedOffset !== 1_000;
  });
  expect(await handlers.onBatch(batchOf([], { fetchedOffset: 5, nextOffset: 7 }))).toBe(true);
  expect(await handlers.onBatch(batchOf(range(0, 3_000)))).toBe(false);
  expect(taken).toEqual([5, 0, 1_000]);
});

test('it pauses as long as its share asks for, after a few milliseconds of work', async () => {
  const { handlers, pauses, clock } = await world(async (slice) => {
    readAll(slice);
    clock.nowMs += 3;
    return true;
  });
  await handlers.onBatch(batchOf(range(0, 4_500)));
  // Slices of 3 ms: after every second one 6 ms are owed, at a quarter three times as long.
  expect(pauses).toEqual([18, 18]);
});

test('a clock that jumps stops it for a moment only', async () => {
  const hour = 3_600_000;
  const jumps = [hour, -hour, 0];
  const { handlers, pauses, clock } = await world(async (slice) => {
    readAll(slice);
    clock.nowMs += jumps.shift() ?? 0;
    return true;
  });
  await handlers.onBatch(batchOf(range(0, 2_500)));
  expect(pauses).toEqual([3_000]);
});
