import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ProjectionReader } from '../../../services/console/ports.ts';
import { createConsoleReads } from '../../../services/console/service.ts';
import { DAY_MS, HOUR_MS } from '../../../services/kernel/time.ts';
import { memoryProjectionReader } from '../../support/memory-projection-reader.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';
import { projectionFiller } from '../../support/projection-filler.ts';

const HOURS = 8;

const anEvent = fc.record({
  timeMs: fc.integer({ min: 0, max: HOURS * HOUR_MS - 1 }),
  value: fc.oneof(
    fc.integer({ min: -500, max: 500 }),
    fc.constantFrom(9_007_199_254_740_991, -9_007_199_254_740_991),
  ),
  labels: fc.record({ store: fc.constantFrom('A', 'B', 'C') }),
});

/** No number is safe, so that each point is made from its cell. */
const withoutNumbers = (reader: ProjectionReader): ProjectionReader => ({
  ...reader,
  async numbers(ref, request) {
    const view = await reader.numbers(ref, request);
    return view && { ...view, numbers: [Float64Array.of(2 ** 60)] };
  },
});

test('points from columns of numbers are those that cells give, one by one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        aggregation: fc.constantFrom('sum', 'count', 'min', 'max', 'avg'),
        valueScale: fc.constantFrom(0, 2, 4),
        unitScale: fc.constantFrom(0, 2),
        latenessMs: fc.constantFrom(0, 2 * HOUR_MS),
        retentionMs: fc.constantFrom(3 * HOUR_MS, 900 * DAY_MS),
        eventsFromMs: fc.constantFrom(undefined, 2 * HOUR_MS),
        maxSeries: fc.constantFrom(1, 10),
      }),
      fc.array(
        fc.record({
          events: fc.array(anEvent, { maxLength: 8 }),
          passToHours: fc.integer({ min: 0, max: HOURS + 3 }),
          restated: fc.boolean(),
        }),
        { maxLength: 4 },
      ),
      fc.record({
        isFull: fc.boolean(),
        isOneStore: fc.boolean(),
        limit: fc.constantFrom(5, 1_000),
      }),
      async (made, steps, asked) => {
        const { unitScale, retentionMs, eventsFromMs, ...of } = made;
        const metric = aMetric({
          ...of,
          timezone: 'UTC',
          dimensions: { store: 'data.store' },
          breakdowns: [[], ['store']],
          unit: { code: '1', scale: unitScale },
          retentionMs: { minute: retentionMs, hour: retentionMs, day: retentionMs },
          ...(eventsFromMs === undefined ? {} : { eventsFromMs }),
        });
        const store = memoryProjectionStore();
        const filler = await projectionFiller(store, metric, {
          partitions: 2,
          empty: asked.isFull,
        });
        let passedMs = 0;
        for (const { events, passToHours, restated } of steps) {
          await filler.count(events, { restated, caughtUp: asked.isFull });
          passedMs = Math.max(passedMs, passToHours * HOUR_MS - 1);
          await filler.passTo(passedMs);
        }
        const answers = [withoutNumbers, (reader: ProjectionReader) => reader].map((wrap) => {
          const reads = createConsoleReads({
            reader: wrap(memoryProjectionReader(store)),
            logBounds: () => Promise.resolve([]),
            catalog: () => catalogOf({ metrics: [metric] }),
            now: () => HOURS * HOUR_MS,
            prefix: '',
          });
          return reads.values(metric.id, {
            grain: 'hour',
            from: new Date(0).toISOString(),
            to: new Date(HOURS * HOUR_MS).toISOString(),
            by: 'store',
            ...(asked.isOneStore ? { where: 'store:B' } : {}),
            limit: String(asked.limit),
          });
        });
        const [cells, numbers] = await Promise.all(answers);
        expect(cells?.ok).toBe(true);
        expect(numbers).toEqual(cells);
      },
    ),
  );
});
