import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Past } from '../../../services/alerting/core/values/past.ts';
import type { Cell } from '../../../services/alerting/core/values/window-value.ts';
import { HOUR, T0 } from '../../support/alerting.ts';

const codec = {
  encode: (cell: Cell) => JSON.stringify(cell),
  decode: (text: string) => JSON.parse(text) as Cell,
};
const MEMORIES = ['sales@v1|hour', 'orders@v1|hour'];
const SERIES = ['[]', '["store","a|b"]'];

type Step =
  | { kind: 'keep'; memory: number; series: number; hour: number; count: number }
  | { kind: 'forget'; memory: number; hour: number }
  | { kind: 'hold'; memory: number; hour: number }
  | { kind: 'drop'; memory: number };
const memory = fc.nat({ max: 1 });
const hour = fc.nat({ max: 40 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('keep' as const),
      memory,
      series: fc.nat({ max: 1 }),
      hour,
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  fc.record({ kind: fc.constant('forget' as const), memory, hour }),
  fc.record({ kind: fc.constant('hold' as const), memory, hour }),
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), memory }) },
);

const cellOf = (at: number, count: number): Cell => ({
  end: T0 + (at + 1) * HOUR,
  accumulators: { contributions: count, sum: count },
  value: String(count),
  state: 'closed',
  revision: 0,
  backfilled: false,
});

function take(past: Past, one: Step): void {
  const of = MEMORIES[one.memory] ?? '';
  if (one.kind === 'keep')
    past.keep(`${of}|${SERIES[one.series]}`, T0 + one.hour * HOUR, cellOf(one.hour, one.count));
  else if (one.kind === 'forget') past.forget(of, T0 + one.hour * HOUR);
  else if (one.kind === 'hold') past.hold(of, T0 + one.hour * HOUR);
  else past.drop(of);
}

/** All that can be asked of it. */
const contentOf = (past: Past) => ({
  held: MEMORIES.map((of) => past.heldFromMs(of)),
  cells: MEMORIES.flatMap((of) =>
    SERIES.flatMap((series) =>
      Array.from({ length: 41 }, (_, at) => past.cellAt(`${of}|${series}`, T0 + at * HOUR)),
    ),
  ),
  firsts: MEMORIES.flatMap((of) => SERIES.map((series) => past.firstMs(`${of}|${series}`))),
});

test('what the store holds, field by field as it changed, gives the same past again', () => {
  fc.assert(
    fc.property(fc.array(fc.array(step, { maxLength: 12 }), { maxLength: 6 }), (batches) => {
      const changed = new Set<string>();
      const past = new Past(codec, (field) => changed.add(field));
      const stored = new Map<string, string>();
      for (const batch of batches) {
        for (const one of batch) take(past, one);
        for (const field of changed) {
          const text = past.encode(field);
          if (text === null) stored.delete(field);
          else stored.set(field, text);
        }
        changed.clear();
      }
      const again = new Past(codec, () => undefined);
      for (const [field, text] of stored) again.restore(field, text);
      expect(contentOf(again)).toEqual(contentOf(past));
    }),
    { numRuns: 300 },
  );
});

test('the order in which updates of a cell come does not matter: the one with the most contributions stays', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (counts) => {
      const past = new Past(codec, () => undefined);
      for (const count of counts) past.keep('m|hour|[]', T0, cellOf(0, count));
      expect(past.cellAt('m|hour|[]', T0)?.accumulators.contributions).toBe(Math.max(...counts));
    }),
  );
});

test('the first cell of a series is never forgotten, unless no rule looks back any more', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const past = new Past(codec, () => undefined);
      let first = Infinity;
      const key = `${MEMORIES[0]}|${SERIES[0]}`;
      for (const one of steps) {
        const hadHold = past.heldFromMs(MEMORIES[0] ?? '') !== undefined;
        take(past, one);
        if (one.memory !== 0) continue;
        if (one.kind === 'keep' && one.series === 0) first = Math.min(first, T0 + one.hour * HOUR);
        if (one.kind === 'drop' && hadHold) first = Infinity;
        expect(past.firstMs(key)).toBe(first);
      }
    }),
    { numRuns: 300 },
  );
});
