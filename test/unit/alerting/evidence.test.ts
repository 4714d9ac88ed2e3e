import { expect, test } from 'vitest';
import { alertDetail } from '../../../services/alerting/core/proof/answer.ts';
import { evidenceOf } from '../../../services/alerting/core/proof/evidence.ts';
import { explanation, questionOf } from '../../../services/alerting/core/proof/explanation.ts';
import { formatRfc3339 } from '../../../services/kernel/time.ts';
import { aRule, at, bench, lowSales, salesCatalog } from '../../support/alerting.ts';
import type { Bench } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

const shown = (b: Bench) => alertDetail(b.alert(), catalogOf(salesCatalog()));
const cursorsAt = (offset: number) => [{ topic: 'events.x', partition: 0, offset }];
/** An hour with this value closes, and the log was counted up to `offset` by then. */
const hourAt = (b: Bench, hour: number, of: { value: number; offset: number }): void => {
  const cursors = cursorsAt(of.offset);
  b.value(hour, of.value, { cursors });
  b.tick(hour + 1, { cursors });
};

test('evidence of an episode is the look by which it fired, while it burns and after it ended', () => {
  const b = bench();
  hourAt(b, 0, { value: 2000, offset: 3 });
  hourAt(b, 1, { value: 900, offset: 5 });
  const fired = {
    window: {
      start: formatRfc3339(at(1)),
      end: formatRfc3339(at(2)),
      state: 'closed',
      revision: 0,
    },
    at: formatRfc3339(at(2)),
    verdict: 'breach',
    value: '900.00',
    previous: '2000.00',
    threshold: '1000',
    count: 10,
    lookBack: null,
    completeness: 1,
    watermark: formatRfc3339(at(2)),
    cursors: cursorsAt(5),
    metricVersion: 'v1',
    ruleVersion: 'r1',
  };
  expect(shown(b).evidence).toEqual(fired);
  hourAt(b, 2, { value: 800, offset: 7 });
  expect(shown(b)).toMatchObject({ state: 'firing', value: '800.00', evidence: fired });
  hourAt(b, 3, { value: 3000, offset: 9 });
  expect(shown(b)).toMatchObject({ state: 'ok', outcome: 'recovered', evidence: fired });
  hourAt(b, 4, { value: 4000, offset: 11 });
  expect(shown(b)).toMatchObject({
    value: '4000.00',
    window: { start: formatRfc3339(at(4)) },
    evidence: fired,
  });
});

test('evidence of the next episode is its own', () => {
  const b = bench();
  for (const [hour, value] of [900, 3000, 800].entries())
    hourAt(b, hour, { value, offset: hour + 1 });
  expect(shown(b).evidence).toMatchObject({ value: '800.00', cursors: cursorsAt(3) });
});

test('evidence of an alert that never fired is the look by which it was pending', () => {
  const b = bench(lowSales({ for: { breaches: 2, of: 2 } }));
  hourAt(b, 0, { value: 900, offset: 3 });
  expect(shown(b)).toMatchObject({
    state: 'pending',
    evidence: { value: '900.00', cursors: cursorsAt(3) },
  });
  hourAt(b, 1, { value: 2000, offset: 5 });
  expect(shown(b)).toMatchObject({
    state: 'ok',
    value: '2000.00',
    evidence: { value: '900.00', cursors: cursorsAt(3) },
  });
  hourAt(b, 2, { value: 800, offset: 7 });
  expect(shown(b)).toMatchObject({ state: 'pending', evidence: { value: '800.00' } });
});

test('evidence of an alert that never moved is its newest look', () => {
  const b = bench();
  hourAt(b, 0, { value: 2000, offset: 3 });
  hourAt(b, 1, { value: 3000, offset: 5 });
  expect(shown(b).evidence).toMatchObject({ value: '3000.00', cursors: cursorsAt(5) });
});

test('evidence of an episode without data is the look by which it began, until a breach comes', () => {
  // Of an average: a window without events has no value, where a sum is 0.
  const metrics = [aMetric({ timezone: 'UTC', aggregation: 'avg' })];
  const b = bench(salesCatalog({ metrics }));
  hourAt(b, 0, { value: 5000, offset: 3 });
  b.tick(2, { cursors: cursorsAt(5) });
  const began = { verdict: 'absent', value: null, cursors: cursorsAt(5), ruleVersion: 'r1' };
  expect(shown(b)).toMatchObject({ state: 'nodata', evidence: began });
  b.tick(3, { cursors: cursorsAt(7) });
  expect(shown(b)).toMatchObject({ state: 'nodata', evidence: began });
  const ended = bench(salesCatalog({ metrics }));
  hourAt(ended, 0, { value: 5000, offset: 3 });
  ended.tick(2, { cursors: cursorsAt(5) });
  hourAt(ended, 2, { value: 5000, offset: 9 });
  hourAt(ended, 3, { value: 6000, offset: 11 });
  ended.publish(salesCatalog({ metrics, rules: [aRule({ version: 'r2', when: 'value < 1' })] }));
  expect(shown(ended)).toMatchObject({ outcome: 'data_returned', evidence: began });
  hourAt(b, 3, { value: 900, offset: 9 });
  expect(shown(b)).toMatchObject({
    state: 'firing',
    evidence: { verdict: 'breach', value: '900.00', cursors: cursorsAt(9) },
  });
  expect(b.alert().episode).not.toHaveProperty('begunBy');
  b.tick(5, { cursors: cursorsAt(11) });
  expect(shown(b)).toMatchObject({ state: 'nodata', evidence: { value: '900.00' } });
  expect(b.alert().episode).not.toHaveProperty('begunBy');
});

test('evidence is of the rule and the metric by which the episode fired, whatever became of them', () => {
  const b = bench();
  hourAt(b, 0, { value: 900, offset: 3 });
  hourAt(b, 1, { value: 3000, offset: 5 });
  const next = lowSales({ version: 'r2', when: 'value < 5' });
  b.publish(next);
  hourAt(b, 2, { value: 2000, offset: 7 });
  const catalog = catalogOf(next);
  expect(b.alert().ruleVersion).toBe('r2');
  const { evidence } = alertDetail(b.alert(), catalog);
  expect(evidence).toMatchObject({ threshold: '1000', verdict: 'breach', ruleVersion: 'r1' });
  const found = evidenceOf(b.alert());
  if (!found) throw new Error('it has fired');
  const recounted = { ok: false, error: { code: 'unreachable', detail: 'nobody' } } as const;
  expect(explanation(found, catalog, { recounted, now: undefined }).condition).toBeNull();
});

test('a metric that changes under a burning alert is not what its evidence was counted by', () => {
  const b = bench();
  hourAt(b, 0, { value: 900, offset: 3 });
  b.publish(salesCatalog({ metrics: [aMetric({ timezone: 'UTC', version: 'v2' })] }));
  expect(shown(b).evidence).toMatchObject({ value: '900.00', metricVersion: 'v1' });
  const found = evidenceOf(b.alert());
  expect(found && questionOf(found).version).toBe('v1');
  expect(b.alert().metricVersion).toBe('v2');
});
