import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backTestSeries } from '../../../services/alerting/core/proof/back-test.ts';
import type { Episode } from '../../../services/alerting/core/alert/episode.ts';
import type { HistoryCell } from '../../../services/alerting/core/values/recall.ts';
import { formatDecimal } from '../../../services/kernel/decimal.ts';
import type { AlertRuleDefinition } from '../../../services/kernel/definitions.ts';
import {
  aRule,
  bench,
  HOUR,
  outcomeOf,
  plansOf,
  salesCatalog,
  T0,
} from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

const rule: fc.Arbitrary<AlertRuleDefinition> = fc
  .record({
    when: fc.constantFrom('value < 1000', 'value > 800', 'value < previous', 'count < 2'),
    clear: fc.constantFrom(undefined, 'value >= 1100 || value < 700'),
    for: fc.constantFrom(undefined, { breaches: 2, of: 3 }, { durationMs: 2 * HOUR }),
    keepFiringMs: fc.constantFrom(0, 2 * HOUR),
    noData: fc.constantFrom('nodata' as const, 'keepLast' as const, 'ok' as const),
    minCount: fc.constantFrom(0, 2),
  })
  .map(({ clear, for: lasting, ...rest }) =>
    aRule({ ...rest, ...(clear ? { clear } : {}), ...(lasting ? { for: lasting } : {}) }),
  );
/** An hour's sales; null: nothing happened. The first is always there, so that the series is watched from it on. */
const hours = fc
  .array(fc.option(fc.integer({ min: -500, max: 1_500 })), { minLength: 1, maxLength: 40 })
  .map((list) => [1_000, ...list]);
/** How many windows are passed by one step of the watermark. */
const jumps = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 });
const lateness = fc.constantFrom(0, HOUR, 48 * HOUR);
const aggregation = fc.constantFrom('sum' as const, 'avg' as const);

const cellOf = (hour: number, value: number): HistoryCell => ({
  series: '[]',
  start: T0 + hour * HOUR,
  end: T0 + (hour + 1) * HOUR,
  accumulators: { contributions: 1 + (hour % 3), sum: value * 100 * (1 + (hour % 3)) },
  value: formatDecimal(value * 100, 2),
  state: 'final',
  revision: 0,
});

type Shown = Pick<
  Episode,
  'startedAtMs' | 'firedAtMs' | 'endedAtMs' | 'outcome' | 'breached' | 'worst' | 'recovered'
>;
const shown = (one: Shown): Shown => ({
  startedAtMs: one.startedAtMs,
  firedAtMs: one.firedAtMs,
  endedAtMs: one.endedAtMs,
  outcome: one.outcome,
  breached: one.breached,
  worst: one.worst,
  recovered: one.recovered,
});

test('without late data the episodes of a test are those that really were, however the log came', () => {
  fc.assert(
    fc.property(rule, hours, jumps, lateness, aggregation, (one, values, steps, late, add) => {
      const metrics = [aMetric({ timezone: 'UTC', latenessMs: late, aggregation: add })];
      const definitions = salesCatalog({ metrics, rules: [one] });
      const cells = values.flatMap((value, hour) => (value === null ? [] : [cellOf(hour, value)]));
      const [plan] = plansOf(catalogOf(definitions));
      if (!plan) throw new Error('there is a rule');
      const b = bench(definitions);
      const episodes = new Map<string, Episode>();
      const take = (): void => {
        for (const { alert } of b.emitted)
          for (const episode of [...alert.ended, ...(alert.episode ? [alert.episode] : [])])
            episodes.set(episode.id, episode);
      };
      for (let passed = 0, i = 0; passed < values.length; i++) {
        const to = Math.min(
          values.length,
          passed + (passed === 0 ? 1 : (steps[i % steps.length] ?? 1)),
        );
        const news = cells.filter(({ end }) => end > T0 + passed * HOUR && end <= T0 + to * HOUR);
        // Newest first: what comes out of order waits for the tick.
        for (const { start, end: _end, series: _series, ...cell } of news.toReversed())
          b.value((start - T0) / HOUR, 0, {
            ...cell,
            state: 'open',
            watermark: T0 + passed * HOUR,
          });
        b.tick(to);
        passed = to;
      }
      take();
      const range = { fromMs: T0, toMs: T0 + values.length * HOUR };
      const tested = outcomeOf(backTestSeries(plan, range, { series: '[]', cells }));
      expect(tested.episodes.map(shown)).toEqual([...episodes.values()].map(shown));
    }),
    { numRuns: 300 },
  );
});
