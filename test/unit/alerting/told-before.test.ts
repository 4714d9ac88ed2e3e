import { expect, test } from 'vitest';
import { ToldBefore } from '../../../services/alerting/core/partition/told-before.ts';
import { bench } from '../../support/alerting.ts';

const alertThatFired = () => {
  const b = bench();
  b.hour(0, 900);
  return b.alert();
};

test('what was told is passed once the log is read beyond all of it', () => {
  const told = new ToldBefore();
  expect(told.isPassed(0)).toBe(true);
  told.add({ sequence: 1, inputOffset: 7, alert: alertThatFired() });
  told.add({ sequence: 2, inputOffset: 5, alert: alertThatFired() });
  expect([told.isPassed(7), told.isPassed(8)]).toEqual([false, true]);
});

test('of a topic that was made anew nothing is waited for that lies beyond its end', () => {
  const told = new ToldBefore();
  told.add({ sequence: 1, inputOffset: 100, alert: alertThatFired() });
  told.endAt(10);
  expect([told.isPassed(9), told.isPassed(10)]).toEqual([false, true]);
});
