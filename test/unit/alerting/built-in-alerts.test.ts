import { expect, test } from 'vitest';
import type { AlertState } from '../../../services/alerting/core/alert/episode.ts';
import { alertText } from '../../../services/alerting/core/words/text.ts';
import { leased } from '../../../services/alerting/core/partition/lease.ts';
import { noteDelivery, owedOf } from '../../../services/alerting/core/alert/lifecycle.ts';
import { alertmanagerChannel } from '../../../services/alerting/adapters/channels/alertmanager.ts';
import { isReadFor } from '../../../services/alerting/recovery.ts';
import { isBeat } from '../../../services/alerting/core/partition/beat.ts';
import { createMessenger } from '../../../services/alerting/messenger.ts';
import { TRACKS_PER_RULE_MAX } from '../../../services/alerting/core/partition/take-value.ts';
import { secretsFrom } from '../../../services/platform/webhook/secret.ts';
import { seriesKey } from '../../../services/kernel/series.ts';
import { ANY_VARIABLE, aReceiver, aRule, at, bench, salesCatalog } from '../../support/alerting.ts';
import type { Bench } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import type { Definitions } from '../../support/platform.ts';

const alertOf = (one: Bench, rule: string): AlertState | undefined =>
  [...one.state().tracks.values()].find(({ alert }) => alert.rule === rule)?.alert;

const watched = (over: Definitions = {}): Definitions =>
  salesCatalog({
    receivers: [aReceiver(), aReceiver({ id: 'dead-man' })],
    settings: { watchdog: { receiver: 'dead-man', everyMs: 60_000 } },
    ...over,
  });
const second = (n: number) => n / 3600;

test('case 14: the watchdog fires with the first tick and is said again each minute, in one episode', () => {
  const one = bench(watched());
  for (let n = 10; n <= 180; n += 10) one.tick(second(n));
  const beats = one.messages();
  expect(beats.map(({ kind, receiver }) => `${kind} ${receiver}`)).toEqual([
    'firing dead-man',
    'repeated dead-man',
    'repeated dead-man',
    'repeated dead-man',
  ]);
  expect(beats.every(isBeat)).toBe(true);
  expect(new Set(beats.map(({ id }) => id)).size).toBe(4);
  expect(new Set(beats.map(({ body }) => bodyOf(body).data.alert.episode)).size).toBe(1);
  expect(bodyOf(beats[3]?.body)).toMatchObject({
    type: 'alert.repeated',
    data: { alert: { rule: 'watchdog', severity: 'info', state: 'firing' } },
  });
});
const bodyOf = (text = '{}') => JSON.parse(text) as { data: { alert: { episode: string } } };

test('the watchdog lives by evaluation: clocks alone, where no tick is read, keep it silent', () => {
  const one = bench(watched());
  one.tick(second(10));
  const before = one.messages().length;
  for (let n = 20; n <= 600; n += 10) one.clock(second(n));
  expect(one.messages()).toHaveLength(before);
});

test('the watchdog forgets what was delivered, so it does not grow', () => {
  const one = bench(watched());
  for (let minute = 1; minute <= 100; minute++) {
    one.tick(minute / 60);
    const track = [...one.state().tracks.values()].find(({ alert }) => alert.rule === 'watchdog');
    for (const { message } of track ? owedOf(track.alert) : []) {
      const delivery = {
        status: 'delivered',
        attempts: 1,
        firstAttemptMs: 0,
        nextAttemptMs: 0,
        detail: '',
      } as const;
      if (track)
        one
          .state()
          .setAlert(
            track,
            noteDelivery(track.alert, { messageId: message.id, delivery, logMs: at(minute / 60) })
              .state,
          );
    }
  }
  expect(alertOf(one, 'watchdog')?.episode?.repeats).toBe(100);
  expect(alertOf(one, 'watchdog')?.episode?.messages).toHaveLength(2);
});

test('the watchdog is muted by nothing, and ends when it is no longer wanted', () => {
  const one = bench(watched());
  one.tick(second(10));
  one.say(second(20), {
    kind: 'silence',
    silence: {
      kind: 'silence',
      matchers: [{ name: 'severity', op: '=', value: 'info' }],
      startsAt: at(0),
      endsAt: at(5),
    },
  });
  const before = one.messages().length;
  one.tick(second(90));
  expect(one.messages()).toHaveLength(before + 1);
  expect(
    one.publish(salesCatalog({ receivers: [aReceiver(), aReceiver({ id: 'dead-man' })] })),
  ).toEqual(['resolved: rule_removed']);
  one.tick(second(300));
  expect(one.messages()).toHaveLength(before + 2);
});

test('another receiver of the watchdog is another run of it', () => {
  const one = bench(watched());
  one.tick(second(10));
  const settings = { watchdog: { receiver: 'ops-hook', everyMs: 60_000 } };
  expect(one.publish(watched({ settings }))).toEqual(['resolved: rule_changed']);
  one.tick(second(80));
  expect(one.messages().map(({ kind, receiver }) => `${kind} ${receiver}`)).toEqual([
    'firing dead-man',
    'resolved dead-man',
    'firing ops-hook',
  ]);
});

test('a beat that was not heard is not tried again: the next one is', async () => {
  const kinds = ['retryable', 'refused', 'delivered', 'gone'] as const;
  const verdicts = kinds.map(async (kind) => {
    const send = createMessenger({ webhook: async () => ({ kind, detail: 'x' }) }, () =>
      aReceiver(),
    );
    const message = {
      receiver: 'r',
      kind: 'firing',
      body: '',
      to: null,
      locale: 'en',
      timezone: 'UTC',
      decidedAtMs: 0,
      shownAtMs: 0,
    } as const;
    return [
      (await send({ ...message, id: 'beat_1' })).kind,
      (await send({ ...message, id: 'msg_1' })).kind,
    ];
  });
  expect(await Promise.all(verdicts)).toEqual([
    ['permanent', 'retryable'],
    ['permanent', 'refused'],
    ['delivered', 'delivered'],
    ['gone', 'gone'],
  ]);
});

test('ticks of metrics that no rule reads are read where the watchdog lives by them', () => {
  const one = bench(watched());
  expect(isReadFor(one.state(), Buffer.from('other '))).toBe(true);
  expect(isReadFor(one.state(), Buffer.from('other ["a","b"]'))).toBe(false);
  expect(isReadFor(bench().state(), Buffer.from('other '))).toBe(false);
});

test('conformance 15, case 5: beyond the cap alerts that there are go on, new ones are refused, the metric’s owner is told once', () => {
  const store = (n: number): string => seriesKey(['store'], [`S${n}`]);
  const metrics = [
    aMetric({ timezone: 'UTC', breakdowns: [['store']], dimensions: { store: 'data.s' } }),
  ];
  const one = bench(salesCatalog({ metrics, rules: [aRule({ by: ['store'] })] }));
  one.value(0, 10, { series: store(0) });
  expect(one.tick(1)).toEqual(['firing: breach']);
  for (let n = 1; n < TRACKS_PER_RULE_MAX; n++) one.value(1, 5000, { series: store(n) });
  expect(alertOf(one, 'rule-degraded')).toBeUndefined();
  const notices = Array.from({ length: 500 }, (_, n) =>
    one.value(1, 10, { series: store(TRACKS_PER_RULE_MAX + n) }),
  ).flat();
  expect(notices).toEqual(['firing: breach']);
  expect([...one.state().refusedRules]).toEqual(['net-sales-low']);
  expect(alertOf(one, 'rule-degraded')).toMatchObject({
    severity: 'warning',
    series: '["rule","net-sales-low"]',
    episode: { route: { accountable: 'team:sales' } },
  });
  expect(one.state().tracksOf('net-sales-low').all.size).toBe(TRACKS_PER_RULE_MAX);
  // The alert that burnt before resolves as ever; another rule does not know of it.
  one.value(1, 5000, { series: store(0) });
  expect(one.tick(2)).toEqual(['resolved: recovered']);
  // Another version of the rule begins anew and finds as many, and another rule finds them too: both say so.
  const changed = aRule({ by: ['store'], version: 'r2', when: 'value < 1' });
  const second = aRule({ id: 'second', by: ['store'], when: 'value < 1' });
  expect(one.publish(salesCatalog({ metrics, rules: [changed, second] }))).toContain(
    'resolved: rule_changed',
  );
  expect([...one.state().refusedRules]).toEqual(['net-sales-low', 'second']);
  for (const rule of ['net-sales-low', 'second'])
    expect(one.state().tracksOf(rule).all.size).toBe(TRACKS_PER_RULE_MAX);
  expect(one.clock(2.1)).toEqual(['firing: breach', 'firing: breach']);
});

test('what was refused is known again after a loss of all state: its owner is not told twice', () => {
  const store = (n: number): string => seriesKey(['store'], [`S${n}`]);
  const metrics = [
    aMetric({ timezone: 'UTC', breakdowns: [['store']], dimensions: { store: 'data.s' } }),
  ];
  const definitions = salesCatalog({ metrics, rules: [aRule({ by: ['store'] })] });
  const one = bench(definitions);
  for (let n = 0; n <= TRACKS_PER_RULE_MAX; n++) one.value(0, 5000, { series: store(n) });
  const told = alertOf(one, 'rule-degraded');
  if (!told) throw new Error('it was told');
  const after = bench(definitions);
  const at0 = { plan: undefined, nextStartMs: null, resumeAt: 0, isDormant: false };
  after.state().addTrack({ ...at0, alert: told });
  expect(after.publish(definitions)).toEqual([]);
  expect([...after.state().refusedRules]).toEqual(['net-sales-low']);
  expect(after.tick(1)).toEqual([]);
  const other = salesCatalog({ metrics, rules: [aRule({ by: ['store'], version: 'r2' })] });
  expect(after.publish(other)).toEqual(['resolved: rule_changed']);
  expect([...after.state().refusedRules]).toEqual([]);
});

test('a receiver that is told nothing is told of by others, until it is told again', () => {
  const one = bench(
    salesCatalog({
      people: [
        {
          id: 'anna',
          name: { en: 'Anna' },
          locale: 'zh',
          timezone: 'UTC',
          receivers: ['ops-hook', 'anna-mail'],
        },
      ],
      receivers: [
        aReceiver({ name: { en: 'Shop floor', zh: '门店群' } }),
        ...['anna-mail', 'room'].map((id) => aReceiver({ id })),
      ],
      teams: [
        { id: 'ops', name: { en: 'Ops' }, members: [], timezone: 'UTC', receivers: ['room'] },
      ],
      settings: { fallbackTeam: 'team:ops' },
    }),
  );
  const of = { target: 'receiver:ops-hook', by: 'tidemark' };
  expect(one.say(1, { kind: 'reachable', ...of })).toEqual([]);
  expect(one.say(1.1, { kind: 'unreachable', ...of })).toEqual(['firing: breach']);
  expect(one.say(1.2, { kind: 'unreachable', ...of })).toEqual([]);
  expect(one.say(1.3, { kind: 'unreachable', target: 'receiver:gone' })).toEqual([]);
  expect(one.say(1.4, { kind: 'reachable', ...of })).toEqual(['resolved: recovered']);
  expect(one.say(1.5, { kind: 'unreachable', ...of })).toEqual(['firing: breach']);
  expect(one.messages().map(({ kind, receiver, to }) => [kind, receiver, to])).toEqual(
    ['firing', 'resolved', 'firing'].flatMap((kind) => [
      [kind, 'anna-mail', 'person:anna'],
      [kind, 'room', 'team:ops'],
    ]),
  );
  expect(alertText(one.messages()[1]?.body ?? '', { locale: 'en', timezone: 'UTC' }).title).toBe(
    'Warning · firing: Messages given up at receiver Shop floor (Receiver: ops-hook) 1',
  );
  expect(one.publish(salesCatalog({ receivers: [] }))).toContain('resolved: rule_removed');
});

test('a beat burns with an Alertmanager for three beats, and no timer tells it again', async () => {
  const one = bench(watched());
  one.tick(second(10));
  const [message] = one.messages();
  if (!message) throw new Error('a beat was told');
  const posted: { endsAt: string }[][] = [];
  const now = () => at(1);
  const client = {
    post: async ({ body }: { body: string }) => {
      posted.push(JSON.parse(body) as { endsAt: string }[]);
      return { kind: 'answer', status: 200, headers: {}, body: '' } as const;
    },
  };
  const channel = alertmanagerChannel({
    client: client as never,
    secrets: secretsFrom({}, ANY_VARIABLE),
    now,
  });
  await channel(message, { id: 'dead-man', type: 'alertmanager', url: 'https://am.example' });
  expect(Date.parse(posted[0]?.[0]?.endsAt ?? '')).toBe(at(1) + 3 * 60_000);
  const track = [...one.state().tracks.values()].find(({ alert }) => alert.rule === 'watchdog');
  const delivery = {
    status: 'delivered',
    attempts: 1,
    firstAttemptMs: 0,
    nextAttemptMs: 0,
    detail: '',
  } as const;
  if (!track) throw new Error('the watchdog fires');
  const noted = noteDelivery(track.alert, { messageId: message.id, delivery, logMs: at(1) });
  expect([...leased([noted.state], () => true, at(1))]).toEqual([]);
});
