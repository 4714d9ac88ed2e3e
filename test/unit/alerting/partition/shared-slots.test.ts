import { describe, expect, test } from 'vitest';
import { restore } from '../../../../services/alerting/core/partition/restore.ts';
import { aMetric } from '../../../support/metrics.ts';
import { aRule, bench, HOUR, salesCatalog } from '../../../support/alerting.ts';
import { storedAfter } from '../../../support/stored-partition.ts';

const RULES = 5;
/** So many rules on the total: the first breaches below 900 and is well from 1200 on, the others breach below 800. */
const open = () =>
  bench(
    salesCatalog({
      metrics: [aMetric({ timezone: 'UTC', latenessMs: 6 * HOUR })],
      rules: Array.from({ length: RULES }, (_, i) =>
        aRule({
          id: `rule-${i}`,
          evaluate: 'onUpdate',
          ...(i === 0 ? { when: 'value < 900', clear: 'value >= 1200' } : { when: 'value < 800' }),
        }),
      ),
    }),
  );
const sharing = (b: ReturnType<typeof open>) =>
  [...b.state().tracks.values()].map(({ sharesAll }) => sharesAll);
/** Ten hours in which all was well, written. */
function calm(): ReturnType<typeof open> {
  const b = open();
  for (let hour = 0; hour < 10; hour++) b.hour(hour, 1500);
  written(b);
  return b;
}
const MOST = [false, true, true, true, true];
const written = (b: ReturnType<typeof open>) =>
  [...b.state().takeChanges().fields].filter(([name]) => /^[lhsv]\|/.test(name));
const kindsOf = (fields: ReturnType<typeof written>): string =>
  fields
    .map(([name]) => name.charAt(0))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join('');

describe('what several rules remember alike', () => {
  test('is written once for all of them, when a window closes and when the next one opens', () => {
    const b = open();
    for (let hour = 0; hour < 10; hour++) b.hour(hour, 1500);
    b.value(10, 1500);
    written(b);
    b.tick(11);
    // The sight, from which the newest window follows, and the window that is forgotten.
    expect(kindsOf(written(b))).toBe('hv');
    b.value(11, 1600);
    // The one that is the newest no more.
    expect(kindsOf(written(b))).toBe('hv');
    b.value(11, 1700, { accumulators: { contributions: 11, sum: 170_000 } });
    expect(kindsOf(written(b))).toBe('v');
  });

  test('is theirs alone from the first window on of which they say something else', () => {
    const b = calm();
    // The first rule fires.
    b.value(10, 899.5);
    const fields = written(b);
    const [first] = [...b.state().tracks.values()];
    const own = fields.filter(([name]) => name.includes(first?.lasting.id ?? 'none'));
    // The six hours of its lateness, and the look; the others share on.
    expect(kindsOf(own)).toBe('lsssssss');
    expect(kindsOf(fields)).toMatch(/^[^l]*l[^l]*$/);
    expect(sharing(b)).toEqual(MOST);
  });

  test('is what most say: one that is neither well nor in breach leaves them, though it saw the window first', () => {
    const b = calm();
    b.value(10, 1000);
    written(b);
    expect(sharing(b)).toEqual(MOST);
  });

  test('is what most say again, after late data that only the first took for a breach', () => {
    const b = calm();
    b.value(8, 850, { state: 'revised', revision: 1, watermark: b.state().logMs });
    for (let hour = 10; hour < 13; hour++) {
      written(b);
      b.hour(hour, 1500);
    }
    written(b);
    expect(sharing(b)).toEqual(MOST);
  });

  test('is theirs together again after late data that all of them looked at', () => {
    const b = calm();
    b.value(8, 1400, { state: 'revised', revision: 1, watermark: b.state().logMs });
    expect(kindsOf(written(b))).toBe('hv');
  });

  test('is not shared where the newest window does not follow from the last look', () => {
    const b = open();
    for (let hour = 0; hour < 4; hour++) b.hour(hour, 1500);
    const before = storedAfter(b.state());
    const slots = b.alert().slots.map((slot) => ({ ...slot, value: '1.00' }));
    for (const track of b.state().tracks.values())
      b.state().setAlert(track, { ...track.alert, slots });
    const restored = restore(0, storedAfter(b.state(), before));
    expect([...restored.tracks.values()].map((track) => track.slots)).toEqual(
      Array.from({ length: RULES }, () => slots),
    );
  });

  test('is one list in memory as well, also of alerts that were restored', () => {
    const b = open();
    for (let hour = 0; hour < 4; hour++) b.hour(hour, 1500);
    const restored = restore(0, storedAfter(b.state()));
    for (const state of [b.state(), restored]) {
      const lists = [...state.tracks.values()].filter(({ sharesAll }) => sharesAll);
      expect(lists).toHaveLength(RULES);
      expect(new Set(lists.map(({ slots }) => slots)).size).toBe(1);
    }
  });
});
