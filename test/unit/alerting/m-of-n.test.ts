import { expect, test } from 'vitest';
import { aRule, at, bench, salesCatalog } from '../../support/alerting.ts';
import type { Bench } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';

const rules = [aRule({ for: { breaches: 2, of: 3 } })];
const taking = (latenessMs: number) =>
  bench(salesCatalog({ metrics: [aMetric({ timezone: 'UTC', latenessMs })], rules }));
/** As a partition begins, before any tick. */
const heardNothing = (b: Bench): void => (b.state().metrics as Map<string, unknown>).clear();

test('M of N holds for a metric that takes nothing late: windows are counted however old they are', () => {
  const b = taking(0);
  expect(b.hour(0, 500)).toEqual(['pending: breach']);
  expect(b.hour(1, 2000)).toEqual(['cleared: near_miss']);
  expect(b.hour(2, 500)).toEqual(['firing: breach']);
});

test('M of N holds where the watermark has gone far ahead, as after an outage', () => {
  const b = taking(3_600_000);
  for (const [hour, value] of [500, 400, 2000, 2000, 2000, 300, 200].entries())
    b.value(hour, value);
  expect(b.tick(48).slice(0, 6)).toEqual([
    'pending: breach',
    'firing: breach',
    'resolved: recovered',
    'pending: breach',
    'firing: breach',
  ]);
});

test('what is not counted is forgotten with the memory', () => {
  const b = taking(0);
  for (let hour = 0; hour < 20; hour++) b.hour(hour, 2000);
  expect(b.alert().slots.length).toBeLessThanOrEqual(4);
});

test('a window without an event counts though no tick came yet: a value was heard before it closed', () => {
  const b = taking(0);
  heardNothing(b);
  const closed = { state: 'closed' } as const;
  const heard = (hour: number, value: number) =>
    b.value(hour, value, { ...closed, watermark: at(hour + 1) });
  expect(heard(0, 2000)).toEqual([]);
  // Hour 1 is empty: it has sold nothing, which breaks the rule.
  expect([...heard(2, 2000), ...heard(3, 500)]).toEqual([]);
  expect(b.tick(4)).toEqual(['pending: breach', 'cleared: near_miss', 'firing: breach']);
});

test('of windows that closed before the first value was heard nothing is known', () => {
  const b = taking(0);
  heardNothing(b);
  b.value(0, 2000, { state: 'closed', watermark: at(2) });
  b.value(3, 500, { state: 'closed', watermark: at(4) });
  expect(b.tick(4)).toEqual(['pending: breach', 'firing: breach']);
  expect(b.alert().slots.map(({ verdict }) => verdict)).toEqual([
    'clear',
    'inconclusive',
    'breach',
    'breach',
  ]);
});

test('what history shows says nothing of how far a metric has come', () => {
  const b = taking(0);
  heardNothing(b);
  b.value(0, 2000, { state: 'closed', watermark: at(1), backfilled: true });
  expect(b.state().metrics.size).toBe(0);
});
