import { expect, test } from 'vitest';
import { bench, lowSales, HOUR } from '../../../support/alerting.ts';

test('a reminder comes after the interval, at most as often as the rule says', () => {
  const b = bench(lowSales({ notify: { repeatMs: [2 * HOUR], max: 1 } }));
  b.hour(0, 900);
  b.hour(1, 900);
  expect(b.clock(2.9)).toEqual([]);
  b.hour(2, 900);
  expect(b.clock(3)).toEqual(['repeated: repeat_interval']);
  b.hour(3, 900);
  b.hour(4, 900);
  expect(b.clock(6)).toEqual([]);
  b.hour(5, 2000);
  expect(b.told()).toEqual(['firing', 'repeated', 'resolved']);
});
