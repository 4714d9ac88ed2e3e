import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { start as startAggregator } from '../../../services/aggregator/main.ts';
import { start as startAlerting } from '../../../services/alerting/main.ts';
import type { DerivedMetric } from '../../../services/kernel/definitions.ts';
import { HOUR_MS, MINUTE_MS } from '../../../services/kernel/time.ts';
import { aReceiver, aRule, salesCatalog } from '../../support/alerting.ts';
import { untilCaughtUp } from '../../support/aggregation.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { EventLog } from '../../support/event-log.ts';
import { EVERY_AGGREGATION, ORDERS, anOrder } from '../../support/order-events.ts';
import { command } from '../../support/command.ts';
import { aMetric } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { openReceiver, SECRET } from '../../support/webhook-receiver.ts';

const WAIT = { timeout: 60_000, interval: 50 };
const PAIR = EVERY_AGGREGATION.find(({ metric }) => metric.id === 'amount-sum');
const COUNT = EVERY_AGGREGATION.find(({ metric }) => metric.id === 'orders-count');
const MEAN = {
  ...aMetric({ id: 'mean-amount' }),
  kind: 'derived',
  formula: 'amount_sum / orders_count',
  inputs: ['amount-sum', 'orders-count'],
  breakdowns: [[], ['store']],
  grains: ['minute', 'hour', 'day'],
} as unknown as DerivedMetric;
/** Lies so far within its hour that all orders of before it are of this hour too, and so of one day. */
const LEAD_MS = 15_000;
const now = Date.now() - (Date.now() % HOUR_MS < LEAD_MS ? LEAD_MS : 0);
const day = { kind: 'grain', grain: 'day' } as const;

let platform: TestPlatform;
let log: EventLog;
let url: string;
let receiver: Awaited<ReturnType<typeof openReceiver>>;
const folder = mkdtempSync(join(tmpdir(), 'tidemark-explain-'));

beforeAll(async () => {
  if (!PAIR) throw new Error('there is a sum');
  writeFileSync(join(folder, 'secret'), SECRET);
  receiver = await openReceiver();
  platform = await openTestPlatform(
    salesCatalog({
      eventTypes: [ORDERS],
      metrics: [PAIR.metric, ...(COUNT ? [COUNT.metric] : []), MEAN],
      rules: [
        aRule({
          metric: PAIR.metric.id,
          by: ['store'],
          evaluate: 'onUpdate',
          when: 'value > 100',
          window: day,
        }),
      ],
      responsibilities: [
        {
          id: 'store-owners',
          entries: [
            {
              metric: PAIR.metric.id,
              where: { store: 'S1' },
              accountable: 'team:sales',
              escalation: [],
            },
          ],
        },
      ],
      receivers: [aReceiver({ url: receiver.url, secret: { file: join(folder, 'secret') } })],
    }),
    { TIDEMARK_WEBHOOK_ALLOW: '127.0.0.0/8', TIDEMARK_SECRETS_DIR: folder },
  );
  log = await openEventLog(platform, ORDERS);
  const services = [await platform.run(startAggregator), await platform.run(startAlerting)];
  url = await platform.listen();
  await vi.waitFor(() => expect(services.flatMap((one) => one.missing())).toEqual([]), WAIT);
});
afterAll(async () => {
  await log.close();
  await platform.close();
  await receiver[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** What answers hold, as far as the tests go through it. */
type Json = {
  readonly alerts: readonly { readonly id: string; readonly value: string }[];
  readonly value: string;
  readonly events: readonly {
    readonly id: string;
    readonly value: string;
    readonly position: string;
  }[];
  readonly timeline: readonly { readonly transition: string }[];
  readonly cursors: readonly object[];
};
const get = async (path: string): Promise<Json> =>
  (await fetch(`${url}${path}`)).json() as Promise<Json>;

describe('GET /v1/alerts/{id}/explain', () => {
  test('recounts the value at the cursors of the alert, whatever came since, and names the ten largest events', async () => {
    // Twelve orders over four partitions, of 1.00 to 12.00: 78.00 in all; then one of 50.00 that breaks the rule.
    const orders = Array.from({ length: 12 }, (_, i) =>
      anOrder(`o-${i}`, now - (12 - i) * 1_000, { amount: (i + 1) * 100 }),
    );
    const others = [
      anOrder('other-store', now, { store: 'S2', amount: 9_000 }),
      anOrder('cancelled', now, { amount: 99_900, status: 'cancelled' }),
    ];
    for (const partition of [0, 1, 2, 3])
      await log.events(
        partition,
        [...orders, ...others].filter((_, i) => i % 4 === partition),
      );
    // A copy, which is not counted.
    await log.events(3, [anOrder('o-3', now - 9_000, { amount: 400 })]);
    if (!PAIR) throw new Error('there is a sum');
    await untilCaughtUp({ redis: platform.redis, prefix: platform.prefix, log }, [PAIR]);
    await log.events(2, [anOrder('big', now, { amount: 5_000 })]);
    await expect.poll(() => receiver.accepted().length, WAIT).toBe(1);
    const { alerts } = await get('/v1/alerts?state=firing');
    expect(alerts.map(({ value }) => value)).toEqual(['128.00']);
    const id = alerts[0]?.id;
    // The window goes on: what the alert stood on does not change.
    await log.events(0, [anOrder('later', now, { amount: 100_000 })]);
    await expect.poll(async () => (await get(`/v1/alerts/${id}`)).value, WAIT).toBe('1128.00');
    const explained = await get(`/v1/alerts/${id}/explain`);
    expect(explained).toMatchObject({
      alert: id,
      metric: PAIR.metric.id,
      labels: { store: 'S1' },
      condition: 'value > 100',
      atAlert: { value: '128.00', count: 13, verdict: 'breach', threshold: '100' },
      recounted: { value: '128.00', count: 13, isEqual: true },
      recountFault: null,
      now: { value: '1128.00', count: 14 },
      route: {
        accountable: 'team:sales',
        via: 'store-owners',
        why: 'the responsibility store-owners names him',
        receivers: ['ops-hook'],
      },
    });
    expect(explained.events.map((one) => [one.id, one.value])).toEqual([
      ['big', '50.00'],
      ...Array.from({ length: 9 }, (_, i) => [`o-${11 - i}`, `${12 - i}.00`]),
    ]);
    expect(explained.events[0]?.position).toMatch(/^\S+events\.\S+\/2\/\d+$/);
    expect(explained.timeline.map(({ transition }) => transition)).toContain('firing');
  });

  test('the command says whether the log gives the same value', async () => {
    const { alerts } = await get('/v1/alerts');
    const id = alerts[0]?.id ?? '';
    const table = await command(url, 'alerts', 'explain', id);
    expect(table).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('gives the same value'),
    });
    expect(table.stdout).toMatch(/^at the alert +128\.00 +13$/m);
    expect(table.stdout).toMatch(/^recounted from the log +128\.00 +13$/m);
    expect(table.stdout).toMatch(/^now +1128\.00 +14$/m);
    expect(table.stdout).toMatch(/ big +50\.00 /);
    const json = await command(url, 'alerts', 'explain', id, '--output', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({ recounted: { isEqual: true } });
    expect((await command(url, 'alerts', 'explain', '0')).code).toBe(1);
  });

  test('an alert that there is not is 404', async () => {
    expect((await fetch(`${url}/v1/alerts/${'0'.repeat(32)}/explain`)).status).toBe(404);
  });
});

describe('GET /v1/rules/{id}/review', () => {
  test('says how the rule has done', async () => {
    const review = await get('/v1/rules/net-sales-low/review');
    expect(review).toMatchObject({
      rule: 'net-sales-low',
      fired: 1,
      firing: 1,
      ignored: 0,
      retracted: 0,
      flaps: 0,
      precision: null,
    });
    await expect
      .poll(async () => (await get('/v1/rules/net-sales-low/review')) as object, WAIT)
      .toMatchObject({ delivered: 1 });
    const { code, stdout } = await command(url, 'alerts', 'review', 'net-sales-low');
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^fired +1$/m),
    });
    const early = await get('/v1/rules/net-sales-low/review?to=2020-01-01T00:00:00Z');
    expect(early).toMatchObject({ fired: 0 });
  });

  test('with what people say of its alerts', async () => {
    const { alerts } = await get('/v1/alerts');
    const id = alerts[0]?.id ?? '';
    const said = await command(url, 'alerts', 'feedback', id, 'expected', '--cause', 'stocktaking');
    expect(said.code).toBe(0);
    await expect
      .poll(() => get('/v1/rules/net-sales-low/review'), WAIT)
      .toMatchObject({
        feedback: { expected: 1 },
        precision: 0,
        causes: [{ cause: 'stocktaking', verdict: 'expected', episodes: 1 }],
      });
    expect(await get(`/v1/alerts/${id}`)).toMatchObject({
      feedback: { verdict: 'expected', cause: 'stocktaking' },
    });
    expect((await command(url, 'alerts', 'feedback', id, 'nonsense')).code).toBe(2);
  });

  test.each([
    ['no-such', 404],
    ['net-sales-low?from=yesterday', 400],
  ])('of %s is refused', async (path, status) => {
    const [id = '', query = ''] = path.split('?');
    expect((await fetch(`${url}/v1/rules/${id}/review?${query}`)).status).toBe(status);
  });
});

describe('POST /v1/metrics/{id}/recount', () => {
  const recount = async (id: string, body: object) => {
    const response = await fetch(`${url}/v1/metrics/${id}/recount`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Json };
  };
  const iso = (ms: number): string => new Date(ms).toISOString();
  const window = { start: iso(now - (now % HOUR_MS)), end: iso(now - (now % HOUR_MS) + HOUR_MS) };

  test('counts what lies below the cursors and no more', async () => {
    if (!PAIR) throw new Error('there is a sum');
    const { id } = PAIR.metric;
    const all = await recount(id, { ...window, labels: {}, top: 3 });
    expect(all.status).toBe(200);
    expect(all.body.events).toHaveLength(3);
    expect(all.body.events[0]).toMatchObject({ id: 'later', value: '1000.00' });
    const cursors = all.body.cursors.map((one) => ({ ...one, offset: 0 }));
    const none = await recount(id, { ...window, labels: {}, cursors });
    expect(none.body).toMatchObject({ value: '0.00', count: 0, events: [] });
  });

  test('of a formula counts its inputs again, and rounds once', async () => {
    if (!PAIR || !COUNT) throw new Error('there are a sum and a count');
    // One after the other: one recount is done at a time.
    const of = (id: string) => recount(id, { ...window, labels: {} });
    const sum = await of(PAIR.metric.id);
    const count = await of(COUNT.metric.id);
    const mean = await of(MEAN.id);
    const units = BigInt(sum.body.value.replace('.', ''));
    const orders = BigInt(count.body.value);
    expect(orders).toBeGreaterThan(10n);
    const nearest = (units * 2n + orders) / (2n * orders);
    const found = BigInt(mean.body.value.replace('.', ''));
    expect([nearest, nearest - 1n]).toContain(found);
    expect(mean.body.events.length).toBe(20);
  });

  test.each([
    ['of a window without its end', { start: window.start }, 400, 'invalid_parameter'],
    [
      'of a window that no cells tile',
      { start: iso(now - (now % MINUTE_MS) + 1), end: window.end },
      422,
      'grain_unavailable',
    ],
    ['by what is not kept', { ...window, labels: { city: 'X' } }, 422, 'breakdown_unavailable'],
    ['of another version', { ...window, version: 'v0' }, 404, 'not_found'],
    ['up to no list of cursors', { ...window, cursors: 'the end' }, 400, 'invalid_parameter'],
    ['with null as cursor', { ...window, cursors: [null] }, 400, 'invalid_parameter'],
  ])('%s is refused', async (_, body, status, code) => {
    if (!PAIR) throw new Error('there is a sum');
    expect(await recount(PAIR.metric.id, body)).toMatchObject({ status, body: { code } });
  });
});
