import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { start } from '../../../services/alerting/main.ts';
import { formatDecimal } from '../../../services/kernel/decimal.ts';
import type { MetricUpdate } from '../../../services/kernel/update.ts';
import { aReceiver, aRule, HOUR, salesCatalog, T0 } from '../../support/alerting.ts';
import { aMetric, anEventType } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { Definitions, TestPlatform } from '../../support/platform.ts';
import { readUpdates } from '../../support/update-feed.ts';
import { openUpdateWriter } from '../../support/update-writer.ts';
import { openReceiver, SECRET } from '../../support/webhook-receiver.ts';
import type { WebhookReceiver } from '../../support/webhook-receiver.ts';

const WAIT = { timeout: 30_000, interval: 100 };
const EVENTS = 'com.example.sales.order-booked';
/** Two partitions: `net-sales` and `orders` lie in different ones, and so does what is said of the system itself. */
const PARTITIONS = 2;

let folder: string;
let receiver: WebhookReceiver;
let platform: TestPlatform;
let writer: Awaited<ReturnType<typeof openUpdateWriter>>;

type Told = { type: string; data: { alert: { rule: string }; [member: string]: unknown } };
const told = (): readonly Told[] => receiver.accepted() as unknown as readonly Told[];
const lines = (): readonly string[] =>
  told().map(({ type, data }) => `${type.slice('alert.'.length)} ${data.alert.rule}`);
const tick = (hour: number, events: number, metric = 'net-sales'): MetricUpdate => ({
  kind: 'tick',
  metric,
  version: 'v1',
  watermark: T0 + hour * HOUR,
  sources: [{ eventType: EVENTS, watermark: T0 + hour * HOUR, events }],
  cursors: [],
  at: Date.now(),
});
const value = (hour: number, amount: number, metric = 'net-sales'): MetricUpdate => ({
  kind: 'value',
  metric,
  version: 'v1',
  series: '[]',
  grain: 'hour',
  start: T0 + hour * HOUR,
  end: T0 + (hour + 1) * HOUR,
  accumulators: { contributions: 10, sum: amount * 100 },
  value: formatDecimal(amount * 100, 2),
  state: 'open',
  revision: 0,
  backfilled: false,
  watermark: T0 + hour * HOUR,
  cursors: [],
  at: Date.now(),
});

const open = async (definitions: (hook: ReturnType<typeof aReceiver>) => Definitions) => {
  const hook = aReceiver({ url: receiver.url, secret: { file: join(folder, 'secret') } });
  platform = await openTestPlatform(definitions(hook), {
    TIDEMARK_WEBHOOK_ALLOW: '127.0.0.0/8',
    TIDEMARK_SECRETS_DIR: folder,
    TIDEMARK_PARTITIONS: String(PARTITIONS),
  });
  writer = await openUpdateWriter(platform);
  const service = await platform.run(start);
  await expect.poll(() => service.missing(), WAIT).toEqual([]);
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-self-watch-'));
  writeFileSync(join(folder, 'secret'), `${SECRET}\n`);
  receiver = await openReceiver();
});
afterEach(async () => {
  await writer.close();
  await platform.close();
  await receiver.close();
  rmSync(folder, { recursive: true });
});

test('a source that falls silent is told, its metric’s windows are held, and its return is told', async () => {
  await open((hook) =>
    salesCatalog({ receivers: [hook], eventTypes: [anEventType({ idleTimeoutMs: 2_000 })] }),
  );
  const url = await platform.listen();
  await writer.write(tick(0, 5), value(0, 5000));
  const silent = async () => {
    await writer.write(tick(0.5, 10));
    return lines();
  };
  await expect.poll(silent, { ...WAIT, interval: 500 }).toEqual(['firing source-silent']);
  expect(told()[0]?.data).toMatchObject({
    labels: { source: EVENTS },
    evidence: { lacking: [EVENTS] },
  });
  // An hour closes without an event: 0 would be a breach.
  await writer.write(tick(2, 10));
  const telemetry = async () => (await platform.telemetry.registry.metrics()).split('\n');
  await expect.poll(telemetry, WAIT).toContain(`tidemark_source_silent{event_type="${EVENTS}"} 1`);
  await writer.write(tick(2, 11));
  await expect.poll(lines, WAIT).toEqual(['firing source-silent', 'resolved source-silent']);
  const { alerts } = (await (await fetch(`${url}/v1/alerts`)).json()) as {
    alerts: { rule: string; state: string }[];
  };
  expect(alerts.map(({ rule, state }) => `${rule} ${state}`)).not.toContain('net-sales-low firing');
});

test('case 14: the watchdog is heard while ticks come, and not when they stop', async () => {
  await open((hook) =>
    salesCatalog({
      receivers: [hook],
      settings: { watchdog: { receiver: 'ops-hook', everyMs: 1_000 } },
    }),
  );
  let hours = 0;
  const beats = async () => {
    await writer.write(tick((hours += 0.001), 1));
    return lines().length;
  };
  await expect.poll(beats, { ...WAIT, interval: 400 }).toBeGreaterThanOrEqual(3);
  expect(new Set(lines())).toEqual(new Set(['firing watchdog', 'repeated watchdog']));
  const heard = lines().length;
  // Alerting's own clocks go on; nothing is evaluated.
  const clocks = async () =>
    (await readUpdates(platform)).filter(({ kind }) => kind === 'clock').length;
  const before = await clocks();
  await expect.poll(clocks, { ...WAIT, interval: 500 }).toBeGreaterThan(before + 3 * PARTITIONS);
  expect(lines().length).toBeLessThanOrEqual(heard + 1);
});

test('case 15: the message of a metric names the driver that burns in another partition', async () => {
  const drivers = [{ metric: 'orders', operator: '+' }] as const;
  await open((hook) =>
    salesCatalog({
      receivers: [hook],
      metrics: [aMetric({ timezone: 'UTC', drivers }), aMetric({ id: 'orders', timezone: 'UTC' })],
      rules: [aRule(), aRule({ id: 'orders-low', metric: 'orders' })],
    }),
  );
  await writer.write(tick(0, 1), tick(0, 1, 'orders'));
  await writer.write(value(0, 5000), value(0, 4000, 'orders'), tick(1, 2), tick(1, 2, 'orders'));
  await writer.write(value(1, 100), value(1, 50, 'orders'), tick(2, 3), tick(2, 3, 'orders'));
  await expect
    .poll(() => lines().toSorted(), WAIT)
    .toEqual(['firing net-sales-low', 'firing orders-low']);
  const parent = told().find(({ data }) => data.alert.rule === 'net-sales-low');
  expect(parent?.data['drivers']).toMatchObject([{ rule: 'orders-low', share: 0.8061 }]);
});
