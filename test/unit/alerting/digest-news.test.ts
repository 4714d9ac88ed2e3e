import { describe, expect, test } from 'vitest';
import type { DigestPlan } from '../../../services/alerting/core/sending/digest-plan.ts';
import { digestPlansOf, stillWanted } from '../../../services/alerting/core/sending/digest-plan.ts';
import { DigestWatch } from '../../../services/alerting/core/sending/digest-watch.ts';
import type { AlertState, Message } from '../../../services/alerting/core/alert/episode.ts';
import { builtInsOf } from '../../../services/alerting/core/plan/built-ins.ts';
import { apply } from '../../../services/alerting/core/partition/partition.ts';
import { PartitionState } from '../../../services/alerting/core/partition/partition-state.ts';
import { restore } from '../../../services/alerting/core/partition/restore.ts';
import { takeUpBuiltIns } from '../../../services/alerting/core/partition/watch-itself.ts';
import { NO_LINKS } from '../../../services/alerting/core/alert/message.ts';
import { alertText } from '../../../services/alerting/core/words/text.ts';
import { parseBody } from '../../../services/alerting/core/words/text-body.ts';
import { digestWriter } from '../../../services/alerting/digests.ts';
import type { History } from '../../../services/alerting/ports.ts';
import { aReceiver, bench, HOUR, salesCatalog, T0 } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

const person = (id: string, digest?: DigestPlan['time']) => ({
  id,
  name: { en: id },
  locale: 'zh-CN',
  timezone: 'UTC',
  receivers: [`${id}-hook`],
  ...(digest ? { digest } : {}),
});
const definitions = salesCatalog({
  metrics: [
    aMetric({
      timezone: 'UTC',
      owner: 'person:anna',
      name: { en: 'Net sales', zh: '销售净额' },
      grains: ['hour', 'day'],
    }),
  ],
  people: [person('anna', { every: 'day', at: '08:00' }), person('bo')],
  receivers: ['anna-hook', 'bo-hook'].map((id) => aReceiver({ id })),
  subscriptions: [
    {
      id: 'bo-follows',
      who: 'person:bo',
      metric: 'net-sales',
      where: {},
      severity: 'info',
      digest: { every: 'week', at: '09:00', weekday: 'mon' },
    },
  ],
});
const catalog = catalogOf(definitions);

test('people get one of what they answer for and follow, subscriptions one of themselves', () => {
  expect(
    digestPlansOf(catalog).map(({ id, who, topics }) => `${id} ${who} ${JSON.stringify(topics)}`),
  ).toEqual([
    'person:anna person:anna [{"metric":"net-sales","where":{},"severity":"info"}]',
    'subscription:bo-follows person:bo [{"metric":"net-sales","where":{},"severity":"info"}]',
  ]);
});

describe('by the clock of the log', () => {
  const plans = digestPlansOf(catalog);
  const setUp = () => {
    const changed: string[] = [];
    const watch = new DigestWatch((field) => changed.push(field));
    const pass = (text: string) => watch.pass(plans, Date.parse(text));
    const pending = () => watch.pending(plans).map(({ plan, date }) => `${plan.id} ${date}`);
    return { watch, changed, pass, pending };
  };
  const aMessage = { id: 'msg_1' } as Message;

  test('a digest is due at its time, once, and what is at first unknown waits for the next', () => {
    const { watch, pass, pending } = setUp();
    pass('2026-01-30T09:00:00Z');
    expect(pending()).toEqual([]);
    pass('2026-01-31T07:59:59Z');
    expect(pending()).toEqual([]);
    pass('2026-01-31T08:00:00Z');
    expect(pending()).toEqual(['person:anna 2026-01-31']);
    for (const due of watch.pending(plans)) watch.written(due, [aMessage]);
    pass('2026-01-31T09:00:00Z');
    expect(pending()).toEqual([]);
    pass('2026-02-02T10:00:00Z');
    expect(pending()).toEqual(['person:anna 2026-02-02', 'subscription:bo-follows 2026-02-02']);
  });

  test('what is owed outlives a restart until it is settled; what was told is not due again', () => {
    const { watch, pass, changed } = setUp();
    pass('2026-01-30T09:00:00Z');
    pass('2026-01-31T08:00:01Z');
    for (const due of watch.pending(plans)) watch.written(due, [aMessage]);
    const next = new DigestWatch(() => undefined);
    for (const field of new Set(changed)) next.restore(field, watch.encode(field) ?? '');
    expect([...next.owed()].map(({ id, message }) => `${id} ${message.id}`)).toEqual([
      'person:anna msg_1',
    ]);
    const delivery = {
      status: 'delivered',
      attempts: 1,
      firstAttemptMs: 0,
      nextAttemptMs: 0,
      detail: '',
    } as const;
    next.note('person:anna', 'msg_1', { ...delivery, status: 'waiting' });
    expect([...next.owed()]).toHaveLength(1);
    next.note('person:anna', 'msg_1', delivery);
    expect([...next.owed()]).toEqual([]);
    next.pass(plans, Date.parse('2026-01-31T09:00:00Z'));
    expect(next.pending(plans)).toEqual([]);
  });
});

describe('in a partition', () => {
  const clock = (atMs: number, offset: number) => ({
    offset,
    appendMs: atMs,
    update: { kind: 'clock', watermark: atMs, at: atMs, commands: 0 } as const,
  });
  const stateOf = (partition: number) => {
    const state = new PartitionState(partition, { cursor: 0, activeFrom: 0, logMs: 0, awakeMs: 0 });
    takeUpBuiltIns(state, builtInsOf(catalog));
    return state;
  };
  const due = (state: PartitionState) =>
    state.digests
      .pending(state.builtIns.digests ?? [])
      .map(({ plan, date }) => `${plan.id} ${date}`);

  test('one decides, and what it decided is stored with its cursor', () => {
    const [first, other] = [stateOf(0), stateOf(1)];
    for (const state of [first, other]) {
      apply(state, clock(Date.parse('2026-01-31T07:00:00Z'), 0), NO_LINKS);
      apply(state, clock(Date.parse('2026-01-31T08:00:00Z'), 1), NO_LINKS);
    }
    expect(due(first)).toEqual(['person:anna 2026-01-31']);
    expect(due(other)).toEqual([]);
    const { fields, documents } = first.takeChanges();
    const kept = <T>(all: ReadonlyMap<string, T | null>) =>
      new Map([...all].flatMap(([key, value]) => (value === null ? [] : [[key, value] as const])));
    const { cursor, activeFrom, logMs, awakeMs } = first;
    const at = { cursor, activeFrom, logMs, awakeMs };
    const again = restore(0, { ...at, fields: kept(fields), documents: kept(documents) });
    takeUpBuiltIns(again, builtInsOf(catalog));
    expect(due(again)).toEqual(['person:anna 2026-01-31']);
    for (const one of again.digests.pending(again.builtIns.digests ?? []))
      again.digests.written(one, []);
    apply(again, clock(Date.parse('2026-01-31T09:00:00Z'), 2), NO_LINKS);
    expect(due(again)).toEqual([]);
  });
});

describe('what it says', () => {
  const DAY = 24 * HOUR;
  const midnight = Date.UTC(2023, 10, 15);
  const history: History = {
    head: async () => undefined,
    cells: async (_metric, { fromMs, toMs }) =>
      [
        { series: '[]', start: midnight - DAY, value: '900.00' },
        { series: '[]', start: midnight, value: '1200.00' },
      ].filter(({ start }) => fromMs <= start && start < toMs) as never,
  };
  const write = (
    alerts: readonly AlertState[],
    unsubscribed: readonly string[] = [],
    published = catalog,
  ) => {
    const writer = digestWriter({
      catalog: () => published,
      alerts: async () => alerts,
      history,
      links: NO_LINKS,
    });
    return (id: string) => {
      const plan = digestPlansOf(published).find((one) => one.id === id) as DigestPlan;
      const due = { plan, date: '2023-11-16', fromMs: T0, atMs: T0 + 34 * HOUR };
      return writer(due, new Set(unsubscribed));
    };
  };
  const alerts = () => {
    const b = bench(definitions);
    b.hour(0, 900);
    b.hour(1, 5000);
    b.hour(2, 800);
    return [b.alert()];
  };

  test('what fires, what ended, and the last whole day beside the one before', async () => {
    const [message] = await write(alerts())('person:anna');
    expect(message).toMatchObject({
      kind: 'digest',
      receiver: 'anna-hook',
      to: 'person:anna',
      locale: 'zh',
    });
    const { data } = parseBody(message?.body ?? '');
    expect(data.digest).toMatchObject({ date: '2023-11-16', firing: 1, ended: 1 });
    expect(data.alerts?.map(({ type }) => type)).toEqual(['alert.firing', 'alert.resolved']);
    expect(data.values).toMatchObject([{ value: '1200.00', previous: '900.00', labels: {} }]);
    const text = alertText(message?.body ?? '', { locale: 'zh', timezone: 'UTC' });
    expect(text.title).toBe('日报 2023-11-16');
    expect(text.summary).toBe('触发中 1 条，已结束 1 条。');
    expect(text.lines[0]).toBe('销售净额：1,200.00 CNY (上期：900.00 CNY)');
    expect(text.lines).toHaveLength(3);
    expect(data.alerts?.map((one) => one.data.metric?.name)).toEqual(['销售净额', '销售净额']);
  });

  test('its id is that of the digest, date and receiver, whatever it says', async () => {
    const [first] = await write(alerts())('person:anna');
    const [second] = await write([])('person:anna');
    expect(first?.id).toBe(second?.id);
    expect(first?.body).not.toBe(second?.body);
  });

  test('a subscription’s goes by the receiver that it names, also where he has none', async () => {
    const follow = definitions.subscriptions?.map((one) => ({ ...one, receiver: 'anna-hook' }));
    const people = [person('anna'), { ...person('bo'), receivers: [] }];
    const all = catalogOf({ ...definitions, people, ...(follow ? { subscriptions: follow } : {}) });
    expect(await write(alerts(), [], all)('subscription:bo-follows')).toMatchObject([
      { receiver: 'anna-hook', to: 'person:bo', locale: 'zh' },
    ]);
  });

  test('an Alertmanager gets none: it would fire anew what is told of', async () => {
    const url = 'http://127.0.0.1:9093';
    const isAlertmanager = { id: 'anna-hook', type: 'alertmanager', url } as const;
    const body = aReceiver({ id: 'anna-hook', format: 'alertmanager' });
    for (const receiver of [isAlertmanager, body]) {
      const receivers = new Map(catalog.receivers).set('anna-hook', receiver);
      expect(await write(alerts(), [], { ...catalog, receivers })('person:anna')).toEqual([]);
    }
  });

  test('a digest of his own tells nothing more of what he follows no more', () => {
    const all = catalogOf({
      ...definitions,
      people: [person('anna'), person('bo', { every: 'day', at: '08:00' })],
    });
    const plan = digestPlansOf(all).find(({ id }) => id === 'person:bo');
    expect(plan?.topics).toMatchObject([{ metric: 'net-sales', subscription: 'bo-follows' }]);
    const own = { metric: 'net-sales', where: { store: 'S1' }, severity: 'info' } as const;
    const both = { ...(plan as DigestPlan), topics: [own, ...(plan?.topics ?? [])] };
    const stopped = new Set(['bo-follows person:bo']);
    expect(stillWanted(both, new Set())).toEqual(both);
    expect(stillWanted(both, stopped)?.topics).toEqual([own]);
    expect(stillWanted(plan as DigestPlan, stopped)).toBeUndefined();
    expect(stillWanted({ ...both, topics: [] }, stopped)?.topics).toEqual([]);
  });

  test('who follows no more gets none', async () => {
    expect(await write([])('subscription:bo-follows')).toHaveLength(1);
    expect(await write([], ['bo-follows person:bo'])('subscription:bo-follows')).toEqual([]);
  });
});
