import { expect, test } from 'vitest';
import { namedIn } from '../../../services/alerting/core/alert/drivers.ts';
import { newsMessages } from '../../../services/alerting/core/sending/news.ts';
import { NO_LINKS } from '../../../services/alerting/core/alert/message.ts';
import type { Message } from '../../../services/alerting/core/alert/episode.ts';
import { audienceOf, alertText } from '../../../services/alerting/core/words/text.ts';
import { aReceiver, aRule, at, bench, HOUR, salesCatalog } from '../../support/alerting.ts';
import { aMetric, anEventType } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

const store = '["store","S001"]';
const person = (id: string, name: { en: string; zh: string }, locale: string) => {
  return { id, name, locale, timezone: 'UTC', receivers: [`${id}-hook`] };
};
/** Li Wei reads Chinese, Anna English; all have names in both. */
const named = (over: { readonly accountable?: string } = {}) =>
  salesCatalog({
    eventTypes: [anEventType({ name: { en: 'Tills', zh: '收银系统' } })],
    metrics: [
      aMetric({
        timezone: 'UTC',
        name: { en: 'Net sales', zh: '销售净额' },
        unit: { code: 'pcs', scale: 2, name: { en: 'pieces', zh: '件' } },
        dimensions: { store: 'data.store' },
        dimensionNames: { store: { en: 'Store', zh: '门店' } },
        breakdowns: [['store']],
        drivers: [{ metric: 'orders', operator: '*' }],
      }),
      aMetric({ id: 'orders', name: { en: 'Orders', zh: '订单数' } }),
    ],
    rules: [aRule({ by: ['store'], name: { en: 'Sales below plan', zh: '销售低于计划' } })],
    people: [
      person('li-wei', { en: 'Li Wei', zh: over.accountable ?? '李伟' }, 'zh-CN'),
      person('anna', { en: 'Anna', zh: '安娜' }, 'en'),
    ],
    teams: [
      {
        id: 'sales',
        name: { en: 'Sales', zh: '销售部' },
        members: [],
        timezone: 'UTC',
        receivers: ['ops-hook'],
      },
    ],
    receivers: [aReceiver(), aReceiver({ id: 'li-wei-hook' }), aReceiver({ id: 'anna-hook' })],
    responsibilities: [
      {
        id: 'owners',
        entries: [
          {
            metric: 'net-sales',
            where: {},
            accountable: 'person:li-wei',
            deputy: 'person:anna',
            escalation: [
              { afterMs: HOUR, to: 'person:anna' },
              { afterMs: 2 * HOUR, to: 'team:sales' },
            ],
          },
        ],
      },
    ],
  });
const textOf = (message: Message | undefined) => {
  if (!message) throw new Error('there is a message');
  return alertText(message.body, audienceOf(message));
};
function burning() {
  const b = bench(named());
  b.value(0, 900, { series: store });
  b.tick(1);
  return b;
}
const factsOf = (message: Message | undefined) => new Map(textOf(message).facts);

test('a message calls the rule, its people, dimensions and unit as its reader does', () => {
  const [first] = burning().messages();
  expect(first?.locale).toBe('zh');
  expect(textOf(first).title).toBe('严重 · 告警触发：销售净额 (门店：S001) 900.00 件');
  const facts = factsOf(first);
  expect(facts.get('规则')).toBe('销售低于计划');
  expect(facts.get('责任人')).toMatch(/^李伟 /);
  expect([...facts.values()]).toContain('安娜');
  expect([...facts.values()]).toContain('门店：S001');
});

test('a step is told in its reader’s language, and names whom it was to reach', () => {
  const b = burning();
  b.clock(2.1);
  b.clock(3.1);
  const [, english, team] = b.messages();
  expect(english?.locale).toBe('en');
  expect(textOf(english).title).toBe('Critical · escalated: Net sales (Store: S001) 900.00 pieces');
  expect(textOf(english).summary).toContain('now told to Anna.');
  expect(factsOf(english).get('Owner')).toMatch(/^Li Wei /);
  expect(textOf(team).summary).toContain('Sales');
});

test('the body keeps its ids, and its names as they were decided, whatever they become', () => {
  const b = burning();
  const data = JSON.parse(b.messages()[0]?.body ?? '').data;
  expect(data).toMatchObject({
    alert: { rule: 'net-sales-low' },
    metric: { unit: 'pcs' },
    labels: { store: 'S001' },
    owner: { accountable: 'person:li-wei', deputy: 'person:anna' },
    names: {
      rule: '销售低于计划',
      unit: '件',
      dimensions: { store: '门店' },
      refs: { 'person:li-wei': '李伟', 'person:anna': '安娜', 'metric:orders': '订单数' },
    },
  });
  b.publish(named({ accountable: '李薇' }));
  expect(
    textOf(b.messages()[0])
      .facts.map(([, value]) => value)
      .join(),
  ).toContain('李伟');
  // The end of one whose rule is no more is told in the words of before; any other in those of its time.
  b.value(1, 5000, { series: store });
  b.tick(2);
  expect(
    textOf(b.messages().at(-1))
      .facts.map(([, value]) => value)
      .join(),
  ).toContain('李薇');
});

test('what explains it, and what is silent, are called by their names', () => {
  const b = burning();
  const [track] = b.state().tracks.values();
  if (!track) throw new Error('it burns');
  const driver = {
    alert: 'a',
    rule: 'orders-low',
    metric: 'orders',
    labels: {},
    operator: '*',
    share: 0.5,
    value: '1',
    previous: '2',
    accountable: null,
  } as const;
  const [emitted] = namedIn(b.state(), b.emitted.slice(-1), {
    alert: track.alert.id,
    drivers: [driver],
  });
  const told = emitted?.alert.episode?.messages[0];
  expect([...factsOf(told).values()]).toContain('订单数 (50 %)');
  const body = JSON.parse(told?.body ?? '');
  body.data.evidence.lacking = ['sales.booked'];
  body.data.names.refs['source:sales.booked'] = '收银系统';
  const evidence = alertText(JSON.stringify(body), { locale: 'zh', timezone: 'UTC' }).facts.at(-1);
  expect(evidence?.[1]).toContain('收银系统');
});

test('a scheduled digest calls dimensions as its reader does', () => {
  const b = burning();
  const catalog = catalogOf(named());
  const [message] = newsMessages(
    {
      plan: {
        id: 'person:li-wei',
        who: 'person:li-wei',
        subscription: null,
        time: { every: 'day', at: '09:00' },
        topics: [],
      } as never,
      date: '2023-11-15',
      fromMs: at(0),
      atMs: at(9),
    },
    {
      recipients: [{ receiver: 'li-wei-hook', to: 'person:li-wei', locale: 'zh', timezone: 'UTC' }],
      alerts: [...b.state().tracks.values()].map(({ alert }) => alert),
      values: [],
    },
    { catalog, links: NO_LINKS },
  );
  expect(textOf(message).lines).toEqual(['严重 · 告警触发：销售净额 (门店：S001) 900.00 件']);
});
