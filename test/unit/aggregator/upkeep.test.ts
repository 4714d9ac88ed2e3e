import { expect, test } from 'vitest';
import type { SourceHandlers } from '../../../services/aggregator/ports.ts';
import { createUpkeep } from '../../../services/aggregator/upkeep.ts';

const MINUTE = 60_000;
/** Three records in partition 0, and so many in partition 1. */
const toRead = (other = 0) =>
  new Map([
    [0, 3],
    [1, other],
  ]);
const NOTHING = new Map([[0, 0]]);
const batchOf = (partition: number) => ({ partition }) as Parameters<SourceHandlers['onBatch']>[0];

const world = () => {
  const runs: SourceHandlers[] = [];
  let lost = 0;
  const upkeep = createUpkeep(
    {
      consumer: {
        async run(_topic, handlers) {
          runs.push(handlers);
        },
        seek: () => {},
        pause: () => {},
        commit: () => {},
        stop: () => Promise.resolve(),
      },
      observer: { restarted: () => {} },
      clock: { sleep: () => Promise.resolve(), after: () => () => {} },
    },
    'events.order-booked',
    { onAssigned: () => {}, onBatch: () => Promise.resolve(true), onLost: () => lost++ },
  );
  return { upkeep, runs, lost: () => lost };
};

test('a consumer that gives nothing for a minute, with something to read, is started again', async () => {
  const { upkeep, runs, lost } = world();
  await upkeep.start();
  // However late the first look is: the minute begins with it.
  upkeep.supervise(toRead(), 10 * MINUTE);
  upkeep.supervise(toRead(), 11 * MINUTE - 1);
  expect(lost()).toBe(0);
  upkeep.supervise(toRead(), 11 * MINUTE);
  expect(lost()).toBe(1);
  await expect.poll(() => runs.length).toBe(2);
});

test('a wall clock that is put back does not put off what a minute of silence brings', async () => {
  const { upkeep, lost } = world();
  await upkeep.start();
  upkeep.supervise(toRead(), 100 * MINUTE);
  upkeep.supervise(toRead(), 10 * MINUTE);
  upkeep.supervise(toRead(), 11 * MINUTE);
  expect(lost()).toBe(1);
});

test('a consumer that gives batches, or has nothing to read, is left alone', async () => {
  const { upkeep, runs } = world();
  await upkeep.start();
  upkeep.supervise(toRead(), MINUTE);
  await runs[0]?.onBatch(batchOf(0));
  upkeep.supervise(toRead(), 2 * MINUTE);
  upkeep.supervise(NOTHING, 3 * MINUTE);
  upkeep.supervise(toRead(), 4 * MINUTE - 1);
  expect(runs.length).toBe(1);
});

test('a partition that is silent is not hidden by one that is not', async () => {
  const { upkeep, runs, lost } = world();
  await upkeep.start();
  for (let minute = 1; minute <= 2; minute++) {
    upkeep.supervise(toRead(5), minute * MINUTE);
    await runs[0]?.onBatch(batchOf(0));
  }
  expect(lost()).toBe(1);
});

test('a partition that stays silent is given longer each time, until it speaks', async () => {
  const { upkeep, runs, lost } = world();
  await upkeep.start();
  /** @returns at which minutes of the next ten it was started again */
  const watch = (from: number): readonly number[] =>
    Array.from({ length: 10 }, (_, i) => from + i).filter((minute) => {
      const before = lost();
      upkeep.supervise(toRead(), minute * MINUTE);
      return lost() > before;
    });
  expect(watch(0)).toEqual([1, 4, 9]);
  await expect.poll(() => runs.length).toBe(4);
  await runs.at(-1)?.onBatch(batchOf(0));
  expect(watch(10).slice(0, 1)).toEqual([11]);
});
