import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { start as startAggregator } from '../../../services/aggregator/main.ts';
import { start as startAlerting } from '../../../services/alerting/main.ts';
import { start as startConsole } from '../../../services/console/main.ts';
import type { DerivedMetric } from '../../../services/kernel/definitions.ts';
import { DAY_MS, HOUR_MS } from '../../../services/kernel/time.ts';
import { calendarOf } from '../../../services/kernel/window.ts';
import type { RunningService } from '../../../services/platform/platform.ts';
import { aReceiver, aRule, salesCatalog } from '../../support/alerting.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { EventLog } from '../../support/event-log.ts';
import { EVERY_AGGREGATION, ORDERS, anOrder } from '../../support/order-events.ts';
import { aMetric } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { readUpdates } from '../../support/update-feed.ts';
import { openReceiver, SECRET } from '../../support/webhook-receiver.ts';

const WAIT = { timeout: 60_000, interval: 50 };
const INPUTS = EVERY_AGGREGATION.map(({ metric }) => metric).filter(({ id }) =>
  ['amount-sum', 'orders-count'].includes(id),
);
const MEAN = {
  ...aMetric({ id: 'mean-amount' }),
  kind: 'derived',
  formula: 'amount_sum / orders_count',
  inputs: ['amount-sum', 'orders-count'],
  breakdowns: [[], ['store']],
  grains: ['minute', 'hour', 'day'],
} as unknown as DerivedMetric;
/** A week that is over, and the one before, in which the series begins. */
const week = calendarOf(MEAN).windowAt({ kind: 'period', period: 'week' }, Date.now() - 8 * DAY_MS);

let platform: TestPlatform;
let log: EventLog;
let url: string;
let receiver: Awaited<ReturnType<typeof openReceiver>>;
const VARIABLE = 'SECRET_FORMULA_HOOK';

beforeAll(async () => {
  process.env[VARIABLE] = SECRET;
  receiver = await openReceiver();
  platform = await openTestPlatform(
    salesCatalog({
      eventTypes: [ORDERS],
      metrics: [...INPUTS, MEAN],
      rules: [
        aRule({
          id: 'small-orders',
          metric: MEAN.id,
          by: ['store'],
          when: 'value < 20',
          window: { kind: 'period', period: 'week' },
        }),
      ],
      receivers: [aReceiver({ url: receiver.url, secret: { env: VARIABLE } })],
    }),
    { TIDEMARK_WEBHOOK_ALLOW: '127.0.0.0/8', TIDEMARK_SECRETS_ENV: VARIABLE },
  );
  log = await openEventLog(platform, ORDERS);
  const services: RunningService[] = [];
  for (const start of [startAggregator, startAlerting, startConsole])
    services.push(await platform.run(start));
  url = await platform.listen();
  await vi.waitFor(() => expect(services.flatMap((one) => one.missing())).toEqual([]), WAIT);
});
afterAll(async () => {
  await log.close();
  await platform.close();
  await receiver[Symbol.asyncDispose]();
  delete process.env[VARIABLE];
});

const get = async (path: string): Promise<Record<string, unknown>> =>
  (await fetch(`${url}${path}`)).json() as Promise<Record<string, unknown>>;
const iso = (ms: number): string => new Date(ms).toISOString();

/** Another store's order in every partition, so that the watermark goes on. */
const passTo = async (timeMs: number): Promise<void> => {
  for (const partition of [0, 1, 2, 3])
    await log.events(partition, [anOrder(`${timeMs}-${partition}`, timeMs, { store: 'S2' })]);
};

test('a weekly rule on a ratio fires by the ratio of the week, which is that of the read API, of a recount and of the test of the rule', async () => {
  await passTo(week.startMs - HOUR_MS);
  const isTold = async () =>
    (await readUpdates(platform)).some(
      ({ kind, ...one }) => kind === 'tick' && 'metric' in one && one.metric === MEAN.id,
    );
  await expect.poll(isTold, WAIT).toBe(true);
  // One large order on the first day, small ones later: no mean or sum of days is 100.00 + 9 · 1.00 over 10.
  await log.events(0, [
    anOrder('large', week.startMs + HOUR_MS, { amount: 10_000 }),
    ...Array.from({ length: 9 }, (_, i) =>
      anOrder(`small-${i}`, week.startMs + (1 + i / 2) * DAY_MS + 2 * HOUR_MS, { amount: 100 }),
    ),
  ]);
  await passTo(week.endMs + HOUR_MS);
  type Told = {
    readonly labels: { readonly store: string };
    readonly alert: { readonly id: string };
  };
  const told = () =>
    receiver
      .accepted()
      .map(({ type, data }) => ({ type, data: data as unknown as Told }))
      .filter(({ data }) => data.labels.store === 'S1');
  await expect.poll(() => told().map(({ type }) => type), WAIT).toEqual(['alert.firing']);
  const [own] = told().map(({ data }) => data);
  expect(own).toMatchObject({
    value: '10.90',
    threshold: '20',
    window: { start: iso(week.startMs), end: iso(week.endMs) },
  });
  const range = { from: iso(week.startMs), to: iso(week.endMs) };
  const asked = new URLSearchParams({ ...range, grain: 'week', where: 'store:S1', by: 'store' });
  expect(JSON.stringify(await get(`/v1/metrics/${MEAN.id}/values?${asked.toString()}`))).toContain(
    '"10.90"',
  );
  const id = own?.alert.id;
  expect(await get(`/v1/alerts/${id}/explain`)).toMatchObject({
    atAlert: { value: '10.90', count: 20, verdict: 'breach' },
    recounted: { value: '10.90', count: 20, isEqual: true },
    now: { value: '10.90', count: 20 },
  });
  const response = await fetch(`${url}/v1/rules/test`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ rule: 'small-orders', ...range }),
  });
  const { episodeList } = (await response.json()) as { episodeList: readonly object[] };
  expect(episodeList).toContainEqual(
    expect.objectContaining({ labels: { store: 'S1' }, value: '10.90' }),
  );
});
