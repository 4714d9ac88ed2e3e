import { expect, test } from 'vitest';
import { aRule, bench, salesCatalog } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';

const rules = [aRule({ for: { breaches: 2, of: 3 } })];
const taking = (latenessMs: number) =>
  bench(salesCatalog({ metrics: [aMetric({ timezone: 'UTC', latenessMs })], rules }));

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
