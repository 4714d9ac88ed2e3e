import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MetricUpdate } from '../../../services/kernel/update.ts';
import { formatDecimal } from '../../../services/kernel/decimal.ts';
import type { RunningService } from '../../../services/platform/platform.ts';
import { start } from '../../../services/alerting/main.ts';
import { aReceiver, aRule, HOUR, salesCatalog, T0 } from '../../support/alerting.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { Definitions, TestPlatform } from '../../support/platform.ts';
import { openUpdateWriter } from '../../support/update-writer.ts';
import { runTidemark } from '../../support/stack.ts';
import { openReceiver, SECRET } from '../../support/webhook-receiver.ts';
import type { WebhookReceiver } from '../../support/webhook-receiver.ts';

const WAIT = { timeout: 30_000, interval: 50 };

let folder: string;
let receiver: WebhookReceiver;
let platform: TestPlatform;
let writer: Awaited<ReturnType<typeof openUpdateWriter>>;

const cursors = [{ topic: 'events.x', partition: 0, offset: 7 }];
const tick = (hour: number): MetricUpdate => ({
  kind: 'tick',
  metric: 'net-sales',
  version: 'v1',
  watermark: T0 + hour * HOUR,
  cursors,
  at: Date.now(),
});
/** The value of an hour, then its end. */
const hour = (number: number, value: number): readonly MetricUpdate[] => {
  const start = T0 + number * HOUR;
  const update: MetricUpdate = {
    kind: 'value',
    metric: 'net-sales',
    version: 'v1',
    series: '[]',
    grain: 'hour',
    start,
    end: start + HOUR,
    accumulators: { contributions: 10, sum: value * 100 },
    value: formatDecimal(value * 100, 2),
    state: 'open',
    revision: 0,
    backfilled: false,
    watermark: start,
    cursors,
    at: Date.now(),
  };
  return [update, tick(number + 1)];
};

const definitions = (url: string = receiver.url): Definitions =>
  salesCatalog({ receivers: [aReceiver({ url, secret: { file: join(folder, 'secret') } })] });

const ready = (service: RunningService) => expect.poll(() => service.missing(), WAIT).toEqual([]);
/** Alerting with everything in front of it read. */
const startReady = async (): Promise<RunningService> => {
  const service = await platform.run(start);
  await ready(service);
  return service;
};
/** Kafka keeps that all of `metric-updates` was read, as far as it goes now: a loss of Redis takes none of it back. */
async function untilKept(): Promise<void> {
  const admin = platform.kafka.admin();
  await admin.connect();
  const topic = `${platform.prefix}metric-updates`;
  const groupId = `${platform.prefix}tidemark-alerting`;
  const ends = await admin.fetchTopicOffsets(topic);
  const isKept = async (): Promise<boolean> => {
    const [kept] = await admin.fetchOffsets({ groupId, topics: [topic] });
    return ends.every(({ partition, high }) => {
      const one = kept?.partitions.find((own) => own.partition === partition);
      return Number(high) <= Math.max(0, Number(one?.offset ?? -1));
    });
  };
  await expect.poll(isKept, { ...WAIT, timeout: 60_000 }).toBe(true);
  await admin.disconnect();
}
const types = () => receiver.accepted().map(({ type }) => type);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-alerting-'));
  writeFileSync(join(folder, 'secret'), `${SECRET}\n`);
  receiver = await openReceiver();
  platform = await openTestPlatform(definitions(), {
    TIDEMARK_WEBHOOK_ALLOW: '127.0.0.0/8',
    TIDEMARK_SECRETS_DIR: folder,
    TIDEMARK_PARTITIONS: '2',
  });
  writer = await openUpdateWriter(platform);
});
afterEach(async () => {
  await writer.close();
  await platform.close();
  await receiver.close();
  rmSync(folder, { recursive: true });
});

test('a breach reaches its owner signed, with its evidence; so does its end; the API tells the story', async () => {
  await startReady();
  const url = await platform.listen();
  await writer.write(tick(0), ...hour(0, 2000), ...hour(1, 500));
  await expect.poll(types, WAIT).toEqual(['alert.firing']);
  expect(receiver.accepted()[0]?.data).toMatchObject({
    value: '500.00',
    previous: '2000.00',
    threshold: '1000',
    owner: { accountable: 'team:sales', via: 'metric' },
    evidence: { cursors, completeness: 1 },
  });
  const list = await (await fetch(`${url}/v1/alerts?state=firing`)).json();
  expect(list).toMatchObject({
    alerts: [{ rule: 'net-sales-low', state: 'firing', value: '500.00' }],
  });
  await writer.write(...hour(2, 3000));
  await expect.poll(types, WAIT).toEqual(['alert.firing', 'alert.resolved']);
  await expect
    .poll(async () => (await fetch(`${url}/v1/alerts/${list.alerts[0].id}`)).json(), WAIT)
    .toMatchObject({
      state: 'ok',
      outcome: 'recovered',
      recovered: '3000.00',
      deliveries: [
        { kind: 'firing', status: 'delivered', attempts: 1 },
        { kind: 'resolved', status: 'delivered', attempts: 1 },
      ],
    });
  const none = await fetch(`${url}/v1/alerts/0000`);
  expect([none.status, none.headers.get('content-type')]).toEqual([
    404,
    'application/problem+json; charset=utf-8',
  ]);
  expect((await fetch(`${url}/v1/alerts?state=red`)).status).toBe(400);
  const telemetry = await platform.telemetry.registry.metrics();
  expect(telemetry).toContain('tidemark_breach_to_notification_seconds_count 1');
  expect(telemetry).toContain(
    'tidemark_deliveries_total{receiver="ops-hook",outcome="delivered"} 2',
  );
});

test('a receiver that is down gets the message when it is up, under the same id', async () => {
  receiver.answer(503);
  await startReady();
  await writer.write(tick(0), ...hour(0, 500));
  await expect.poll(() => receiver.received.length, WAIT).toBe(1);
  receiver.answer(204);
  await expect.poll(types, WAIT).toEqual(['alert.firing']);
  const ids = new Set(receiver.received.map(({ headers }) => headers['webhook-id']));
  expect(ids.size).toBe(1);
});

test('410 disables the receiver: nothing more is sent to it, and the deliveries say so', async () => {
  receiver.answer(410);
  await startReady();
  const url = await platform.listen();
  await writer.write(tick(0), ...hour(0, 500), ...hour(1, 2000));
  await expect
    .poll(async () => {
      const { alerts } = await (await fetch(`${url}/v1/alerts`)).json();
      const detail = alerts[0] && (await (await fetch(`${url}/v1/alerts/${alerts[0].id}`)).json());
      return detail?.deliveries.map(({ status }: { status: string }) => status);
    }, WAIT)
    .toEqual(['disabled', 'disabled']);
  expect(receiver.received.length).toBe(1);
});

test('a private address that nobody allowed is refused, and the delivery says so', async () => {
  await platform.publish(definitions('https://169.254.169.254/latest'));
  await startReady();
  const url = await platform.listen();
  await writer.write(tick(0), ...hour(0, 500));
  await expect
    .poll(async () => {
      const { alerts } = await (await fetch(`${url}/v1/alerts`)).json();
      const detail = alerts[0] && (await (await fetch(`${url}/v1/alerts/${alerts[0].id}`)).json());
      return detail?.deliveries[0]?.detail;
    }, WAIT)
    .toContain('169.254.169.254 is private');
});

test('a process that stops before it delivered is followed by one that does, under the same id', async () => {
  receiver.answer(503);
  const first = await start(platform);
  await ready(first);
  await writer.write(tick(0), ...hour(0, 500));
  await expect.poll(() => receiver.received.length, WAIT).toBe(1);
  await first.stop();
  receiver.answer(204);
  const second = await openTestPlatformBeside();
  const service = await start(second);
  await expect.poll(types, WAIT).toEqual(['alert.firing']);
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  await service.stop();
  await second.close();
});

/** A second process of the same installation. */
const openTestPlatformBeside = () =>
  openTestPlatform(definitions(), {
    TIDEMARK_WEBHOOK_ALLOW: '127.0.0.0/8',
    TIDEMARK_SECRETS_DIR: folder,
    TIDEMARK_PARTITIONS: '2',
    TIDEMARK_TOPIC_PREFIX: platform.prefix,
  });

test('F-044 Redis lost while an alert fires: it is rebuilt, nobody is told twice, and the end is still delivered', async () => {
  await startReady();
  const url = await platform.listen();
  await writer.write(tick(0), ...hour(0, 2000), ...hour(1, 500));
  await expect.poll(types, WAIT).toEqual(['alert.firing']);
  const detail = async () => {
    const { alerts } = await (await fetch(`${url}/v1/alerts`)).json();
    return alerts?.[0] && (await (await fetch(`${url}/v1/alerts/${alerts[0].id}`)).json());
  };
  await expect.poll(async () => (await detail())?.deliveries[0].status, WAIT).toBe('delivered');
  const keys = await platform.redis.keys(`{${platform.prefix}alerting/*`);
  for (const key of keys) await platform.redis.del(key);
  await expect.poll(async () => (await detail())?.state, WAIT).toBe('firing');
  await writer.write(...hour(2, 3000));
  await expect.poll(types, WAIT).toEqual(['alert.firing', 'alert.resolved']);
  const episodes = receiver.accepted().map(({ data }) => data.alert.episode);
  expect(new Set(episodes).size).toBe(1);
});

test('a rule that is paused says why what burned is over, and that once though Redis is lost; what is red when it goes on is told', async () => {
  await startReady();
  const url = await platform.listen();
  const ask = async (path: string) => (await fetch(`${url}/v1/${path}`)).json();
  const first = async () => (await ask('alerts')).alerts?.[0];
  await writer.write(tick(0), ...hour(0, 500));
  await expect.poll(types, WAIT).toEqual(['alert.firing']);
  await platform.publish({ ...definitions(), rules: [aRule({ paused: true })] });
  await expect.poll(types, WAIT).toEqual(['alert.firing', 'alert.resolved']);
  expect(receiver.accepted()[1]?.data.alert).toMatchObject({ outcome: 'rule_paused' });
  await expect
    .poll(() => ask('alerts'), WAIT)
    .toMatchObject({
      alerts: [{ state: 'ok', outcome: 'rule_paused', paused: true }],
      health: [{ rule: 'net-sales-low', state: 'paused' }],
    });
  expect(await ask('rules/net-sales-low/review')).toMatchObject({ health: { state: 'paused' } });
  await writer.write(...hour(1, 400));
  await untilKept();
  const keys = await platform.redis.keys(`{${platform.prefix}alerting/*`);
  for (const key of keys) await platform.redis.del(key);
  await expect.poll(async () => (await first())?.outcome, WAIT).toBe('rule_paused');
  await platform.publish(definitions());
  await writer.write(tick(2));
  await expect.poll(types, WAIT).toEqual(['alert.firing', 'alert.resolved', 'alert.firing']);
  expect(receiver.accepted()[2]?.data).toMatchObject({
    value: '400.00',
    alert: { alreadyBreached: true },
  });
  await expect.poll(first, WAIT).toMatchObject({ state: 'firing', paused: false });
});

test('F-084 two processes share the partitions, and a breach is told once', async () => {
  const second = await openTestPlatformBeside();
  const services = [await start(platform), await start(second)];
  for (const service of services) await ready(service);
  await writer.write(tick(0), ...hour(0, 500));
  await expect.poll(types, WAIT).toEqual(['alert.firing']);
  await services[0]?.stop();
  await writer.write(...hour(1, 2000));
  await expect.poll(types, WAIT).toEqual(['alert.firing', 'alert.resolved']);
  await services[1]?.stop();
  await second.close();
});

test('a receiver is tested by the path that alerts take, and the answer says what came of it', async () => {
  await startReady();
  const url = await platform.listen();
  const ask = async (id: string) => {
    const answer = await fetch(`${url}/v1/receivers/${id}/test`, { method: 'POST' });
    return { status: answer.status, ...((await answer.json()) as object) };
  };
  expect(await ask('ops-hook')).toEqual({
    status: 200,
    receiver: 'ops-hook',
    outcome: 'delivered',
    detail: '204',
  });
  expect(types()).toEqual(['receiver.test']);
  receiver.answer(500);
  expect(await ask('ops-hook')).toMatchObject({ status: 200, outcome: 'retryable', detail: '500' });
  expect(await ask('nobody')).toMatchObject({ status: 404, code: 'not_found' });
});

test('the command line lists, shows and tests what the API has', async () => {
  await startReady();
  const { port } = new URL(await platform.listen());
  const tidemark = (...args: readonly string[]) =>
    runTidemark([...args, '--data', folder], { TIDEMARK_PORT: port });
  await writer.write(tick(0), ...hour(0, 500));
  await expect.poll(types, WAIT).toEqual(['alert.firing']);
  const list = await tidemark('alerts', 'list', '--state', 'firing', '--output', 'json');
  const [alert] = JSON.parse(list.stdout) as { id: string; rule: string }[];
  expect([list.code, alert?.rule]).toEqual([0, 'net-sales-low']);
  const table = await tidemark('alerts', 'list');
  expect(table.stdout).toMatch(/RULE +LABELS +STATE[^]*net-sales-low +firing +500\.00 +1000/);
  await expect
    .poll(async () => (await tidemark('alerts', 'show', alert?.id ?? '')).stdout, WAIT)
    .toMatch(/state +firing[^]*breach[^]*firing +ops-hook +delivered/);
  expect(await tidemark('alerts', 'test-receiver', 'ops-hook')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('delivered'),
  });
  expect(await tidemark('alerts', 'test-receiver', 'nobody')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no receiver nobody'),
  });
  expect(await tidemark('alerts', 'list', '--state', 'red')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('state must be one of'),
  });
});
