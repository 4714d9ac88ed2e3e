import { describe, expect, test } from 'vitest';
import { recordOf } from '../../../services/alerting/core/alert/record.ts';
import { NO_LINKS } from '../../../services/alerting/core/alert/message.ts';
import { evaluationsOf } from '../../../services/alerting/core/partition/evaluations.ts';
import { inconclusiveOf } from '../../../services/alerting/core/partition/inconclusive.ts';
import { takeDelivery } from '../../../services/alerting/core/partition/delivered.ts';
import { apply } from '../../../services/alerting/core/partition/partition.ts';
import { refill, replan } from '../../../services/alerting/core/partition/replan.ts';
import { restore } from '../../../services/alerting/core/partition/restore.ts';
import { TRACKS_PER_RULE_MAX } from '../../../services/alerting/core/partition/take-value.ts';
import { ruleTester } from '../../../services/alerting/rule-tests.ts';
import { NOT_TRIED } from '../../../services/alerting/core/sending/delivery.ts';
import type { AlertRuleDefinition } from '../../../services/kernel/definitions.ts';
import { seriesKey } from '../../../services/kernel/series.ts';
import { aRule, at, bench, HOUR, lowSales, salesCatalog, taken } from '../../support/alerting.ts';
import type { Bench } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

const PAUSED = { paused: true } as const;
/** Keeps the metric's cells, and is well. */
const OTHER = aRule({ id: 'other', when: 'value < 1' });
const withOther = (over: Partial<AlertRuleDefinition> = {}) =>
  salesCatalog({ rules: [OTHER, aRule(over)] });
const alertIn = (one: Bench, rule = 'net-sales-low', series = '[]') =>
  [...one.state().tracks.values()].find(
    ({ alert }) => alert.rule === rule && alert.series === series,
  )?.alert;

/** @throws where there is none */
function knownIn(one: Bench) {
  const alert = alertIn(one);
  if (!alert) throw new Error('there is an alert');
  return alert;
}

/** All that is owed arrives. */
function deliver(one: Bench): void {
  for (const { alert } of one.state().tracks.values())
    for (const episode of alert.ended)
      for (const { id } of episode.messages)
        takeDelivery(
          one.state(),
          { alert: alert.id, messageId: id },
          { ...NOT_TRIED, status: 'delivered', attempts: 1 },
        );
}

describe('case 3: a rule that is paused', () => {
  test('ends what burns with that reason, and says so to everyone who was told', () => {
    const b = bench();
    b.hour(0, 900);
    expect(b.publish(lowSales(PAUSED))).toEqual(['resolved: rule_paused']);
    expect(b.alert()).toMatchObject({ machine: { condition: 'ok' }, isPaused: true });
    expect(b.alert().ended.at(-1)).toMatchObject({ outcome: 'rule_paused', endedAtMs: at(1) });
    expect(b.told()).toEqual(['firing', 'resolved']);
    const { alert } = JSON.parse(b.messages()[1]?.body ?? '').data;
    expect(alert).toMatchObject({ outcome: 'rule_paused', reason: 'rule_paused', state: 'ok' });
  });

  test('ends what lacks data and what recovers likewise', () => {
    // Of an average: a window without events has no value, where a sum is 0.
    const metrics = [aMetric({ timezone: 'UTC', aggregation: 'avg' })];
    const silent = bench(salesCatalog({ metrics }));
    silent.hour(0, 5000);
    silent.tick(2);
    expect(silent.condition()).toBe('nodata');
    const paused = salesCatalog({ metrics, rules: [aRule(PAUSED)] });
    expect(silent.publish(paused)).toEqual(['resolved: rule_paused']);
    expect(silent.told()).toEqual(['nodata', 'resolved']);
    const slow = { keepFiringMs: 9 * HOUR };
    const one = bench(lowSales(slow));
    one.hour(0, 900);
    one.hour(1, 5000);
    expect(one.condition()).toBe('recovering');
    expect(one.publish(lowSales({ ...slow, ...PAUSED }))).toEqual(['resolved: rule_paused']);
  });

  test('ends what is pending without a word', () => {
    const slow = { for: { durationMs: 9 * HOUR } };
    const b = bench(lowSales(slow));
    b.hour(0, 900);
    expect(b.condition()).toBe('pending');
    expect(b.publish(lowSales({ ...slow, ...PAUSED }))).toEqual(['cleared: rule_paused']);
    expect(b.messages()).toEqual([]);
  });

  test('judges nothing, expects nothing to be judged, and says that once', () => {
    const b = bench(withOther({ minCount: 99 }));
    b.hour(0, 900);
    expect(inconclusiveOf([knownIn(b)]).get('net-sales-low')).toBe(1);
    b.publish(withOther());
    b.hour(1, 900);
    expect(b.publish(withOther(PAUSED))).toEqual(['resolved: rule_paused']);
    expect(b.publish(withOther(PAUSED))).toEqual([]);
    for (let hour = 2; hour < 5; hour++) expect(b.hour(hour, 900)).toEqual([]);
    const seen = evaluationsOf(b.state().tracks.values(), at(99));
    expect([...seen.keys()]).toEqual(['other']);
    expect(inconclusiveOf([knownIn(b)]).has('net-sales-low')).toBe(false);
  });

  test('that is removed then ends nothing a second time, and its alerts go', () => {
    const b = bench(withOther());
    b.hour(0, 900);
    b.publish(withOther(PAUSED));
    deliver(b);
    expect(alertIn(b)).toBeDefined();
    expect(b.publish(salesCatalog({ rules: [OTHER] }))).toEqual([]);
    expect(alertIn(b)).toBeUndefined();
  });

  test('has no alerts of series of which nothing was ever told', () => {
    const b = bench(withOther());
    b.hour(0, 5000);
    expect(alertIn(b)).toBeDefined();
    b.publish(withOther(PAUSED));
    expect(alertIn(b)).toBeUndefined();
  });

  test('holds back no recovery: nothing of the log is needed for it', () => {
    const b = bench(withOther());
    b.hour(0, 900);
    b.publish(withOther(PAUSED));
    const back = restoredFrom(b);
    replan(back, taken(catalogOf(withOther(PAUSED))).plans, { paused: new Set(['net-sales-low']) });
    expect([...back.unseen]).toEqual([]);
  });

  test('is known as such from what is stored', () => {
    const b = bench(withOther());
    b.hour(0, 900);
    b.publish(withOther(PAUSED));
    const back = restoredFrom(b);
    const { plans, paused } = taken(catalogOf(withOther(PAUSED)));
    expect(replan(back, plans, { paused }).emitted).toEqual([]);
    const known = [...back.tracks.values()].find(({ alert }) => alert.rule === 'net-sales-low');
    expect(known?.alert).toMatchObject({ isPaused: true, sequence: 2 });
  });

  test('lets people comment on what was, and judge it', () => {
    const b = bench();
    b.hour(0, 900);
    b.publish(lowSales(PAUSED));
    expect(b.say(1.1, { kind: 'comment', text: 'The shop is being rebuilt.' })).toEqual([
      'commented: person:li-wei',
    ]);
    expect(b.alert().overlay.comments).toMatchObject([{ text: 'The shop is being rebuilt.' }]);
  });
});

function restoredFrom(b: Bench) {
  const { fields, documents } = b.state().takeChanges();
  const kept = <T>(all: ReadonlyMap<string, T | null>) =>
    new Map([...all].filter((one): one is [string, T] => one[1] !== null));
  const { cursor, activeFrom, logMs, awakeMs } = b.state();
  const head = { cursor, activeFrom, logMs, awakeMs };
  return restore(0, { ...head, fields: kept(fields), documents: kept(documents) });
}

describe('case 16: a rule that is paused no more begins as a new one does', () => {
  test('what is red by then fires once, and says that it was so already', () => {
    const b = bench(withOther());
    b.hour(0, 900);
    const first = alertIn(b)?.episode?.id;
    b.publish(withOther(PAUSED));
    deliver(b);
    b.hour(1, 800);
    b.hour(2, 700);
    expect(b.publish(withOther())).toEqual([]);
    expect(b.tick(3.1)).toEqual(['firing: already_breached']);
    const { episode, sequence, ended } = knownIn(b);
    expect(episode).toMatchObject({ isOld: true, breached: '700.00' });
    expect(episode?.id).not.toBe(first);
    expect(ended.map(({ outcome }) => outcome)).toEqual(['rule_paused']);
    // Readers of `alerts` go by the number: a lower one would be passed over.
    expect(sequence).toBeGreaterThan(3);
    const numbers = b.emitted
      .map((one) => recordOf(one, 0))
      .filter(({ rule }) => rule === 'net-sales-low');
    expect(numbers.map((one) => one.sequence)).toEqual(
      numbers.map((one) => one.sequence).toSorted((x, y) => x - y),
    );
    expect(b.hour(3, 900)).toEqual([]);
  });

  test('what is well by then says nothing, and windows of the pause count for nothing', () => {
    const of = { for: { breaches: 2, of: 3 } };
    const b = bench(withOther(of));
    b.hour(0, 5000);
    b.publish(withOther({ ...of, ...PAUSED }));
    b.hour(1, 900);
    b.hour(2, 900);
    b.hour(3, 5000);
    expect(b.publish(withOther(of))).toEqual([]);
    b.tick(4.1);
    b.hour(4, 900);
    expect(alertIn(b)?.machine.condition).toBe('pending');
  });

  test('where nobody read its metric meanwhile, cells are read again first, and then it fires at once', () => {
    const b = bench();
    b.hour(0, 900);
    b.publish(lowSales(PAUSED));
    deliver(b);
    expect(b.hour(1, 800)).toEqual([]);
    const { plans } = taken(catalogOf(salesCatalog()));
    const { refillFromMs } = replan(b.state(), plans);
    expect(refillFromMs).not.toBeNull();
    refill(b.state(), 0);
    const again = b.log.flatMap((record) => apply(b.state(), record, NO_LINKS));
    expect(again).toEqual([]);
    expect(b.tick(2.1)).toEqual(['firing: already_breached']);
    expect(b.alert()).toMatchObject({ episode: { breached: '800.00', isOld: true } });
  });

  test('a series that was told of is watched again, though it fell silent meanwhile', () => {
    const metrics = [
      aMetric({
        timezone: 'UTC',
        aggregation: 'avg',
        dimensions: { store: 'data.store' },
        breakdowns: [['store']],
      }),
    ];
    const rule = aRule({ by: ['store'] });
    const other = aRule({ ...OTHER, by: ['store'], noData: 'ok' });
    const of = (over: Partial<AlertRuleDefinition> = {}) =>
      salesCatalog({ metrics, rules: [{ ...rule, ...over }, other] });
    const store = seriesKey(['store'], ['S1']);
    const b = bench(of());
    b.value(0, 900, { series: store, value: '900.00' });
    b.tick(1);
    b.publish(of(PAUSED));
    deliver(b);
    b.tick(2000);
    b.publish(of());
    expect(b.tick(2001)).toEqual(['nodata: absent']);
    expect(alertIn(b, 'net-sales-low', store)?.machine.condition).toBe('nodata');
  });

  test('it may have become another meanwhile: that is the one that begins', () => {
    const b = bench(withOther());
    b.hour(0, 900);
    b.publish(withOther(PAUSED));
    const changed = { version: 'r2', when: 'value < 500', severity: 'warning' } as const;
    expect(b.publish(withOther(changed))).toEqual([]);
    expect(b.tick(1.1)).toEqual([]);
    expect(alertIn(b)).toMatchObject({ ruleVersion: 'r2', severity: 'warning' });
    expect(b.hour(1, 400)).toEqual(['firing: breach']);
  });

  test('a pause that nobody saw has not been', () => {
    const b = bench();
    b.hour(0, 900);
    expect(b.publish(lowSales())).toEqual([]);
    expect(b.condition()).toBe('firing');
  });
});

test('a graver rule that is paused inhibits no more: those who were not told are told at once', () => {
  const grave = aRule({ id: 'gone', when: 'value < 100' });
  const low = aRule({ id: 'low', severity: 'warning' });
  const b = bench(salesCatalog({ rules: [grave, low] }));
  b.hour(0, 50);
  expect(alertIn(b, 'low')?.episode?.overlay.mutedBy).toBe('inhibited by gone');
  const rules = [{ ...grave, ...PAUSED }, low];
  expect(b.publish(salesCatalog({ rules }))).toEqual(['resolved: rule_paused']);
  expect(b.clock(1.1)).toEqual(['unmuted: inhibited by gone']);
});

test('a rule that is paused is tested over history as any other', async () => {
  const cell = {
    series: '[]',
    start: at(0),
    end: at(1),
    accumulators: { contributions: 1, sum: 90_000 },
    value: '900.00',
    state: 'final',
    revision: 0,
  } as const;
  const history = {
    head: async () => ({ watermarkMs: at(2), series: ['[]'] }),
    cells: async () => [cell],
  };
  const catalog = () => catalogOf(lowSales(PAUSED));
  const tester = ruleTester({ catalog, history, now: () => at(2) });
  const plan = tester.plan({ rule: 'net-sales-low' });
  if (!plan.ok) throw new Error(plan.error.detail);
  const asked = { plan: plan.value, fromMs: at(0), toMs: at(1) };
  expect(await tester.test(asked, () => undefined)).toMatchObject({ episodes: 1 });
});

test('a rule that is paused is not said to watch only a part of its series', () => {
  const b = bench();
  b.hour(0, 900);
  b.state().refuse('net-sales-low');
  b.publish(lowSales(PAUSED));
  expect([...b.state().refusedRules]).toEqual([]);
});

test('what is told of a rule’s cap ends with its pause, and begins again with the rule', () => {
  const metrics = [
    aMetric({ timezone: 'UTC', dimensions: { store: 'data.store' }, breakdowns: [['store']] }),
  ];
  const rule = aRule({ by: ['store'] });
  const b = bench(salesCatalog({ metrics, rules: [rule] }));
  for (let n = 0; n <= TRACKS_PER_RULE_MAX; n++)
    b.value(0, 5000, { series: seriesKey(['store'], [`S${n}`]) });
  expect(alertIn(b, 'rule-degraded', '["rule","net-sales-low"]')?.episode).not.toBeNull();
  const paused = salesCatalog({ metrics, rules: [{ ...rule, ...PAUSED }] });
  expect(b.publish(paused)).toEqual(['resolved: rule_paused']);
  expect(b.state().refusedRules.size).toBe(0);
  expect(b.state().tracksOf('net-sales-low').all.size).toBe(0);
});
