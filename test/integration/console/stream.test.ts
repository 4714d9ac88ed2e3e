import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { redisProjectionStore } from '../../../services/aggregator/adapters/redis-projection-store.ts';
import type { AlertRecord } from '../../../services/kernel/alert.ts';
import type { Json } from '../../../services/kernel/json.ts';
import { systemTopic } from '../../../services/kernel/topics.ts';
import { encodeUpdate } from '../../../services/kernel/update.ts';
import type { MetricUpdate, UpdateRecord, ValueUpdate } from '../../../services/kernel/update.ts';
import { openCodec } from '../../../services/platform/avro/codec.ts';
import type { RunningService } from '../../../services/platform/platform.ts';
import type { ValueEvent } from '../../../services/console/core/answers.ts';
import { start } from '../../../services/console/main.ts';
import { browserChannel } from '../../../services/alerting/adapters/channels/browser.ts';
import type { Message as AlertMessage } from '../../../services/alerting/core/alert/episode.ts';
import { bench } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { projectionFiller } from '../../support/projection-filler.ts';
import type { Filler } from '../../support/projection-filler.ts';

const HOUR = 3_600_000;
const sales = aMetric({ id: 'sales', grains: ['hour'] });
const orders = aMetric({ id: 'orders', grains: ['hour'] });
const update = (over: Partial<ValueUpdate> = {}): ValueUpdate => ({
  kind: 'value',
  metric: 'sales',
  version: sales.version,
  series: '[]',
  grain: 'hour',
  start: 0,
  end: HOUR,
  accumulators: { contributions: 1, sum: 100 },
  value: '1.00',
  state: 'open',
  revision: 0,
  backfilled: false,
  watermark: 1_000,
  cursors: [],
  at: 0,
  ...over,
});
const alert: AlertRecord = {
  id: 'a'.repeat(32),
  rule: 'sales-low',
  ruleVersion: 'r1',
  severity: 'critical',
  metric: 'sales',
  metricVersion: sales.version,
  series: '["store","S1"]',
  state: 'firing',
  transition: 'firing',
  reason: 'breach',
  at: HOUR,
  sequence: 1,
  episode: { id: 'e1', startedAt: HOUR, endedAt: null, outcome: null },
  window: { start: 0, end: HOUR, state: 'closed', revision: 0 },
  value: '1.00',
  previous: null,
  threshold: '10.00',
  worst: '1.00',
  recovered: null,
  accountable: 'team:sales',
  deputy: null,
  inputPartition: 0,
  inputOffset: 0,
  acknowledgedBy: null,
  acknowledgedUntil: null,
  assignee: null,
  mutedBy: null,
  escalationStep: 0,
  command: -1,
  document: '{}',
};

type Message = { readonly event: string; readonly data: unknown; readonly id: string };

/** A reader of the stream over a real connection. */
async function openStream(url: string, lastEventId?: string) {
  const abort = new AbortController();
  const response = await fetch(url, {
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
    signal: abort.signal,
  });
  const messages: Message[] = [];
  const reading = (async (): Promise<void> => {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      rest += decoder.decode(chunk, { stream: true });
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const field = (name: string): string =>
          block
            .split('\n')
            .find((line) => line.startsWith(`${name}: `))
            ?.slice(name.length + 2) ?? '';
        if (field('data') !== '')
          messages.push({
            event: field('event'),
            data: JSON.parse(field('data')),
            id: field('id'),
          });
      }
    }
  })().catch(() => undefined);
  return {
    status: response.status,
    messages,
    of: (event: string) => messages.filter((message) => message.event === event),
    close: async (): Promise<void> => {
      abort.abort();
      await reading;
    },
  };
}

describe('the stream', () => {
  let platform: TestPlatform;
  let service: RunningService;
  let url: string;
  let filler: Filler;
  let publish: (updates: readonly MetricUpdate[]) => Promise<void>;
  let publishAlert: (record: AlertRecord) => Promise<void>;

  beforeAll(async () => {
    platform = await openTestPlatform({ metrics: [sales, orders] });
    const { redis, prefix, kafka, schemas } = platform;
    const store = redisProjectionStore(redis, prefix);
    filler = await projectionFiller(store, sales, { empty: false });
    await filler.count([], { caughtUp: false });
    service = await platform.run(start);
    url = `${await platform.listen()}/v1/stream`;
    const schemaOf = (name: string): Json =>
      JSON.parse(readFileSync(`schemas/tidemark/${name}.avsc`, 'utf8')) as Json;
    const topics = {
      update: systemTopic(prefix, 'metricUpdates'),
      alert: systemTopic(prefix, 'alerts'),
    };
    const updateCodec = await openCodec<UpdateRecord>(schemas, {
      subject: `${topics.update}-value`,
      schema: schemaOf('metric-update'),
    });
    const alertCodec = await openCodec<AlertRecord>(schemas, {
      subject: `${topics.alert}-value`,
      schema: schemaOf('alert'),
    });
    const producer = kafka.producer();
    await producer.connect();
    publish = async (updates) => {
      const messages = updates.map((one) => ({
        key: 'k',
        value: updateCodec.encode(encodeUpdate(one)),
      }));
      await producer.send({ topic: topics.update, messages });
    };
    publishAlert = async (record) => {
      const messages = [{ key: record.id, value: alertCodec.encode(record) }];
      await producer.send({ topic: topics.alert, messages });
    };
    await vi.waitFor(() => expect(service.missing()).toEqual([]), { timeout: 30_000 });
    return async () => producer.disconnect();
  });
  afterAll(() => platform.close());

  test('brings messages to browsers, those missed meanwhile too, and lists them', async () => {
    const b = bench();
    b.hour(0, 900);
    b.hour(1, 1100);
    const [firing, resolved] = b.messages() as readonly [AlertMessage, AlertMessage];
    const tell = browserChannel(platform.redis, platform.prefix);
    const receiver = { id: 'ops-hook', type: 'browser' } as const;
    const stream = await openStream(url);
    expect((await tell(firing, receiver)).kind).toBe('delivered');
    await expect.poll(() => stream.of('notification'), { timeout: 30_000 }).toHaveLength(1);
    const [told] = stream.of('notification');
    expect(told?.data).toMatchObject({
      id: firing.id,
      kind: 'firing',
      receiver: 'ops-hook',
      texts: { en: { title: expect.stringContaining('900.00') }, zh: {} },
    });
    await stream.close();
    const other = await openStream(url);
    await tell(resolved, receiver);
    await tell(resolved, receiver);
    await expect.poll(() => other.of('notification'), { timeout: 30_000 }).toHaveLength(2);
    const again = await openStream(url, told?.id);
    await expect
      .poll(() => again.of('notification').map(({ data }) => (data as { id: string }).id))
      .toEqual([resolved.id, resolved.id]);
    await Promise.all([other.close(), again.close()]);
    const list = await fetch(url.replace('/v1/stream', '/v1/notifications'));
    const { notifications } = (await list.json()) as { notifications: { id: string }[] };
    expect(notifications.map(({ id }) => id)).toEqual([resolved.id, firing.id]);
  });

  test('tells of notes that are put and taken back, from the log that all consoles write to', async () => {
    const stream = await openStream(`${url}?metric=sales`);
    const notes = url.replace('/v1/stream', '/v1/metrics/sales/notes');
    const posted = await fetch(notes, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'Strike' }),
    });
    const told = () => stream.of('note').map(({ data }) => data);
    await expect.poll(told, { timeout: 30_000 }).toEqual([{ metric: 'sales' }]);
    const { id } = (await posted.json()) as { id: string };
    expect((await fetch(`${notes}/${id}`, { method: 'DELETE' })).status).toBe(200);
    await expect.poll(told, { timeout: 30_000 }).toHaveLength(2);
    await stream.close();
  });

  test('tells values as they change, many changes of a cell as one, and only of the metrics asked for', async () => {
    const all = await openStream(url);
    const filtered = await openStream(`${url}?metric=orders`);
    const changes = Array.from({ length: 1_000 }, (_, i) =>
      update({ accumulators: { contributions: i + 1 }, value: `${i + 1}.00` }),
    );
    await publish([...changes, update({ metric: 'orders', value: '7.00' })]);
    await expect
      .poll(() => (all.of('value').map(({ data }) => data) as ValueEvent[]).at(-1)?.value)
      .toBe('7.00');
    const ofSales = (all.of('value').map(({ data }) => data) as ValueEvent[]).filter(
      ({ metric }) => metric === 'sales',
    );
    expect(ofSales.at(-1)).toMatchObject({ value: '1000.00', count: 1_000, labels: {} });
    expect(ofSales.length).toBeLessThan(50);
    await expect.poll(() => filtered.of('value').length).toBe(1);
    expect(filtered.of('value')[0]?.data).toMatchObject({ metric: 'orders' });
    await all.close();
    await filtered.close();
  });

  test('tells alerts and watermarks', async () => {
    const stream = await openStream(url);
    await publishAlert(alert);
    const tick = { kind: 'tick', metric: 'sales', version: sales.version, cursors: [] } as const;
    await publish([{ ...tick, watermark: HOUR, at: HOUR }]);
    await expect.poll(() => stream.of('alert').length).toBe(1);
    expect(stream.of('alert')[0]?.data).toMatchObject({
      id: alert.id,
      state: 'firing',
      labels: { store: 'S1' },
      threshold: '10.00',
    });
    await expect.poll(() => stream.of('pipeline').length).toBe(1);
    expect(stream.of('pipeline')[0]?.data).toMatchObject({
      watermarks: [{ metric: 'sales', watermark: '1970-01-01T01:00:00.000Z' }],
    });
    await stream.close();
  });

  test('goes on after the last event that a reader saw, and says so when it cannot', async () => {
    const first = await openStream(url);
    await publish([update({ start: HOUR, value: '2.00' })]);
    await expect.poll(() => first.of('value').length).toBe(1);
    const lastId = first.of('value')[0]?.id;
    await first.close();
    const meanwhile = await openStream(url);
    await publish([update({ start: 2 * HOUR, value: '3.00' })]);
    await expect.poll(() => meanwhile.of('value').length).toBe(1);
    await meanwhile.close();
    const again = await openStream(url, lastId);
    await expect.poll(() => again.of('value').length).toBe(1);
    expect(again.of('value')[0]?.data).toMatchObject({ value: '3.00' });
    expect(again.of('reset')).toEqual([]);
    await again.close();
    const stranger = await openStream(url, 'another-process-17');
    await expect.poll(() => stranger.of('reset').length).toBe(1);
    await stranger.close();
  });

  test('withholds values while a metric is rebuilt, then has everyone read anew', async () => {
    const stream = await openStream(url);
    await publish([update({ start: 3 * HOUR, value: '4.00', backfilled: true })]);
    await expect.poll(() => stream.of('value').length).toBe(1);
    expect(stream.of('value')[0]?.data).toMatchObject({ value: null, state: 'rebuilding' });
    expect(stream.of('reset')).toEqual([]);
    await filler.count([]);
    await expect.poll(() => stream.of('reset').length).toBe(1);
    await stream.close();
  });

  test('cuts off a reader that does not read, and nobody else', async () => {
    const good = await openStream(url);
    const { port } = new URL(url);
    const slow = connect(Number(port), '127.0.0.1');
    slow.on('error', () => undefined);
    slow.write('GET /v1/stream HTTP/1.1\r\nhost: localhost\r\n\r\n');
    slow.pause();
    const long = 'x'.repeat(4_000);
    const gauge = () =>
      platform.telemetry.registry.getSingleMetric('tidemark_console_stream_readers');
    const readers = async () => (await gauge()?.get())?.values[0]?.value;
    await expect.poll(readers).toBe(2);
    let cell = 0;
    await expect
      .poll(
        async () => {
          await publish(
            Array.from({ length: 200 }, () =>
              update({ series: JSON.stringify(['store', `${long}${cell++}`]) }),
            ),
          );
          return readers();
        },
        { timeout: 60_000, interval: 50 },
      )
      .toBe(1);
    await publish([update({ start: 9 * HOUR, value: '9.00' })]);
    await expect
      .poll(() => (good.of('value').map(({ data }) => data) as ValueEvent[]).at(-1)?.value, {
        timeout: 30_000,
      })
      .toBe('9.00');
    slow.destroy();
    await good.close();
  });

  test('an unknown metric is refused', async () => {
    const response = await fetch(`${url}?metric=none`);
    expect(response.status).toBe(404);
  });
});
