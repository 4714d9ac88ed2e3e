import { expect, test } from 'vitest';
import type { AlertState } from '../../../services/alerting/core/alert/episode.ts';
import { NO_LINKS } from '../../../services/alerting/core/alert/message.ts';
import { apply } from '../../../services/alerting/core/partition/partition.ts';
import { PartitionState } from '../../../services/alerting/core/partition/partition-state.ts';
import { restore } from '../../../services/alerting/core/partition/restore.ts';
import { replan } from '../../../services/alerting/core/partition/replan.ts';
import { SourceWatch } from '../../../services/alerting/core/partition/source-watch.ts';
import { takeUpBuiltIns } from '../../../services/alerting/core/partition/watch-itself.ts';
import type { EventTypeDefinition } from '../../../services/kernel/definitions.ts';
import { aReceiver, aRule, at, bench, HOUR, salesCatalog, T0 } from '../../support/alerting.ts';
import type { Bench } from '../../support/alerting.ts';
import { anEventType } from '../../support/metrics.ts';
import type { Definitions } from '../../support/platform.ts';

const MINUTE = 60_000;
const EVENTS = 'com.example.sales.order-booked';
const source = (over: Partial<EventTypeDefinition> = {}) =>
  anEventType({ idleTimeoutMs: 15 * MINUTE, owner: 'team:erp', ...over });
const definitions = (over: Definitions = {}): Definitions =>
  salesCatalog({
    eventTypes: [source()],
    teams: [
      { id: 'sales', name: { en: 'S' }, members: [], timezone: 'UTC', receivers: ['ops-hook'] },
      { id: 'erp', name: { en: 'E' }, members: [], timezone: 'UTC', receivers: ['erp-hook'] },
    ],
    receivers: [aReceiver(), aReceiver({ id: 'erp-hook' })],
    ...over,
  });

/** Ticks each 20 s up to a minute after T0: heartbeats move the watermark on unless told otherwise; `events` were read by then. */
function until(
  one: Bench,
  minute: number,
  of: { events: number; from: number; watermark?: number },
) {
  const said: string[] = [];
  for (let second = of.from * 60; second <= minute * 60; second += 20) {
    const hour = second / 3600;
    const watermark = of.watermark === undefined ? at(hour) : at(of.watermark / 60);
    const sources = [{ eventType: EVENTS, watermark, events: of.events }];
    said.push(...one.tick(hour, { watermark, sources, at: at(hour) }), ...one.clock(hour));
  }
  return said;
}
const alertOf = (one: Bench, rule: string): AlertState | undefined =>
  [...one.state().tracks.values()].find(({ alert }) => alert.rule === rule)?.alert;
const toldTo = (one: Bench) => one.messages().map(({ kind, receiver }) => `${kind} ${receiver}`);

test('conformance 6: a source that is silent is told to its owner, and its metrics fall no verdict', () => {
  const one = bench(definitions());
  one.value(0, 5000);
  until(one, 5, { from: 0, events: 10 });
  // The next hour has nothing: value 0 would be a breach.
  expect(until(one, 125, { from: 6, events: 10 })).toEqual(['firing: breach']);
  expect(alertOf(one, 'source-silent')).toMatchObject({
    machine: { condition: 'firing' },
    series: `["source","${EVENTS}"]`,
    episode: { startedAtMs: expect.any(Number) as number },
  });
  expect(alertOf(one, 'net-sales-low')).toMatchObject({
    machine: { condition: 'ok' },
    last: { verdict: 'inconclusive', lacking: [EVENTS] },
  });
  expect(toldTo(one)).toEqual(['firing erp-hook']);
  expect(JSON.parse(one.messages()[0]?.body ?? '')).toMatchObject({
    type: 'alert.firing',
    data: {
      alert: { rule: 'source-silent', severity: 'critical' },
      metric: { id: EVENTS, unit: 's' },
      labels: { source: EVENTS },
      condition: 'silence >= 900',
      value: '900',
      threshold: '900',
      owner: { accountable: 'team:erp' },
      evidence: { lacking: [EVENTS], completeness: 0 },
    },
  });
});

test('case 1: a source that stands still ripens no pending alert and says nothing of its metric', () => {
  const rules = [aRule({ for: { durationMs: 2 * HOUR } })];
  const one = bench(definitions({ rules }));
  let events = 10;
  one.value(0, 10);
  for (let minute = 1; minute <= 60; minute++)
    until(one, minute, { from: minute - 2 / 3, events: events++ });
  one.value(1, 10);
  // Events are read, but the watermark stands at an hour and five minutes.
  const said: string[] = [];
  for (let minute = 61; minute < 240; minute++)
    said.push(...until(one, minute, { from: minute - 2 / 3, events: events++, watermark: 65 }));
  expect(said.filter((line) => !line.startsWith('pending'))).toEqual(['firing: breach']);
  expect(alertOf(one, 'net-sales-low')?.machine.condition).toBe('pending');
  expect(toldTo(one)).toEqual(['firing erp-hook']);
});

test('when the source comes back its alert resolves, and what it brings late is judged', () => {
  const one = bench(definitions());
  one.value(0, 5000);
  until(one, 5, { from: 0, events: 10 });
  until(one, 130, { from: 6, events: 10 });
  one.value(1, 100, { state: 'closed', watermark: at(2) });
  const said = until(one, 131, { from: 130.5, events: 25 });
  expect(said).toContain('resolved: recovered');
  expect(alertOf(one, 'source-silent')?.machine.condition).toBe('ok');
  // The hour was held; now that its events are here, a value of it is judged like any late one.
  one.value(1, 90, {
    state: 'revised',
    revision: 1,
    watermark: at(2.2),
    accumulators: { contributions: 11, sum: 9000 },
  });
  expect(alertOf(one, 'net-sales-low')?.machine.condition).toBe('firing');
  expect(toldTo(one)).toEqual(['firing erp-hook', 'resolved erp-hook', 'firing ops-hook']);
});

test('windows from before the silence are judged as ever', () => {
  const one = bench(definitions({ rules: [aRule({ window: { kind: 'grain', grain: 'hour' } })] }));
  one.value(0, 100);
  until(one, 65, { from: 0, events: 10 });
  expect(alertOf(one, 'net-sales-low')?.last).toMatchObject({ verdict: 'inconclusive' });
  const before = bench(definitions());
  before.value(0, 100);
  for (let minute = 1; minute < 59; minute++)
    until(before, minute, { from: minute - 2 / 3, events: minute });
  until(before, 61, { from: 58.5, events: 60 });
  until(before, 180, { from: 61.5, events: 60 });
  expect(alertOf(before, 'net-sales-low')?.machine.condition).toBe('firing');
});

test('without an idle time-out nothing is held: a window without events is what it is', () => {
  const one = bench(definitions({ eventTypes: [anEventType()] }));
  one.value(0, 5000);
  until(one, 125, { from: 0, events: 10 });
  expect(alertOf(one, 'source-silent')).toBeUndefined();
  expect(alertOf(one, 'net-sales-low')?.machine.condition).toBe('firing');
});

test('silence while nobody counts is not the source’s', () => {
  const one = bench(definitions());
  one.value(0, 5000);
  until(one, 5, { from: 0, events: 10 });
  // The aggregator is away for two hours, then goes on.
  until(one, 126, { from: 120, events: 10 });
  expect(alertOf(one, 'source-silent')).toBeUndefined();
});

test('an idle time-out that is taken away ends the alert, and the source’s owner is told why', () => {
  const one = bench(definitions());
  one.value(0, 5000);
  until(one, 30, { from: 0, events: 10 });
  expect(alertOf(one, 'source-silent')?.machine.condition).toBe('firing');
  const { idleTimeoutMs: _, ...without } = source();
  expect(one.publish(definitions({ eventTypes: [without] }))).toEqual(['resolved: rule_removed']);
});

test('only one partition speaks, all hold their breath', () => {
  const one = bench(definitions());
  one.value(0, 5000);
  until(one, 125, { from: 0, events: 10 });
  const other = new PartitionState(3, { cursor: 0, activeFrom: 0, logMs: 0, awakeMs: 0 });
  takeUpBuiltIns(other, one.state().builtIns);
  const plans = [...one.state().plansOf('net-sales@v1')];
  replan(other, plans);
  for (const record of one.log) apply(other, record, NO_LINKS);
  expect([...other.tracks.values()].map(({ alert }) => [alert.rule, alert.last?.lacking])).toEqual([
    ['net-sales-low', [EVENTS]],
  ]);
});

test('a watch that was stored and read back says the same', () => {
  const one = bench(definitions());
  one.value(0, 5000);
  until(one, 40, { from: 0, events: 10 });
  const state = one.state();
  const { fields, documents } = state.takeChanges();
  const kept = (all: ReadonlyMap<string, string | null>) =>
    new Map([...all].filter((entry): entry is [string, string] => entry[1] !== null));
  const again = restore(0, {
    cursor: state.cursor,
    activeFrom: 0,
    logMs: state.logMs,
    awakeMs: state.awakeMs,
    fields: kept(fields),
    documents: kept(documents),
  });
  expect(again.sources.silence(EVENTS)).toEqual(state.sources.silence(EVENTS));
  expect(again.sources.silence(EVENTS)?.reason).toBe('no_events');
});

test('a source is silent only while no metric that reads it reads an event', () => {
  const changed: string[] = [];
  const watch = new SourceWatch((field) => changed.push(field));
  const see = (metric: string, second: number, events: number) =>
    watch.observe(
      { eventType: 'e', events, watermark: second * 1000 },
      { metric, appendMs: T0 + second * 1000, idleMs: MINUTE },
    );
  for (let second = 0; second <= 100; second += 10) {
    see('parked@1', second, 5);
    see('live@1', second, second);
  }
  expect(watch.silence('e')).toBeUndefined();
  for (let second = 110; second <= 160; second += 10) see('live@1', second, 100);
  expect(watch.silence('e')).toEqual({
    sinceMs: T0 + 100_000,
    reason: 'no_events',
    watermarkMs: 160_000,
    completeMs: 100_000,
  });
  // A metric that is new, or counts anew after a rebuild, brings no event; one more event does.
  see('new@1', 165, 500);
  see('live@1', 170, 40);
  expect(watch.silence('e')).toBeDefined();
  // Nobody knows more for a while; a silence that was seen goes on.
  see('live@1', 400, 40);
  expect(watch.silence('e')?.sinceMs).toBe(T0 + 100_000);
  see('live@1', 410, 41);
  expect(watch.silence('e')).toBeUndefined();
  expect(watch.isHeard('e')).toBe(true);
  // What is read again from before changes nothing.
  see('live@1', 300, 12);
  expect(watch.silence('e')).toBeUndefined();
  expect(new Set(changed)).toEqual(new Set(['u|e']));
  watch.keep(new Map());
  expect(watch.isHeard('e')).toBe(false);
});
