import { expect, test } from 'vitest';
import { fingerprint } from '../../../services/kernel/alert.ts';
import { apply } from '../../../services/alerting/core/partition/partition.ts';
import { TRACKS_PER_RULE_MAX } from '../../../services/alerting/core/partition/take-value.ts';
import { NO_LINKS } from '../../../services/alerting/core/alert/message.ts';
import { restore } from '../../../services/alerting/core/partition/restore.ts';
import { replan } from '../../../services/alerting/core/partition/replan.ts';
import { aRule, at, bench, HOUR, lowSales, plansOf, salesCatalog } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

/**
 * Corner cases of the machine by their numbers. Cases 7 to 11 and 16 are in overlay.test.ts; absence, late data and rule
 * edits in all their forms in the folder partition.
 */
const byStore = salesCatalog({
  metrics: [
    aMetric({ timezone: 'UTC', dimensions: { store: 'data.store' }, breakdowns: [['store']] }),
  ],
  rules: [aRule({ by: ['store'] })],
});

test('case 1: `for` and keep-firing ripen by the event time of closed windows, not by the clock of the log', () => {
  const b = bench(
    lowSales({ for: { durationMs: 2 * HOUR }, keepFiringMs: 2 * HOUR, noData: 'keepLast' }),
  );
  b.hour(0, 900);
  for (let hour = 1; hour < 8; hour++) expect(b.clock(hour)).toEqual([]);
  expect(b.condition()).toBe('pending');
  b.hour(1, 900);
  expect(b.hour(2, 900)).toEqual(['firing: breach']);
  b.hour(3, 5000);
  for (let hour = 9; hour < 15; hour++) expect(b.clock(hour)).toEqual([]);
  expect(b.condition()).toBe('recovering');
});

test('case 2: a revision that clears the verdict is one correction with both values; a past breach pages nobody', () => {
  const b = bench();
  b.hour(0, 900);
  b.value(0, 1500, { state: 'revised', revision: 1 });
  expect(b.told()).toEqual(['firing', 'corrected']);
  expect(b.alert().ended.at(-1)?.outcome).toBe('retracted');
  const { data } = JSON.parse(b.messages()[1]?.body ?? '');
  expect([data.breached, data.value, data.window.revision]).toEqual(['900.00', '1500.00', 1]);
  b.hour(1, 5000);
  expect(b.value(0, 800, { state: 'revised', revision: 2 })).toEqual(['revised: clear_to_breach']);
  expect(b.told()).toEqual(['firing', 'corrected']);
});

test('case 3: a changed threshold ends the episode with the true reason; a changed `for` alone demotes nothing', () => {
  const b = bench();
  b.hour(0, 900);
  b.publish(lowSales({ version: 'r2', when: 'value < 950' }));
  expect(b.alert().ended.at(-1)?.outcome).toBe('rule_changed');
  expect(JSON.parse(b.messages().at(-1)?.body ?? '').data.alert.outcome).toBe('rule_changed');
  const quiet = bench();
  quiet.hour(0, 900);
  expect(quiet.publish(lowSales({ name: { en: 'Other words' }, runbook: 'https://x' }))).toEqual(
    [],
  );
  expect(quiet.publish(lowSales({ for: { durationMs: 9 * HOUR } }))).toEqual([]);
  expect(quiet.hour(1, 900)).toEqual([]);
  expect(quiet.condition()).toBe('firing');
  expect(quiet.told()).toEqual(['firing']);
});

test('case 4: an alert is named by rule and labels alone; a second telling in an episode is another message', () => {
  expect(fingerprint('r', '["a","1","b","2"]')).toBe(fingerprint('r', '["b","2","a","1"]'));
  const b = bench(lowSales({ severity: 'warning' }));
  b.hour(0, 900);
  const { id } = b.alert();
  b.publish(lowSales({ severity: 'critical' }));
  expect(b.alert().id).toBe(id);
  const ids = b.messages().map((message) => message.id);
  expect(new Set(ids).size).toBe(2);
});

test('case 5: beyond the cap new series are not watched, and those that are known go on', () => {
  const b = bench(byStore);
  const store = (number: number) => JSON.stringify(['store', `S${number}`]);
  b.value(0, 900, { series: store(0) });
  for (let number = 1; number <= TRACKS_PER_RULE_MAX; number++)
    b.value(0, 5000, { series: store(number) });
  expect(b.state().tracksOf('net-sales-low').all.size).toBe(TRACKS_PER_RULE_MAX);
  expect([...b.state().refusedRules]).toEqual(['net-sales-low']);
  expect(b.tick(1)).toEqual(['firing: breach']);
});

test('case 6: state, what is owed and what people said come back from one commit, and go on by the log', () => {
  const b = bench(lowSales({ notify: { repeatMs: [HOUR] } }));
  b.hour(0, 900);
  b.say(1.1, { kind: 'acknowledge', until: at(3) });
  const matchers = [{ name: 'rule', op: '=', value: 'another' }] as const;
  const silence = { kind: 'silence', matchers, startsAt: at(1), endsAt: at(9) } as const;
  b.say(1.2, { kind: 'silence', silence });
  const { fields, documents } = b.state().takeChanges();
  const kept = <T>(all: ReadonlyMap<string, T | null>) =>
    new Map([...all].filter((one): one is [string, T] => one[1] !== null));
  const { cursor, activeFrom, logMs, awakeMs } = b.state();
  const head = { cursor, activeFrom, logMs, awakeMs };
  const back = restore(0, { ...head, fields: kept(fields), documents: kept(documents) });
  replan(back, plansOf(catalogOf(lowSales({ notify: { repeatMs: [HOUR] } }))));
  expect(back.commandsNext).toBe(b.state().commandsNext);
  expect([...back.silences.values()]).toEqual([...b.state().silences.values()]);
  const clock = { kind: 'clock', watermark: at(3), at: at(3), commands: 2 } as const;
  const record = { offset: back.cursor, appendMs: at(3), update: clock };
  const news = apply(back, record, NO_LINKS).map(({ transition }) => transition.kind);
  expect(news).toEqual(['unacknowledged', 'repeated']);
});

test('case 6: a state of before there were commands is taken up as it is', () => {
  const b = bench();
  b.hour(0, 900);
  const { fields, documents } = b.state().takeChanges();
  const earlier = [...documents].map(([id, text]): [string, string] => {
    const { overlay: _, bornMs: __, ...state } = JSON.parse(text ?? '');
    const {
      overlay: ___,
      escalation: ____,
      isOld,
      toldAs,
      route,
      messages,
      ...episode
    } = state.episode;
    const { recipients: _____, escalation: ______, ...plainRoute } = route;
    const plain = messages.map(
      ({
        to: _______,
        locale: ________,
        timezone: _________,
        ...message
      }: {
        [name: string]: unknown;
      }) => message,
    );
    expect([isOld, toldAs]).toEqual([false, 'firing']);
    return [
      id,
      JSON.stringify({ ...state, episode: { ...episode, route: plainRoute, messages: plain } }),
    ];
  });
  const present = new Map([...fields].filter((one): one is [string, string] => one[1] !== null));
  const { cursor, activeFrom, logMs, awakeMs } = b.state();
  const head = { cursor, activeFrom, logMs, awakeMs };
  const back = restore(0, {
    ...head,
    fields: present,
    documents: new Map(earlier),
  });
  replan(back, plansOf(catalogOf(salesCatalog())));
  const [track] = back.tracks.values();
  expect(track?.alert.episode).toMatchObject({
    toldAs: 'firing',
    route: { recipients: [{ receiver: 'ops-hook', to: null, locale: 'en' }] },
    overlay: { ack: null },
  });
});
