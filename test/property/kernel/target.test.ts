import fc from 'fast-check';
import { expect, test } from 'vitest';
import { targetsOf } from '../../../services/kernel/target.ts';
import type { TargetEntry } from '../../../services/kernel/target.ts';
import { aMetric } from '../../support/metrics.ts';

const by = ['store', 'channel'];
const window = { kind: 'grain', grain: 'day' } as const;
const metric = aMetric({ id: 'sales', timezone: 'Asia/Shanghai', breakdowns: [by] });
const dateOf = (day: number): string =>
  Temporal.PlainDate.from('2026-01-01').add({ days: day }).toString();
const startOf = (day: number): number =>
  Temporal.PlainDate.from(dateOf(day)).toZonedDateTime('Asia/Shanghai').epochMilliseconds;

const member = fc.option(fc.constantFrom('A', 'B'), { nil: undefined });
const entry = fc
  .record({
    store: member,
    from: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
    days: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
  })
  .map(({ store, from, days }): Omit<TargetEntry, 'value'> => ({
    where: store === undefined ? {} : { store },
    ...(from === undefined ? {} : { from: dateOf(from) }),
    ...(days === undefined ? {} : { to: dateOf((from ?? 0) + days) }),
  }));
/** Such as a catalogue holds: of no two that begin alike one would be forgotten. */
const entries = fc
  .uniqueArray(entry, {
    maxLength: 12,
    selector: ({ where, from, to }) => JSON.stringify([where, from, to !== undefined]),
  })
  .map((list) => list.map((one, i): TargetEntry => ({ ...one, value: String(i) })));
const lookUp = (list: readonly TargetEntry[]) => {
  const target = { id: 't', metric: 'sales', by, window, entries: list };
  return targetsOf({ targets: new Map([['t', target]]) }, metric, { by, window });
};

test('the order in which values are written decides nothing', () => {
  const shuffled = entries.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  );
  fc.assert(
    fc.property(shuffled, fc.nat({ max: 30 }), ([list, other], day) => {
      const labels = { store: 'A', channel: 'web' };
      expect(lookUp(other)?.(labels, startOf(day))).toBe(lookUp(list)?.(labels, startOf(day)));
    }),
  );
});

test('what counts holds for the day and the series, and nothing of the like that names more does', () => {
  fc.assert(
    fc.property(entries, fc.nat({ max: 30 }), fc.constantFrom('A', 'B'), (list, day, store) => {
      const date = dateOf(day);
      const holding = list.filter(
        ({ where, from = '', to = '9' }) =>
          from <= date && date < to && (where['store'] ?? store) === store,
      );
      const found = lookUp(list)?.({ store, channel: 'web' }, startOf(day)) ?? null;
      const chosen = holding.find(({ value }) => value === found);
      if (!chosen) {
        expect(holding).toEqual([]);
        return;
      }
      const named = ({ where }: TargetEntry): number => Object.keys(where).length;
      expect(named(chosen)).toBe(Math.max(...holding.map(named)));
      const alike = holding.filter((one) => named(one) === named(chosen));
      if (chosen.to !== undefined) return;
      expect(alike.filter(({ to }) => to !== undefined)).toEqual([]);
      expect(alike.filter(({ from = '' }) => from > (chosen.from ?? ''))).toEqual([]);
    }),
  );
});
