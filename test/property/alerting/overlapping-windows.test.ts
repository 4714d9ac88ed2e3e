import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDecimal } from '../../../services/kernel/decimal.ts';
import { parseWindowSize } from '../../../services/kernel/window-size.ts';
import type { WindowSize } from '../../../services/kernel/window.ts';
import { aRule, bench, HOUR, salesCatalog, T0 } from '../../support/alerting.ts';

const SIZES = ['PT2H/PT1H', 'PT5H/PT1H', 'PT6H/PT2H', 'day-to-date', 'PT3H', 'hour'].map(
  (text) => parseWindowSize(text) as WindowSize,
);
const steps = fc.array(
  fc.record({
    /** How many hours ago the event was. */
    back: fc.constantFrom(0, 0, 0, 1, 2, 4),
    amount: fc.integer({ min: 0, max: 900 }),
    closes: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
);

test('what is remembered of closed windows is what their events say, however late these came', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SIZES), steps, (window, list) => {
      const b = bench(salesCatalog({ rules: [aRule({ window })] }));
      const sums = new Map<number, { contributions: number; cents: number }>();
      let hour = 0;
      for (const { back, amount, closes } of list) {
        const at = Math.max(0, hour - back);
        const cell = sums.get(at) ?? { contributions: 0, cents: 0 };
        sums.set(at, {
          contributions: cell.contributions + 1,
          cents: cell.cents + amount * 100,
        });
        const { contributions, cents } = sums.get(at) ?? cell;
        b.value(at, 0, {
          accumulators: { contributions, sum: cents },
          value: formatDecimal(cents, 2),
          state: at < hour ? 'revised' : 'open',
          revision: at < hour ? contributions : 0,
          watermark: T0 + hour * HOUR,
        });
        if (closes) b.tick(++hour);
      }
      const { slots } = b.alert();
      const whole = slots.filter(({ isClosed, verdict }) => isClosed && verdict !== 'inconclusive');
      const lengthMs = {
        sliding: 'sizeMs' in window ? window.sizeMs : 0,
        tumbling: 3 * HOUR,
        grain: HOUR,
      };
      for (const { endMs, value, verdict } of whole) {
        const dayMs = endMs - 1 - ((endMs - 1) % (24 * HOUR));
        const startMs =
          window.kind === 'to-date'
            ? dayMs
            : endMs - lengthMs[window.kind as keyof typeof lengthMs];
        const inside = [...sums].filter(
          ([at]) => T0 + at * HOUR >= startMs && T0 + at * HOUR < endMs,
        );
        const cents = inside.reduce((sum, [, cell]) => sum + cell.cents, 0);
        expect(value).toBe(formatDecimal(cents, 2));
        expect(verdict).toBe(cents < 100_000 ? 'breach' : 'clear');
      }
    }),
    { numRuns: 300 },
  );
});
