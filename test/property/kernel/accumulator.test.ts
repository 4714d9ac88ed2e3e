import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contribute, emptyDelta } from '../../../services/aggregator/core/cell-delta.ts';
import type { Contribution } from '../../../services/aggregator/core/cell-delta.ts';
import {
  AGGREGATIONS,
  EMPTY,
  decodeLast,
  encodeLast,
  isLater,
  merge,
  sumOfEntities,
} from '../../../services/kernel/accumulator.ts';
import type { Accumulators, Aggregation } from '../../../services/kernel/accumulator.ts';
import { normalize } from '../../../services/kernel/integer.ts';
import { binOf, sketchOf } from '../../../services/kernel/sketch.ts';
import { decodeUpdate, encodeUpdate, supersedes } from '../../../services/kernel/update.ts';
import type { ValueUpdate } from '../../../services/kernel/update.ts';
import { WINDOW_STATES } from '../../../services/kernel/window.ts';

const integers = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }).map(normalize);
const lasts = fc.record({
  timeMs: fc.integer({ min: -5, max: 5 }),
  partition: fc.integer({ min: 0, max: 2 }),
  offset: fc.integer({ min: 0, max: 5 }),
  value: integers,
});
const sketches = fc
  .uniqueArray(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 5 })), {
    maxLength: 6,
    selector: ([bin]) => bin,
  })
  .map((bins) => sketchOf(new Map(bins)));
/** Cells of disjoint sets of events: no two share a place in the log. */
const cells = fc
  .uniqueArray(
    fc.record({
      contributions: fc.integer({ min: 1, max: 1_000 }),
      sum: integers,
      min: integers,
      max: integers,
      last: lasts,
      members: fc.uniqueArray(fc.string({ maxLength: 2 }), { maxLength: 4 }),
      sketch: sketches,
    }),
    {
      minLength: 3,
      maxLength: 3,
      selector: ({ last }) => `${last.timeMs}|${last.partition}|${last.offset}`,
    },
  )
  .map((list) => list.map((cell) => ({ ...cell, distinct: cell.members.length })));

const comparable = ({ members, ...rest }: Accumulators): unknown => ({
  ...rest,
  members: members?.toSorted(),
});

/** What the projector makes of a set of events, as a cell. */
function cellOf(aggregation: Aggregation, events: readonly Contribution[]): Accumulators {
  const delta = emptyDelta();
  for (const event of events) {
    delta.contributions++;
    contribute(aggregation, delta, event);
  }
  const { sum, min, max, last, members, bins, entities } = delta;
  const parts = {
    sum: entities ? sumOfEntities(entities) : sum,
    entities,
    min,
    max,
    last,
    members: members && [...members],
    distinct: members?.size,
    sketch: bins && sketchOf(bins),
  };
  const present = Object.entries(parts).filter(([, part]) => part !== undefined);
  return { contributions: delta.contributions, ...Object.fromEntries(present) };
}
const parted = fc.array(
  fc.record({
    part: fc.integer({ min: 0, max: 2 }),
    value: fc.oneof(integers, fc.integer({ min: -60, max: 60 })),
    member: fc.string({ maxLength: 1 }),
    timeMs: fc.integer({ min: 0, max: 3 }),
  }),
  { maxLength: 30, size: 'max' },
);

test('P-08 partial cells merge in any order and any grouping, of every aggregation: counts, sums, extremes, last, percentile sketches, distinct members, newest values of entities', () => {
  fc.assert(
    fc.property(parted, fc.constantFrom(...AGGREGATIONS), (list, aggregation) => {
      const events = list.map(({ part, value, ...rest }, offset) => ({
        part,
        partition: 0,
        offset,
        ...rest,
        value: aggregation === 'percentile' ? binOf(value) : value,
      }));
      const [a, b, c] = [0, 1, 2].map((part) =>
        cellOf(
          aggregation,
          events.filter((event) => event.part === part),
        ),
      ) as [Accumulators, Accumulators, Accumulators];
      const whole = comparable(cellOf(aggregation, events));
      const shuffled = comparable(cellOf(aggregation, events.toReversed()));
      for (const one of [merge(merge(a, b), c), merge(a, merge(c, b)), merge(c, merge(b, a))])
        expect(comparable(one)).toEqual(whole);
      expect(shuffled).toEqual(whole);
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(cells, (list) => {
      const [a, b, c] = list as unknown as [Accumulators, Accumulators, Accumulators];
      expect(comparable(merge(a, b))).toEqual(comparable(merge(b, a)));
      expect(comparable(merge(merge(a, b), c))).toEqual(comparable(merge(a, merge(b, c))));
      expect(comparable(merge(EMPTY, a))).toEqual(comparable(a));
      expect(comparable(merge(a, EMPTY))).toEqual(comparable(a));
    }),
  );
});

test('later is a total order, and survives its text form', () => {
  fc.assert(
    fc.property(lasts, lasts, (a, b) => {
      const isSamePlace =
        a.timeMs === b.timeMs && a.partition === b.partition && a.offset === b.offset;
      expect(Number(isLater(a, b)) + Number(isLater(b, a))).toBe(isSamePlace ? 0 : 1);
      expect(decodeLast(encodeLast(a))).toEqual(a);
    }),
  );
});

const updates = fc.record({
  kind: fc.constant('value' as const),
  metric: fc.constant('m'),
  version: fc.constant('v'),
  series: fc.constant('["store","S1"]'),
  grain: fc.constantFrom('minute' as const, 'hour' as const, 'day' as const),
  start: fc.constant(0),
  end: fc.constant(60_000),
  accumulators: fc.oneof(
    fc.record({ contributions: fc.nat(5), sum: integers, last: lasts }),
    fc.record({ contributions: fc.nat(5), sketch: sketches }),
    fc.record({ contributions: fc.nat(5), distinct: fc.nat(), approximate: fc.constant(true) }),
  ),
  value: fc.option(fc.constant('1.00')),
  state: fc.constantFrom(...WINDOW_STATES),
  revision: fc.nat(3),
  backfilled: fc.boolean(),
  watermark: fc.nat(),
  cursors: fc.constant([{ topic: 't', partition: 0, offset: 5 }]),
  at: fc.nat(),
});

test('an update is the same after its wire form', () => {
  fc.assert(
    fc.property(updates, (update) => {
      expect(decodeUpdate(encodeUpdate(update))).toEqual(update);
    }),
  );
});

test('consumers that keep what supersedes end with the same record, in whatever order records come', () => {
  const rank = ({ accumulators, state, revision }: ValueUpdate): unknown => [
    accumulators.contributions,
    state,
    revision,
  ];
  fc.assert(
    fc.property(
      fc
        .array(updates, { minLength: 1, maxLength: 6 })
        .chain((list) =>
          fc.tuple(
            fc.constant(list),
            fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
          ),
        ),
      ([list, shuffled]) => {
        const keep = (records: readonly ValueUpdate[]): ValueUpdate =>
          records.reduce((kept, next) => (supersedes(next, kept) ? next : kept));
        expect(rank(keep(shuffled))).toEqual(rank(keep(list)));
      },
    ),
  );
});
