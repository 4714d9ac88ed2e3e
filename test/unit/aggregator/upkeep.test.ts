import { expect, test } from 'vitest';
import type { SourceHandlers } from '../../../services/aggregator/ports.ts';
import { createUpkeep } from '../../../services/aggregator/upkeep.ts';

const MINUTE = 60_000;

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
  upkeep.supervise(3, 10 * MINUTE);
  upkeep.supervise(3, 11 * MINUTE - 1);
  expect(lost()).toBe(0);
  upkeep.supervise(3, 11 * MINUTE);
  expect(lost()).toBe(1);
  await expect.poll(() => runs.length).toBe(2);
});

test('a wall clock that is put back does not put off what a minute of silence brings', async () => {
  const { upkeep, lost } = world();
  await upkeep.start();
  upkeep.supervise(3, 100 * MINUTE);
  upkeep.supervise(3, 10 * MINUTE);
  upkeep.supervise(3, 11 * MINUTE);
  expect(lost()).toBe(1);
});

test('a consumer that gives batches, or has nothing to read, is left alone', async () => {
  const { upkeep, runs } = world();
  await upkeep.start();
  upkeep.supervise(3, MINUTE);
  await runs[0]?.onBatch({} as Parameters<SourceHandlers['onBatch']>[0]);
  upkeep.supervise(3, 2 * MINUTE);
  upkeep.supervise(0, 3 * MINUTE);
  upkeep.supervise(3, 4 * MINUTE - 1);
  expect(runs.length).toBe(1);
});
