import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AlertRuleDefinition } from '../../../services/kernel/definitions.ts';
import { slotOf, withSlot } from '../../../services/alerting/core/alert/history.ts';
import type { Slot } from '../../../services/alerting/core/alert/episode.ts';
import { memoryMs } from '../../../services/alerting/core/plan/plan.ts';
import { Past } from '../../../services/alerting/core/values/past.ts';
import { sightsOf } from '../../../services/alerting/core/values/sight.ts';
import { aRule, HOUR, plansOf, salesCatalog, T0 } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

/** What is forgotten depends on how long a rule remembers, on how many windows it counts, and on what an absent one is to it. */
const RULES: readonly Partial<AlertRuleDefinition>[] = [
  {},
  { noData: 'breach' },
  { for: { breaches: 2, of: 2 } },
  { for: { breaches: 2, of: 3 }, noData: 'keepLast' },
  { for: { breaches: 2, of: 5 } },
];
const plans = plansOf(
  catalogOf(
    salesCatalog({
      metrics: [aMetric({ timezone: 'UTC', latenessMs: 3 * HOUR })],
      rules: RULES.map((over, i) => aRule({ id: `rule-${i}`, ...over })),
    }),
  ),
);
const verdicts = fc.constantFrom('clear', 'in_band', 'inconclusive', 'absent', 'breach');
const lists = fc.uniqueArray(fc.record({ hour: fc.nat(9), verdict: verdicts }), {
  selector: ({ hour }) => hour,
  maxLength: 8,
});
const slotsOf = (list: readonly { hour: number; verdict: Slot['verdict'] }[]): readonly Slot[] =>
  list
    .toSorted((a, b) => a.hour - b.hour)
    .map(({ hour, verdict }) => {
      const startMs = T0 + hour * HOUR;
      return { startMs, endMs: startMs + HOUR, verdict, isClosed: true, value: '1.00' };
    });

test('what a rule remembers of a sight is what it would remember by itself, whoever asked before it', () => {
  fc.assert(
    fc.property(
      fc.array(lists, { minLength: 1, maxLength: 3 }),
      fc.array(fc.record({ plan: fc.nat(plans.length - 1), list: fc.nat(2), verdict: verdicts }), {
        minLength: 1,
        maxLength: 20,
      }),
      fc.integer({ min: 10, max: 15 }),
      (all, asked, watermarkHour) => {
        const watermarkMs = T0 + watermarkHour * HOUR;
        const progress = { watermarkMs, knownFromMs: {}, cursors: [] };
        const coder = { encode: () => '', decode: () => ({}) as never };
        const past = new Past(coder, () => undefined);
        const sights = sightsOf({ series: '[]', cells: new Map(), progress, past });
        const known = all.map(slotsOf);
        const window = { startMs: T0 + 9 * HOUR, endMs: T0 + 10 * HOUR };
        for (const { plan: at, list, verdict } of asked) {
          const plan = plans[at];
          const slots = known[list % known.length];
          if (!plan || !slots) throw new Error('there is one');
          const sight = sights.of(plan, window);
          const slot = slotOf({ ...sight.seen, verdict });
          const keep = { forgetBeforeMs: watermarkMs - memoryMs(plan), policy: plan.rule };
          const remembered = sights.slotsWith(plan, sight, { slots, verdict });
          expect(remembered).toEqual(withSlot(slots, slot, keep));
          expect(sights.slotsWith(plan, sight, { slots, verdict })).toBe(remembered);
        }
      },
    ),
    { numRuns: 500 },
  );
});
