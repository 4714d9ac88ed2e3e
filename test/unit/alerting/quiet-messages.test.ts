import { describe, expect, test } from 'vitest';
import { alertText } from '../../../services/alerting/core/words/text.ts';
import { owedOf } from '../../../services/alerting/core/alert/lifecycle.ts';
import type {
  PersonDefinition,
  SubscriptionDefinition,
  TeamDefinition,
} from '../../../services/kernel/definitions.ts';
import { aReceiver, aRule, bench, salesCatalog, T0 } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';

/** T0 is 22:00 in UTC, so hour 9 is 07:00. */
const NIGHT = [{ from: '22:00', to: '07:00' }];
const person = (id: string, over: Partial<PersonDefinition> = {}): PersonDefinition => ({
  id,
  name: { en: id },
  locale: 'en',
  timezone: 'UTC',
  receivers: [`${id}-hook`],
  ...over,
});
type Bench = ReturnType<typeof bench>;
const owed = (b: Bench) =>
  owedOf(b.alert()).map(({ message }) => `${message.kind} ${message.receiver}`);
const start = (
  over: {
    rule?: Parameters<typeof aRule>[0];
    people?: readonly PersonDefinition[];
    teams?: readonly TeamDefinition[];
    subscriptions?: readonly SubscriptionDefinition[];
  } = {},
) =>
  bench(
    salesCatalog({
      metrics: [aMetric({ timezone: 'UTC', owner: 'person:anna' })],
      rules: [aRule({ severity: 'warning', ...over.rule })],
      people: over.people ?? [person('anna', { quietHours: NIGHT }), person('bo')],
      receivers: ['anna-hook', 'bo-hook', 'room'].map((id) => aReceiver({ id })),
      ...(over.teams ? { teams: over.teams } : {}),
      ...(over.subscriptions ? { subscriptions: over.subscriptions } : {}),
    }),
  );

test('T0 is at night', () => {
  expect(new Date(T0).toISOString()).toBe('2023-11-14T22:00:00.000Z');
});

describe('quiet hours', () => {
  test('a warning waits for their end by the clock of the log, and is owed from then on', () => {
    const b = start();
    expect(b.hour(0, 900)).toEqual(['firing: breach']);
    expect(owed(b)).toEqual([]);
    expect(b.clock(8.999)).toEqual([]);
    expect(b.clock(9)).toEqual(['released: quiet_hours_over']);
    expect(owed(b)).toEqual(['firing anna-hook']);
    expect(b.clock(10)).toEqual([]);
  });

  test('a critical one comes at once', () => {
    const b = start({ rule: { severity: 'critical' } });
    b.hour(0, 900);
    expect(owed(b)).toEqual(['firing anna-hook']);
  });

  test('what resolved meanwhile is told neither as begun nor as ended', () => {
    const b = start();
    b.hour(0, 900);
    expect(b.hour(1, 5000)).toEqual(['resolved: recovered']);
    expect(b.clock(9)).toEqual([]);
    expect(owed(b)).toEqual([]);
  });

  test('of what fires again while the first still waits, one message goes', () => {
    const b = start({ rule: { noData: 'nodata', keepFiringMs: 0 } });
    b.hour(0, 900);
    b.hour(1, 5000);
    b.hour(2, 800);
    b.clock(9);
    expect(owed(b)).toEqual(['firing anna-hook']);
    expect(b.alert().episode?.worst).toBe('800.00');
  });

  test('an end at night of what was told by day waits for the morning, and is owed', () => {
    const b = start({ people: [person('anna', { quietHours: [{ from: '23:30', to: '07:00' }] })] });
    b.hour(0, 900);
    expect(owed(b)).toEqual(['firing anna-hook']);
    b.hour(1, 5000);
    expect(owed(b)).toEqual(['firing anna-hook']);
    expect(b.clock(9)).toEqual(['released: quiet_hours_over']);
    expect(owed(b)).toEqual(['firing anna-hook', 'resolved anna-hook']);
  });

  test('a severity that rises to critical comes at once, in place of what waits', () => {
    const b = start();
    b.hour(0, 900);
    b.publish(
      salesCatalog({
        metrics: [aMetric({ timezone: 'UTC', owner: 'person:anna' })],
        rules: [aRule({ severity: 'critical' })],
        people: [person('anna', { quietHours: NIGHT })],
        receivers: [aReceiver({ id: 'anna-hook' })],
      }),
    );
    b.hour(1, 800);
    expect(owed(b)).toEqual(['firing anna-hook']);
    expect(b.clock(9)).toEqual([]);
  });

  test('a rule that is withdrawn at night owes nothing of what waits', () => {
    const b = start();
    b.hour(0, 900);
    b.publish(salesCatalog({ rules: [] }));
    b.clock(9);
    expect(b.messages().map(({ kind }) => kind)).toEqual(['firing']);
  });

  test('of what is muted in the morning nothing goes until the mute ends', () => {
    const b = start();
    b.hour(0, 900);
    b.say(8, { kind: 'snooze', until: T0 + 12 * 3_600_000 });
    expect(b.clock(9)).toEqual(['released: muted']);
    expect(owed(b)).toEqual([]);
    expect(b.clock(12)).toEqual(['unsnoozed: expired', 'unmuted: snoozed']);
    expect(owed(b)).toEqual(['unmuted anna-hook']);
  });
});

describe('followers', () => {
  const follow = (over: Partial<SubscriptionDefinition> = {}): SubscriptionDefinition => ({
    id: 'bo-follows',
    who: 'person:bo',
    metric: 'net-sales',
    where: {},
    severity: 'info',
    ...over,
  });
  const anna = person('anna');

  test('are told the beginning and the end, without a link to acknowledge', () => {
    const b = start({
      people: [anna, person('bo', { locale: 'zh-CN' })],
      subscriptions: [follow()],
    });
    b.hour(0, 900);
    b.hour(1, 5000);
    expect(owed(b)).toEqual([
      'firing anna-hook',
      'firing bo-hook',
      'resolved anna-hook',
      'resolved bo-hook',
    ]);
    const message = b.messages().find(({ receiver }) => receiver === 'bo-hook');
    expect(message).toMatchObject({ to: 'person:bo', locale: 'zh', subscription: 'bo-follows' });
    expect(JSON.parse(message?.body ?? '').data).toMatchObject({
      subscription: { id: 'bo-follows', who: 'person:bo' },
      links: { ack: null, unsubscribe: null },
    });
    const text = alertText(message?.body ?? '', { locale: 'zh', timezone: 'UTC' });
    expect(text.facts).toContainEqual(['仅供参考，您关注', 'bo-follows']);
  });

  test('an end by the rule itself says to each what is his: name, links, language', () => {
    const b = start({
      people: [anna, person('bo', { locale: 'zh-CN' })],
      subscriptions: [follow()],
    });
    b.hour(0, 900);
    expect(b.publish(salesCatalog({ rules: [] }))).toEqual(['resolved: rule_removed']);
    const ends = b.messages().filter(({ kind }) => kind === 'resolved');
    expect(ends.map(({ receiver }) => receiver)).toEqual(['anna-hook', 'bo-hook']);
    const [toAnna, toBo] = ends.map(({ body }) => JSON.parse(body).data);
    expect(toAnna.subscription).toBeUndefined();
    expect(toAnna.links).not.toHaveProperty('unsubscribe');
    expect(toBo).toMatchObject({
      subscription: { id: 'bo-follows', who: 'person:bo' },
      links: { ack: null, unsubscribe: null },
    });
  });

  test('are not reminded', () => {
    const b = start({
      people: [anna, person('bo')],
      subscriptions: [follow()],
      rule: { notify: { repeatMs: [3_600_000] } },
    });
    b.hour(0, 900);
    b.clock(3);
    expect(owed(b)).toEqual(['firing anna-hook', 'firing bo-hook', 'repeated anna-hook']);
  });

  test('have quiet hours of their own', () => {
    const b = start({
      people: [anna, person('bo', { quietHours: NIGHT })],
      subscriptions: [follow()],
    });
    b.hour(0, 900);
    expect(owed(b)).toEqual(['firing anna-hook']);
    b.clock(9);
    expect(owed(b)).toEqual(['firing anna-hook', 'firing bo-hook']);
  });

  test.each<[string, Partial<SubscriptionDefinition>, readonly string[]]>([
    ['of a severity that is not reached', { severity: 'critical' }, ['anna-hook']],
    ['of another rule', { rule: 'other' }, ['anna-hook']],
    ['of another member', { where: { store: 'S1' } }, ['anna-hook']],
    ['by a receiver that is named', { receiver: 'room' }, ['anna-hook', 'room']],
    ['who answer too are told once', { receiver: 'anna-hook' }, ['anna-hook']],
  ])('%s', (_, over, receivers) => {
    const b = start({ people: [anna, person('bo')], subscriptions: [follow(over)] });
    b.hour(0, 900);
    expect(b.messages().map(({ receiver }) => receiver)).toEqual(receivers);
    expect(b.messages()[0]?.subscription).toBeUndefined();
  });

  const team = (members: readonly string[]) => ({
    id: 'shop',
    name: { en: 'Shop' },
    members: members.map((id) => `person:${id}` as const),
    timezone: 'Asia/Shanghai',
    receivers: [],
  });
  const none = { receivers: [] };
  const away = { absences: [{ from: '2023-11-01', to: '2023-12-01' }] };

  test.each<
    [string, readonly PersonDefinition[], Partial<SubscriptionDefinition>, readonly object[]]
  >([
    [
      'has none of his own',
      [person('bo', { ...none, locale: 'zh-CN' })],
      {},
      [{ to: 'person:bo', locale: 'zh' }],
    ],
    ['has none of his own and is away', [person('bo', { ...none, ...away })], {}, []],
    [
      'is a team of such people, one of whom is there',
      [person('bo', { ...none, ...away }), person('cy', none)],
      { who: 'team:shop' },
      [{ to: 'person:cy', locale: 'en' }],
    ],
  ])('are told by a receiver that is named, where who follows %s', (_, people, over, told) => {
    const b = start({
      people: [anna, ...people],
      teams: [team(['bo', 'cy'])],
      subscriptions: [follow({ receiver: 'room', ...over })],
    });
    b.hour(0, 900);
    const inRoom = told.map((one) => ({ receiver: 'room', subscription: 'bo-follows', ...one }));
    expect(b.messages()).toMatchObject([{ receiver: 'anna-hook' }, ...inRoom]);
  });
});

describe('who stops following', () => {
  const followed = () =>
    start({
      people: [person('anna'), person('bo')],
      subscriptions: [
        { id: 'bo-follows', who: 'person:bo', metric: 'net-sales', where: {}, severity: 'info' },
      ],
    });
  const toldTo = (b: Bench) => b.messages().map(({ kind, receiver }) => `${kind} ${receiver}`);
  const say = (b: Bench, hour: number, kind: 'subscribe' | 'unsubscribe') =>
    b.say(hour, { kind, target: 'subscription:bo-follows', by: 'person:bo' });

  test('is told nothing more, not the end either, from the clock on that has his word', () => {
    const b = followed();
    b.hour(0, 900);
    say(b, 1.5, 'unsubscribe');
    b.hour(1, 5000);
    b.hour(2, 900);
    expect(toldTo(b)).toEqual([
      'firing anna-hook',
      'firing bo-hook',
      'resolved anna-hook',
      'firing anna-hook',
    ]);
  });

  test('may follow again; the state that is stored knows it', () => {
    const b = followed();
    say(b, 0.5, 'unsubscribe');
    const { fields } = b.state().takeChanges();
    // Where the command lies: what is restated later counts only against what was said before it was known.
    expect(fields.get('n|bo-follows person:bo')).toBe('0');
    expect(fields.get('o|bo-follows person:bo')).toBeNull();
    say(b, 0.6, 'subscribe');
    const again = b.state().takeChanges().fields;
    expect(again.get('n|bo-follows person:bo')).toBeNull();
    expect(again.get('o|bo-follows person:bo')).toBe('1');
    b.hour(0, 900);
    expect(toldTo(b)).toEqual(['firing anna-hook', 'firing bo-hook']);
  });
});
