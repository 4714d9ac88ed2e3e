import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createConsoleReads } from '../../../services/console/service.ts';
import type { Aggregation } from '../../../services/kernel/accumulator.ts';
import { divideHalfEven } from '../../../services/kernel/integer.ts';
import { DAY_MS } from '../../../services/kernel/time.ts';
import { memoryProjectionReader } from '../../support/memory-projection-reader.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';
import { projectionFiller } from '../../support/projection-filler.ts';

/** Around changes of the clocks in all of these zones. */
const FROM = Date.parse('2026-03-27T00:00:00Z');
const DAYS = 10;
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'];
const SIZES = [
  'minute',
  'PT15M',
  'hour',
  'PT2H',
  'day',
  'week',
  'month',
  'PT3H/PT30M',
  'P3D/P1D',
  'day-to-date',
  'month-to-date',
];
/** So that the window that holds the first event is asked for. */
const LOOK_BACK_DAYS: Readonly<Record<string, number>> = { month: 32, week: 8, 'day-to-date': 1 };
/** Where all days would be more cells than one answer may be merged from. */
const SHOWN_DAYS: Readonly<Record<string, number>> = {
  minute: 1,
  'PT3H/PT30M': 3,
  'day-to-date': 3,
};
type Seen = { readonly timeMs: number; readonly value: number; readonly member: string };

/** The value as a naive recount gives it, in cents. */
function recount(aggregation: Aggregation, events: readonly Seen[]): number | null {
  const values = events.map(({ value }) => value);
  const sum = values.reduce((total, value) => total + value, 0);
  switch (aggregation) {
    case 'count':
      return events.length * 100;
    case 'distinct':
      return new Set(events.map(({ member }) => member)).size * 100;
    case 'sum':
      return sum;
    case 'avg':
      return events.length === 0 ? null : Number(divideHalfEven(sum, events.length));
    case 'min':
      return events.length === 0 ? null : Math.min(...values);
    case 'max':
      return events.length === 0 ? null : Math.max(...values);
    case 'percentile':
      return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.9) - 1] ?? null;
    case 'latest': {
      const newest = new Map(
        events.toSorted((a, b) => a.timeMs - b.timeMs).map(({ member, value }) => [member, value]),
      );
      return newest.size === 0 ? null : [...newest.values()].reduce((a, b) => a + b);
    }
    case 'last':
      return events.toSorted((a, b) => a.timeMs - b.timeMs).at(-1)?.value ?? null;
  }
}

test('in any zone, window and aggregation a value is that of a recount of its events', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ZONES),
      fc.constantFrom(...SIZES),
      fc.constantFrom<Aggregation>(
        'sum',
        'count',
        'min',
        'max',
        'avg',
        'last',
        'distinct',
        'percentile',
        'latest',
      ),
      fc.array(
        fc.record({
          timeMs: fc.integer({ min: FROM, max: FROM + DAYS * DAY_MS - 1 }),
          value: fc.integer({ min: -500, max: 500 }),
          member: fc.constantFrom('a', 'b', 'c'),
        }),
        { maxLength: 30 },
      ),
      async (timezone, grain, aggregation, events) => {
        const metric = aMetric({
          timezone,
          aggregation,
          ...(aggregation === 'percentile' ? { percentile: 90 } : {}),
          valueScale: aggregation === 'count' || aggregation === 'distinct' ? 0 : 2,
          retentionMs: { minute: 900 * DAY_MS, hour: 900 * DAY_MS, day: 900 * DAY_MS },
        });
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
        // Cells of latest weigh more in a merge, so that fewer fit into one answer.
        const shownDays = (SHOWN_DAYS[grain] ?? DAYS) / (aggregation === 'latest' ? 3 : 1);
        const to = FROM + Math.max(1, Math.floor(shownDays)) * DAY_MS;
        const answer = await reads.values(metric.id, {
          grain,
          from: new Date(FROM - (LOOK_BACK_DAYS[grain] ?? 2) * DAY_MS).toISOString(),
          to: new Date(to).toISOString(),
          limit: '10000',
        });
        if (!answer.ok) throw new Error(answer.error.detail);
        const points = answer.value.series[0]?.points ?? [];
        expect(points.length).toBeGreaterThan(0);
        for (const { start, end, value, count } of points) {
          const own = events.filter(
            ({ timeMs }) => timeMs >= Date.parse(start) && timeMs < Date.parse(end),
          );
          expect(count).toBe(own.length);
          const expected = recount(aggregation, own);
          const shown = value === null ? null : Math.round(Number(value) * 100);
          if (aggregation === 'percentile' && shown !== null && expected !== null)
            expect(Math.abs(shown - expected)).toBeLessThanOrEqual(Math.abs(expected) / 100 + 0.5);
          else expect(shown).toBe(expected);
        }
      },
    ),
    { numRuns: 100 },
  );
});
