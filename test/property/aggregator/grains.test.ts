import fc from 'fast-check';
import { test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../services/kernel/time.ts';
import { countingWorker, expectOracle } from '../../support/counting.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import { anOrder, EVERY_AGGREGATION } from '../../support/order-events.ts';
import { eventEntry } from '../../support/order-topic.ts';

/** Half hours and quarters beyond UTC, a day of 23 hours, one that is left out, and an offset of odd seconds. */
const PLACES = [
  ['Asia/Kolkata', '2023-11-14T18:00:00Z'],
  ['Asia/Kathmandu', '2023-11-14T18:00:00Z'],
  ['Europe/Berlin', '2024-03-30T22:30:00Z'],
  ['Australia/Lord_Howe', '2024-04-06T14:00:00Z'],
  ['Pacific/Apia', '2011-12-30T09:30:00Z'],
  ['Asia/Shanghai', '1900-12-31T15:30:00Z'],
] as const;
const GRAIN_SETS = [
  ['minute', 'hour', 'day'],
  ['hour', 'day'],
  ['minute', 'day'],
  ['day'],
] as const;

const orders = fc.array(
  fc.record({
    id: fc.nat(12),
    afterMs: fc.oneof(
      fc.nat(4 * HOUR_MS),
      fc.nat(60).map((n) => n * MINUTE_MS),
    ),
    store: fc.constantFrom('S1', 'S2', 'S3'),
    amount: fc.integer({ min: -9, max: 9 }),
    historical: fc.nat(5).map((n) => n === 0),
  }),
  { minLength: 3, maxLength: 24, size: 'max' },
);

test('every grain holds what a recount gives, where cells of one lie within those of the next and where they do not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...PLACES),
      fc.constantFrom(...GRAIN_SETS),
      fc.constantFrom(...EVERY_AGGREGATION),
      orders,
      fc.nat(24),
      async ([timezone, from], grains, pair, list, flushAt) => {
        const shape = { timezone, grains };
        const one = {
          metric: { ...pair.metric, ...shape },
          oracle: { ...pair.oracle, ...shape },
        };
        const fromMs = Date.parse(from);
        const topic = [
          list.map(({ id, afterMs, ...rest }, offset) =>
            eventEntry(anOrder(`${id}`, fromMs + afterMs, rest), {
              partition: 0,
              offset,
              appendMs: fromMs + 4 * HOUR_MS + offset,
            }),
          ),
          [],
        ];
        const world = { topic, store: memoryProjectionStore() };
        const worker = countingWorker(world, one.metric);
        await worker.open();
        for (const to of [Math.min(flushAt, list.length), list.length]) {
          worker.read(0, to);
          const request = worker.send();
          if (request) await worker.settle(request);
        }
        expectOracle(world, one);
      },
    ),
    { numRuns: 400 },
  );
});
