import type { StoredDocument } from '../../../services/alerting/core/partition/restore.ts';
import { describe, expect, test } from 'vitest';
import { alertItem } from '../../../services/alerting/core/proof/answer.ts';
import { driverNamer } from '../../../services/alerting/driver-namer.ts';
import { driversOf, namedIn, shareOf } from '../../../services/alerting/core/alert/drivers.ts';
import type { AlertState } from '../../../services/alerting/core/alert/episode.ts';
import { alertText } from '../../../services/alerting/core/words/text.ts';
import { aRule, bench, salesCatalog } from '../../support/alerting.ts';
import type { Bench } from '../../support/alerting.ts';
import { catalogOf } from '../../support/platform.ts';
import { aMetric } from '../../support/metrics.ts';

const orders = aMetric({ id: 'orders', timezone: 'UTC' });
const revenue = aMetric({
  timezone: 'UTC',
  drivers: [
    { metric: 'orders', operator: '*' },
    { metric: 'returns', operator: '-' },
  ],
});
const catalog = (over: Parameters<typeof salesCatalog>[0] = {}) =>
  salesCatalog({
    metrics: [revenue, orders],
    rules: [aRule(), aRule({ id: 'orders-low', metric: 'orders', when: 'value < 100' })],
    ...over,
  });

describe('the share of a deviation that a driver explains', () => {
  const of = (previous: number | null, value: number | null) => ({
    previous: previous === null ? null : String(previous),
    value: value === null ? null : String(value),
  });
  test.each([
    ['+', of(100, 60), of(50, 20), 0.75],
    ['-', of(100, 60), of(10, 40), 0.75],
    ['+', of(100, 60), of(50, 70), -0.5],
    ['*', of(100, 25), of(10, 5), 0.5],
    ['/', of(100, 25), of(10, 20), 0.5],
    ['*', of(100, -1), of(10, 5), null],
    ['+', of(100, 100), of(10, 5), null],
    ['+', of(null, 100), of(10, 5), null],
    ['+', of(100, 60), of(10, null), null],
    ['influence', of(100, 60), of(10, 5), null],
  ] as const)('%s of %j by %j is %s', (operator, parent, driver, share) =>
    expect(shareOf(operator, parent, driver)).toBe(share),
  );
  test('shares of all factors add up to one', () => {
    const parent = of(12 * 7, 5 * 9);
    const shares = [of(12, 5), of(7, 9)].map((one) => shareOf('*', parent, one) ?? 0);
    expect(shares[0]).toBeGreaterThan(1);
    expect((shares[0] ?? 0) + (shares[1] ?? 0)).toBeCloseTo(1, 3);
  });
});

/** An hour of 2,000 and one of `value`; the same of orders. */
function burning(one: Bench, orderCount = 50): AlertState {
  one.value(0, 2000);
  one.value(0, 200, { metric: 'orders' });
  one.tick(1);
  one.tick(1, { metric: 'orders' });
  one.value(1, 500, { state: 'closed', watermark: one.state().logMs + 3_600_000 });
  one.value(1, orderCount, { metric: 'orders' });
  one.tick(2, { metric: 'orders' });
  one.tick(2);
  return alertOf(one, 'net-sales-low');
}
const alertOf = (one: Bench, rule: string): AlertState => {
  const found = [...one.state().tracks.values()].find(({ alert }) => alert.rule === rule);
  if (!found) throw new Error(`no alert of ${rule}`);
  return found.alert;
};
const plan = (driverShare = 50, metric = revenue) => ({ metric, driverShare });

test('case 15: a driver that burns over the same window and explains enough is named', () => {
  const one = bench(catalog());
  const parent = burning(one);
  const driver = alertOf(one, 'orders-low');
  expect(driversOf(parent, plan(), [driver, parent])).toEqual([
    {
      alert: driver.id,
      rule: 'orders-low',
      metric: 'orders',
      labels: {},
      operator: '*',
      share: 1,
      value: '50.00',
      previous: '200.00',
      accountable: 'team:sales',
    },
  ]);
  // Half of it (the logarithm of 2 in that of 4) is enough, a little more than that is not.
  const half = bench(catalog());
  const less = burning(half, 99);
  expect(driversOf(less, plan(50), [alertOf(half, 'orders-low')])).toHaveLength(1);
  expect(driversOf(less, plan(51), [alertOf(half, 'orders-low')])).toHaveLength(0);
});

test('case 15: a label that the driver lacks is not taken for equal; one more of it does not matter', () => {
  const one = bench(catalog());
  const parent = burning(one);
  const driver = alertOf(one, 'orders-low');
  const byStore = { ...parent, series: '["store","S1"]' };
  const at = (series: string) => driversOf(byStore, plan(), [{ ...driver, series }]).length;
  expect([at('[]'), at('["store","S2"]'), at('["store","S1"]')]).toEqual([0, 0, 1]);
  expect(at('["channel","web","store","S1"]')).toBe(1);
});

test('case 15: what burns no more, or over another window, is no driver', () => {
  const one = bench(catalog());
  const parent = burning(one);
  const driver = alertOf(one, 'orders-low');
  const { last } = driver;
  if (!last) throw new Error('it was judged');
  const other = { ...last, window: { ...last.window, startMs: last.window.startMs - 1 } };
  expect(driversOf(parent, plan(), [{ ...driver, last: other }])).toEqual([]);
  const over = { ...driver, machine: { ...driver.machine, condition: 'ok' as const } };
  expect(driversOf(parent, plan(), [over])).toEqual([]);
});

test('the message says it, under the id that it would have had; the driver’s owner gets his own', async () => {
  const one = bench(catalog());
  burning(one);
  const before = one.messages();
  const state = one.state();
  const waits: number[] = [];
  const name = driverNamer({
    store: { documents: async () => [] },
    updates: { partitions: async () => 1 },
    pause: async (ms) => void waits.push(ms),
    own: () => new Map([[0, [...state.tracks.values()].map(({ alert }) => alert)]]),
  });
  const named = await name(state, one.emitted);
  const parent = alertOf(one, 'net-sales-low');
  const [message] = parent.episode?.messages ?? [];
  expect(message?.id).toBe(before.find(({ body }) => body.includes('net-sales-low'))?.id);
  expect(JSON.parse(message?.body ?? '')).toMatchObject({
    type: 'alert.firing',
    data: { drivers: [{ rule: 'orders-low', share: 1 }] },
  });
  expect(parent.episode?.drivers).toHaveLength(1);
  // What is written is what is told.
  const written = named.findLast(({ alert }) => alert.rule === 'net-sales-low');
  expect(written?.after).toEqual(parent);
  expect(alertOf(one, 'orders-low').episode?.messages[0]?.body).not.toContain('"drivers"');
  expect(waits).toEqual([250]);
});

test('alerts of other processes are read from the store; without its answer the message goes as it is', async () => {
  const one = bench(catalog());
  burning(one);
  const { last, ...alert } = alertOf(one, 'orders-low');
  const foreign = {
    document: JSON.stringify(alert),
    look: JSON.stringify([null, last, false]),
    sight: undefined,
  };
  const parent = alertOf(one, 'net-sales-low');
  const ports = (documents: () => Promise<readonly StoredDocument[]>) => ({
    store: { documents },
    updates: { partitions: async () => 2 },
    pause: async () => undefined,
    own: () => new Map([[0, [parent]]]),
  });
  const failing = driverNamer(ports(() => Promise.reject(new Error('away'))));
  expect(await failing(one.state(), one.emitted)).toEqual(one.emitted);
  await driverNamer(ports(async () => [foreign]))(one.state(), one.emitted);
  expect(alertOf(one, 'net-sales-low').episode?.drivers).toMatchObject([{ rule: 'orders-low' }]);
});

test('an alert of a metric without drivers waits for nobody', async () => {
  const one = bench();
  one.hour(0, 10);
  const never = driverNamer({
    store: { documents: () => Promise.reject(new Error('not asked')) },
    updates: { partitions: () => Promise.reject(new Error('not asked')) },
    pause: () => Promise.reject(new Error('not asked')),
    own: () => new Map(),
  });
  expect(await never(one.state(), one.emitted)).toBe(one.emitted);
  expect(namedIn(one.state(), one.emitted, { alert: 'none', drivers: [] })).toBe(one.emitted);
});

test('the drivers stand in the text of the message, in the reader’s language', () => {
  const body = JSON.stringify({
    type: 'alert.firing',
    data: {
      drivers: [
        { metric: 'orders', share: 0.8061 },
        { metric: 'aov', share: 0.5 },
      ],
    },
  });
  const facts = (locale: 'en' | 'zh') => alertText(body, { locale, timezone: 'UTC' }).facts;
  expect(facts('en')).toContainEqual([
    'Driven by',
    expect.stringMatching(/^orders \(.*%\), aov \(50 ?%\)$/),
  ]);
  expect(facts('zh').find(([label]) => label === '主要由以下指标引起')).toBeDefined();
});

test('an alert that is shown says what drives it, what it lacks, and whether it is old', () => {
  const one = bench(catalog());
  const parent = burning(one);
  const drivers = driversOf(parent, plan(), [alertOf(one, 'orders-low')]);
  const named = namedIn(one.state(), one.emitted, { alert: parent.id, drivers });
  expect(named.length).toBeGreaterThan(0);
  const item = alertItem(alertOf(one, 'net-sales-low'), catalogOf(catalog()));
  expect(item).toMatchObject({
    drivers: [{ rule: 'orders-low' }],
    lacking: [],
    alreadyBreached: false,
  });
});
