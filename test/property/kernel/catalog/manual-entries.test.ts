import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  contribute,
  emptyDelta,
  mergeDelta,
} from '../../../../services/aggregator/core/cell-delta.ts';
import type { CellDelta } from '../../../../services/aggregator/core/cell-delta.ts';
import { merge, valueOf } from '../../../../services/kernel/accumulator.ts';
import { formatDecimal, parseDecimal, rescale } from '../../../../services/kernel/decimal.ts';
import { ENTRY_SCALE } from '../../../../services/kernel/catalog/manual-entry-type.ts';
import { readEntry, readValue } from '../../../../services/kernel/catalog/manual-entry.ts';
import type { ManualMetric } from '../../../../services/kernel/catalog/manual-windows.ts';
import { DAY_MS } from '../../../../services/kernel/time.ts';
import { aManualMetric } from '../../../support/manual-documents.ts';

const DAYS = ['2026-11-28', '2026-11-29', '2026-11-30'] as const;
const TEAMS = ['a', 'b'] as const;
const NOW = Date.parse('2026-11-30T12:00:00Z');

/** What people say one after another, and which flush each came with. */
const said = fc.array(
  fc.record({
    window: fc.constantFrom(...DAYS),
    team: fc.constantFrom(...TEAMS),
    value: fc.integer({ min: -99, max: 99 }).map((value) => formatDecimal(value, 1)),
    flush: fc.integer({ min: 0, max: 2 }),
  }),
  { maxLength: 20 },
);

const spec = { dimensions: { team: [...TEAMS] }, unit: { code: 'x', scale: 1 } };
const mood = aManualMetric(spec);
const heads = aManualMetric({ ...spec, total: 'sum' });

type Said = { readonly window: string; readonly team: string; readonly value: string };

/** An entry as the aggregator meets it. */
function contributionOf(metric: ManualMetric, { window, team, value }: Said, offset: number) {
  const entry = readEntry(metric, { window, labels: { team }, value }, NOW);
  if (!entry.ok) throw new Error(entry.error.detail);
  const decimal = parseDecimal(entry.value.value) ?? { unscaled: 0, scale: 0 };
  return {
    value: rescale(decimal.unscaled, decimal.scale, ENTRY_SCALE),
    member: entry.value.series,
    timeMs: entry.value.window.startMs,
    partition: 3,
    offset,
  };
}

const shownOf = (metric: ManualMetric, { last, entities }: CellDelta): string | null => {
  const cell = merge(
    { contributions: 1 },
    { contributions: 1, ...(last ? { last } : {}), ...(entities ? { entities } : {}) },
  );
  const value = valueOf(metric.aggregation, cell, {
    valueScale: metric.valueScale,
    unitScale: metric.unit.scale,
  });
  return value === null ? null : formatDecimal(value, metric.unit.scale);
};

/** Deltas of flushes, put together in the order given. */
function gather(
  metric: ManualMetric,
  list: readonly (Said & { flush: number })[],
  order: readonly number[],
): CellDelta {
  const deltas = [emptyDelta(), emptyDelta(), emptyDelta()];
  list.forEach((one, offset) => {
    const delta = deltas[one.flush] as CellDelta;
    contribute(metric.aggregation, delta, contributionOf(metric, one, offset));
  });
  const whole = emptyDelta();
  for (const at of order) mergeDelta(whole, deltas[at] as CellDelta);
  return whole;
}

const orders = fc.shuffledSubarray([0, 1, 2], { minLength: 3 });

test('of one window and member the entry that was made last is the value, however flushes meet', () => {
  fc.assert(
    fc.property(said, orders, (all, order) => {
      for (const window of DAYS)
        for (const team of TEAMS) {
          const own = all.filter((one) => one.window === window && one.team === team);
          expect(shownOf(mood, gather(mood, own, order))).toBe(own.at(-1)?.value ?? null);
        }
    }),
  );
});

test('a total is the sum of the last entries of all members, and a longer window shows its last day’s', () => {
  fc.assert(
    fc.property(said, orders, (all, order) => {
      const newest = new Map<string, number>();
      for (const team of TEAMS)
        for (const window of DAYS)
          for (const one of all)
            if (one.team === team && one.window === window) newest.set(team, Number(one.value));
      const sum = [...newest.values()].reduce((total, value) => total + Math.round(value * 10), 0);
      expect(shownOf(heads, gather(heads, all, order))).toBe(
        newest.size === 0 ? null : formatDecimal(sum, 1),
      );
    }),
  );
});

test('what is read of a value is the same amount, or it is refused', () => {
  const texts = fc.oneof(
    fc.integer().map(String),
    fc.tuple(fc.integer({ min: -999, max: 999 }), fc.nat(999)).map(([a, b]) => `${a}.${b}`),
    fc.string({ maxLength: 6 }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const value = readValue(mood, text);
      if (value.ok) expect(Number(value.value)).toBe(Number(text));
      else expect(value.error.pointer).toBe('/value');
    }),
  );
});

test('an entry is a restatement once the lateness after the end of its window is over', () => {
  const days = fc.integer({ min: 0, max: 100 });
  fc.assert(
    fc.property(days, fc.integer({ min: 0, max: 60 }), (ago, lateness) => {
      const metric = aManualMetric({ lateness: `P${lateness}D` });
      const window = new Date(NOW - ago * DAY_MS).toISOString().slice(0, 10);
      const entry = readEntry(metric, { window, value: '1' }, NOW);
      // The day of that many days ago ended half a day less ago, since it is noon.
      expect(entry).toMatchObject({ value: { isHistorical: ago - 0.5 > lateness } });
    }),
    { numRuns: 30 },
  );
});
