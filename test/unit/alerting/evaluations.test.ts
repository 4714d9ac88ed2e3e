import { expect, test } from 'vitest';
import { ruleTaker } from '../../../services/alerting/adapters/rules.ts';
import { telemetryObserver } from '../../../services/alerting/adapters/telemetry-observer.ts';
import {
  degradedRules,
  evaluationsOf,
} from '../../../services/alerting/core/partition/evaluations.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { createTelemetry } from '../../../services/platform/telemetry.ts';
import { aRule, at, bench, HOUR, salesCatalog } from '../../support/alerting.ts';
import { anEventType } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

const MINUTE = HOUR / 60;
const tracksOf = (one: ReturnType<typeof bench>) => one.state().tracks.values();

test('a series is judged as long as every window of long ago is', () => {
  const one = bench();
  one.hour(0, 5000);
  const seen = (minute: number) =>
    evaluationsOf(tracksOf(one), at(1) + minute * MINUTE).get('net-sales-low');
  expect(seen(0)).toEqual({ expected: 1, done: 1 });
  // The next window ends at 2 h, and should be judged ten minutes later.
  expect(seen(70)).toEqual({ expected: 1, done: 1 });
  expect(seen(71)).toEqual({ expected: 1, done: 0 });
  one.hour(1, 5000);
  expect(seen(71)).toEqual({ expected: 1, done: 1 });
});

test('windows of a source that may be out of order are awaited so much longer', () => {
  const eventTypes = [anEventType({ outOfOrdernessMs: 30 * MINUTE })];
  const one = bench(salesCatalog({ eventTypes }));
  one.hour(0, 5000);
  const seen = (minute: number) =>
    evaluationsOf(tracksOf(one), at(1) + minute * MINUTE).get('net-sales-low')?.done;
  expect([seen(71), seen(100), seen(101)]).toEqual([1, 1, 0]);
  // Nor is it silence that its windows close late.
  const clocks = (from: number, to: number) => {
    for (let third = from * 3; third <= to * 3; third++) one.clock(1 + third / 180);
  };
  clocks(0, 94);
  expect(one.condition()).toBe('ok');
  clocks(94, 96);
  expect(one.condition()).toBe('nodata');
});

test('health and telemetry say which rules are judged only in part, and which sources are silent', async () => {
  const one = bench();
  one.hour(0, 5000);
  const telemetry = createTelemetry();
  const logger = createLogger({ level: 'silent', name: 'test', isTty: false });
  const observer = telemetryObserver(telemetry, logger);
  const taken: object[] = [];
  const rules = ruleTaker({
    alerting: {
      setPlans: async (plans, _, paused = new Set()) =>
        void taken.push({ plans: plans.length, paused: [...paused] }),
      refusedRules: () => new Set(['full']),
      tracks: () => tracksOf(one),
      silentSources: () => new Set(['erp.order']),
    },
    observer,
    logger,
    now: () => at(9),
  });
  const odd = aRule({ id: 'odd', metric: 'unknown' });
  // What is paused needs no metric, either.
  const resting = aRule({ ...odd, id: 'resting', paused: true });
  await rules.take(catalogOf(salesCatalog({ rules: [odd, resting] })));
  expect(rules.health()).toEqual([
    { rule: 'odd', state: 'unjudged', detail: 'the metric unknown is not published' },
    {
      rule: 'full',
      state: 'degraded',
      detail: expect.stringContaining('more series than are watched') as string,
    },
    {
      rule: 'net-sales-low',
      state: 'degraded',
      detail: '1 of 1 series wait for windows that should have closed by now',
    },
    {
      rule: 'resting',
      state: 'paused',
      detail: 'its definition says so, and nothing is judged by it',
    },
  ]);
  expect(taken).toEqual([{ plans: 0, paused: ['resting'] }]);
  observer.watch({ alerts: () => [one.alert()], waiting: () => 0, now: () => at(9) });
  const text = await telemetry.registry.metrics();
  for (const line of [
    'tidemark_rule_evaluations_expected{rule="net-sales-low"} 1',
    'tidemark_rule_evaluations_done{rule="net-sales-low"} 0',
    'tidemark_rule_degraded{rule="full",reason="cardinality_cap"} 1',
    'tidemark_rule_degraded{rule="net-sales-low",reason="data_too_old"} 1',
    'tidemark_rule_series_inconclusive{rule="net-sales-low"} 0',
    'tidemark_source_silent{event_type="erp.order"} 1',
    'tidemark_alert_rules_unhealthy 1',
    'tidemark_alert_rules_paused 1',
  ])
    expect(text).toContain(line);
});

test('what is whole has no word said of it', () =>
  expect(degradedRules(new Map([['r', { expected: 3, done: 3 }]]), new Set())).toEqual([]));
