import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COMPARISONS, parseComparisons } from '../../../services/console/core/compare.ts';
import { createConsoleReads } from '../../../services/console/service.ts';
import { DAY_MS } from '../../../services/kernel/time.ts';
import { parseWindowSize } from '../../../services/kernel/window-size.ts';
import { memoryProjectionReader } from '../../support/memory-projection-reader.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';
import { projectionFiller } from '../../support/projection-filler.ts';

/** Changes of the clocks lie in the days, and in those that they are compared with. */
const FROM = Date.parse('2026-03-26T00:00:00Z');
const DAYS = 6;
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'];
const SIZES = ['hour', 'PT2H', 'day', 'week', 'month', 'PT3H/PT1H', 'P3D/P1D', 'month-to-date'];
const PAST_DAYS = 460;

test('a compared window has the value of its events, and the difference is exact', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ZONES),
      fc.constantFrom(...SIZES),
      fc.subarray([...COMPARISONS], { minLength: 1 }),
      fc.array(
        fc.record({
          timeMs: fc.oneof(
            fc.integer({ min: FROM - 9 * DAY_MS, max: FROM + DAYS * DAY_MS - 1 }),
            fc.integer({ min: FROM - PAST_DAYS * DAY_MS, max: FROM }),
          ),
          value: fc.integer({ min: -500, max: 500 }),
        }),
        { minLength: 1, maxLength: 40 },
      ),
      async (timezone, grain, names, events) => {
        const size = parseWindowSize(grain);
        const compare = names.filter((name) => size && parseComparisons(name, { size, grain }).ok);
        fc.pre(compare.length > 0);
        const retentionMs = { minute: 900 * DAY_MS, hour: 900 * DAY_MS, day: 900 * DAY_MS };
        const metric = aMetric({ timezone, aggregation: 'sum', valueScale: 2, retentionMs });
        const store = memoryProjectionStore();
        const filler = await projectionFiller(store, metric);
        await filler.count(events);
        await filler.passTo(FROM + 60 * DAY_MS);
        const reads = createConsoleReads({
          reader: memoryProjectionReader(store),
          logBounds: () => Promise.resolve([]),
          catalog: () => catalogOf({ metrics: [metric] }),
          now: () => FROM,
          prefix: '',
        });
        const answer = await reads.values(metric.id, {
          grain,
          from: new Date(FROM - (grain === 'month' ? 32 : 8) * DAY_MS).toISOString(),
          to: new Date(FROM + DAYS * DAY_MS).toISOString(),
          compare,
          limit: '10000',
        });
        if (!answer.ok) throw new Error(answer.error.detail);
        const cents = (start: string, end: string): number =>
          events
            .filter(({ timeMs }) => timeMs >= Date.parse(start) && timeMs < Date.parse(end))
            .reduce((sum, { value }) => sum + value, 0);
        const shown = (amount: number): string => {
          const text = String(Math.abs(amount)).padStart(3, '0');
          return `${amount < 0 ? '-' : ''}${text.slice(0, -2)}.${text.slice(-2)}`;
        };
        const points = answer.value.series[0]?.points ?? [];
        expect(points.length).toBeGreaterThan(0);
        for (const { start, end, compare: beside = {} } of points) {
          expect(Object.keys(beside).toSorted()).toEqual(compare.toSorted());
          for (const other of Object.values(beside)) {
            expect(Date.parse(other.start)).toBeLessThan(Date.parse(start));
            const base = cents(other.start, other.end);
            expect(other.value).toBe(shown(base));
            expect(other.difference).toBe(shown(cents(start, end) - base));
            expect(other.ratio === null).toBe(base === 0);
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});
