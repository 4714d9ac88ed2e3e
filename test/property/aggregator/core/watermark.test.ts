import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partitionJudge } from '../../../../services/aggregator/core/judge.ts';
import { partitionWatermark } from '../../../../services/aggregator/core/watermark.ts';
import { happen, happenings } from '../../../support/counting-faults.ts';
import { EVERY_AGGREGATION, ORDERS } from '../../../support/order-events.ts';
import { orderTopics, readerOf } from '../../../support/order-topic.ts';

const BOUND_MS = 30_000;
/** Any times at all: of sources whose clocks run ahead, and append times that step back where a leader changes. */
const seen = fc.array(
  fc.record({
    kind: fc.constantFrom('event', 'heartbeat'),
    instance: fc.constantFrom('a', 'b', 'c'),
    appendMs: fc.integer({ min: 1_000_000_000, max: 1_000_100_000 }),
    timeMs: fc.integer({ min: 999_000_000, max: 1_100_000_000 }),
  }),
  { maxLength: 40, size: 'max' },
);
const pair = EVERY_AGGREGATION[0] as (typeof EVERY_AGGREGATION)[number];

test('P-10 a watermark never goes back, and never comes closer to the newest append time than the bound: no skew of a source moves it', async () => {
  fc.assert(
    fc.property(seen, (list) => {
      const watermark = partitionWatermark(BOUND_MS);
      let [before, newestMs] = [watermark.current(), 0];
      for (const { kind, instance, appendMs, timeMs } of list) {
        newestMs = Math.max(newestMs, appendMs);
        if (kind === 'event') watermark.onEvent(timeMs, appendMs);
        else watermark.onHeartbeat({ instance, oldestAcceptedMs: timeMs }, appendMs);
        expect(watermark.current()).toBeGreaterThanOrEqual(before);
        expect(watermark.current()).toBeLessThanOrEqual(newestMs - BOUND_MS);
        before = watermark.current();
      }
    }),
    { numRuns: 500 },
  );
  // The same of records as they are judged, and of the metric, whose watermark is the least of its partitions.
  await fc.assert(
    fc.asyncProperty(orderTopics(), happenings(2, ['crash', 'land']), async (topic, list) => {
      for (const entries of topic) {
        const judge = partitionJudge(ORDERS, 0);
        let before = 0;
        for (const { record } of entries) {
          const { watermarkMs } = judge.judge(record, readerOf(record));
          expect(watermarkMs).toBeGreaterThanOrEqual(before);
          expect(watermarkMs).toBeLessThanOrEqual(
            Math.max(0, record.appendMs - ORDERS.outOfOrdernessMs),
          );
          before = watermarkMs;
        }
      }
      const { metric } = pair;
      let before = 0;
      await happen(topic, pair, {
        list,
        async after({ store }) {
          const ref = { metric: metric.id, version: metric.version };
          const stored = (await store.load(ref))?.partitions.map((one) => one.watermarkMs) ?? [0];
          const { watermarkMs } = await store.readCells(ref, []);
          expect(watermarkMs).toBe(Math.min(...stored));
          expect(watermarkMs).toBeGreaterThanOrEqual(before);
          before = watermarkMs;
        },
      });
    }),
    { numRuns: 100 },
  );
});
