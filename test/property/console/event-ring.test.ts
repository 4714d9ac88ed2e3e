import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventRing } from '../../../services/console/core/event-ring.ts';

test('a ring gives exactly what came after an id, or says that it does not know', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 40 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 200 }),
      (sizes, events, characters) => {
        const ring = new EventRing('e', { events, characters });
        const all = sizes.map((size) =>
          ring.push({ event: 'value', metric: 'm', data: 'x'.repeat(size) }),
        );
        for (let from = 0; from <= all.length; from++) {
          const answer = ring.after(ring.idOf(from));
          const expected = all.slice(from);
          if (answer) expect(answer).toEqual(expected);
          else expect(expected.length > events || sum(expected) > characters).toBe(true);
          if (answer) expect(answer.length <= events && sum(answer) <= characters).toBe(true);
        }
        expect(ring.after(ring.idOf(all.length + 1))).toBeUndefined();
        expect(ring.after('other-0')).toBeUndefined();
        expect(ring.after('e-x')).toBeUndefined();
      },
    ),
  );
});

const sum = (events: readonly { readonly data: string }[]): number =>
  events.reduce((total, { data }) => total + data.length, 0);
