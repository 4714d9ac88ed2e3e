import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { start } from '../../../services/alerting/main.ts';
import { formatDecimal } from '../../../services/kernel/decimal.ts';
import type { MetricUpdate } from '../../../services/kernel/update.ts';
import { aReceiver, HOUR, salesCatalog, T0 } from '../../support/alerting.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { runTidemark } from '../../support/stack.ts';
import { openUpdateWriter } from '../../support/update-writer.ts';
import { openReceiver, SECRET } from '../../support/webhook-receiver.ts';
import type { WebhookReceiver } from '../../support/webhook-receiver.ts';

const WAIT = { timeout: 30_000, interval: 50 };
let folder: string;
let receiver: WebhookReceiver;
let platform: TestPlatform;
let writer: Awaited<ReturnType<typeof openUpdateWriter>>;
let url: string;

const tick = (hour: number): MetricUpdate => {
  const watermark = T0 + hour * HOUR;
  return {
    kind: 'tick',
    metric: 'net-sales',
    version: 'v1',
    watermark,
    cursors: [],
    at: Date.now(),
  };
};
const hour = (number: number, value: number): readonly MetricUpdate[] => [
  {
    kind: 'value',
    metric: 'net-sales',
    version: 'v1',
    series: '[]',
    grain: 'hour',
    start: T0 + number * HOUR,
    end: T0 + (number + 1) * HOUR,
    accumulators: { contributions: 10, sum: value * 100 },
    value: formatDecimal(value * 100, 2),
    state: 'open',
    revision: 0,
    backfilled: false,
    watermark: T0 + number * HOUR,
    cursors: [],
    at: Date.now(),
  },
  tick(number + 1),
];
const types = () => receiver.accepted().map(({ type }) => type);
const ask = async (
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  { body, key }: { body?: object; key?: string } = {},
) => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(key ? { 'idempotency-key': key } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, answer: await response.json() };
};
/** The one alert, in full. */
const detail = async () => {
  const { answer } = await ask('GET', '/v1/alerts');
  const id: string | undefined = answer.alerts?.[0]?.id;
  return id === undefined ? undefined : (await ask('GET', `/v1/alerts/${id}`)).answer;
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-commands-'));
  writeFileSync(join(folder, 'secret'), `${SECRET}\n`);
  receiver = await openReceiver();
  const secret = { file: join(folder, 'secret') };
  platform = await openTestPlatform(
    salesCatalog({ receivers: [aReceiver({ url: receiver.url, secret })] }),
    {
      TIDEMARK_WEBHOOK_ALLOW: '127.0.0.0/8',
      TIDEMARK_SECRETS_DIR: folder,
      TIDEMARK_PARTITIONS: '2',
      TIDEMARK_LINK_SECRET: 'a secret of this test only',
    },
  );
  writer = await openUpdateWriter(platform);
  const service = await platform.run(start);
  await expect.poll(() => service.missing(), WAIT).toEqual([]);
  url = await platform.listen();
});
afterEach(async () => {
  await writer.close();
  await platform.close();
  await receiver.close();
  rmSync(folder, { recursive: true });
});

test('what people say counts at once, once, and outlives Redis', async () => {
  await writer.write(tick(0), ...hour(0, 2000), ...hour(1, 500));
  await expect.poll(types, WAIT).toEqual(['alert.firing']);
  const { id } = await detail();
  const said = { body: { comment: 'on it', for: 'PT4H' }, key: 'once' };
  const acknowledged = await ask('POST', `/v1/alerts/${id}/ack`, said);
  expect(acknowledged).toMatchObject({
    status: 200,
    answer: { alert: { id, acknowledged: { by: 'person:local', comment: 'on it' } } },
  });
  await ask('POST', `/v1/alerts/${id}/ack`, said);
  await ask('POST', `/v1/alerts/${id}/comment`, { body: { text: 'the till is off' } });
  const gone = await ask('POST', `/v1/alerts/${id}/assign`, { body: { to: 'person:nobody' } });
  expect(gone).toMatchObject({ status: 404, answer: { code: 'not_found', pointer: '/to' } });
  await ask('POST', `/v1/alerts/${id}/assign`, { body: { to: 'team:sales' } });
  const told = {
    state: 'firing',
    assignee: 'team:sales',
    acknowledged: { by: 'person:local' },
    comments: [{ by: 'person:local', text: 'the till is off' }],
  };
  const before = await detail();
  expect(before).toMatchObject(told);
  const kinds = (of: { timeline: { transition: string }[] }) =>
    of.timeline.map(({ transition }) => transition).filter((kind) => kind !== 'delivered');
  expect(kinds(before)).toEqual(['firing', 'acknowledged', 'commented', 'assigned']);
  const keys = await platform.redis.keys(`{${platform.prefix}alerting/*`);
  for (const key of keys) await platform.redis.del(key);
  await expect.poll(async () => (await detail())?.state, WAIT).toBe('firing');
  expect(await detail()).toMatchObject(told);
  expect(kinds(await detail())).toEqual(kinds(before));
});

test('a silence is shown before it is made, withholds, and at its end its people are told', async () => {
  const body = { matchers: ['rule=net-sales-low'], for: 'PT1H', comment: 'stock-taking' };
  const preview = await ask('POST', '/v1/silences', { body: { ...body, preview: true } });
  expect(preview).toMatchObject({ status: 200, answer: { preview: true } });
  expect((await ask('GET', '/v1/silences')).answer.silences).toEqual([]);
  const made = await ask('POST', '/v1/silences', { body, key: 'one' });
  const again = await ask('POST', '/v1/silences', { body, key: 'one' });
  const { id } = made.answer.silence;
  expect([made.status, again.answer.silence.id]).toEqual([200, id]);
  await writer.write(tick(0), ...hour(0, 2000), ...hour(1, 500));
  await expect.poll(async () => (await detail())?.mutedBy, WAIT).toBe(`silence ${id}`);
  const list = (await ask('GET', '/v1/silences')).answer.silences;
  expect(list).toMatchObject([
    { id, state: 'active', by: 'person:local', comment: 'stock-taking', matches: { count: 1 } },
  ]);
  expect(types()).toEqual([]);
  expect(await ask('DELETE', `/v1/silences/${id}`)).toMatchObject({
    status: 200,
    answer: { silence: { state: 'expired', endedBy: 'person:local' } },
  });
  expect((await ask('GET', '/v1/silences')).answer.silences).toMatchObject([
    { id, state: 'expired', endedBy: 'person:local' },
  ]);
  await expect.poll(types, WAIT).toEqual(['alert.unmuted']);
  await writer.write(...hour(2, 3000));
  await expect.poll(types, WAIT).toEqual(['alert.unmuted', 'alert.resolved']);
});

test('a receiver that wants nothing more is told of, until it takes a message again, or a test', async () => {
  const state = async () => {
    const { answer } = await ask('GET', '/v1/alerts');
    const all: { rule: string; state: string }[] = answer.alerts ?? [];
    return all.find(({ rule }) => rule === 'receiver-unreachable')?.state;
  };
  receiver.answer(410);
  await writer.write(tick(0), ...hour(0, 2000), ...hour(1, 500));
  await expect.poll(state, WAIT).toBe('firing');
  receiver.answer(204);
  expect((await ask('POST', '/v1/receivers/ops-hook/enable')).answer.wasDisabled).toBe(true);
  await writer.write(...hour(2, 3000));
  await expect.poll(state, WAIT).toBe('ok');
  expect(types()).toEqual(['alert.resolved']);
  receiver.answer(410);
  await writer.write(...hour(3, 500));
  await expect.poll(state, WAIT).toBe('firing');
  receiver.answer(204);
  const early = await ask('POST', '/v1/receivers/ops-hook/test');
  expect(early.answer).toMatchObject({
    outcome: 'gone',
    detail: expect.stringContaining('tidemark alerts enable-receiver ops-hook'),
  });
  await ask('POST', '/v1/receivers/ops-hook/enable');
  const tested = await ask('POST', '/v1/receivers/ops-hook/test');
  expect(tested.answer).toMatchObject({ outcome: 'delivered' });
  await expect.poll(state, WAIT).toBe('ok');
  expect(types()).toEqual(['alert.resolved', 'receiver.test']);
});

test('the link in a message acknowledges once, and only by its button', async () => {
  await writer.write(tick(0), ...hour(0, 2000), ...hour(1, 500));
  await expect.poll(types, WAIT).toEqual(['alert.firing']);
  const [message] = receiver.accepted() as unknown as { data: { links: { ack: string } } }[];
  const link = message?.data.links.ack ?? '';
  const token = link.split('/').at(-1);
  const open = (method: 'GET' | 'POST', form: Record<string, string> = {}) =>
    fetch(`${url}/v1/ack/${token}`, {
      method,
      ...(method === 'POST' ? { body: new URLSearchParams(form) } : {}),
    });
  expect((await open('GET')).status).toBe(200);
  expect((await detail()).acknowledged).toBeNull();
  expect((await open('POST')).status).toBe(200);
  expect((await detail()).acknowledged).toMatchObject({ by: 'team:sales' });
  expect((await open('POST')).status).toBe(410);
  expect((await open('POST', { verb: 'unack' })).status).toBe(200);
  expect((await open('POST', { verb: 'snooze', for: 'PT1H' })).status).toBe(200);
  expect(await detail()).toMatchObject({ acknowledged: null, mutedBy: 'snoozed' });
});

test('what cannot be done is refused with its reason', async () => {
  await writer.write(tick(0), ...hour(0, 2000), ...hour(1, 500));
  await expect.poll(types, WAIT).toEqual(['alert.firing']);
  const { id } = await detail();
  const codeOf = async (path: string, body: object = {}) => {
    const { status, answer } = await ask('POST', path, { body });
    return [status, answer.code];
  };
  expect(await codeOf('/v1/alerts/0000/ack')).toEqual([404, 'not_found']);
  expect(await codeOf(`/v1/alerts/${id}/snooze`)).toEqual([400, 'invalid_parameter']);
  expect(await codeOf('/v1/silences', { for: 'PT1H' })).toEqual([400, 'invalid_parameter']);
  const misspelt = { matchers: ['rule=net-sales-low'], for: 'PT1H', previw: true };
  expect(await codeOf('/v1/silences', misspelt)).toEqual([400, 'invalid_parameter']);
  expect((await ask('GET', '/v1/silences')).answer.silences).toEqual([]);
  expect((await ask('DELETE', '/v1/silences/none')).status).toBe(404);
  await writer.write(...hour(2, 3000));
  await expect.poll(async () => (await detail())?.state, WAIT).toBe('ok');
  expect(await codeOf(`/v1/alerts/${id}/ack`)).toEqual([409, 'episode_ended']);
});

test('the command line says what the API takes', async () => {
  await writer.write(tick(0), ...hour(0, 2000), ...hour(1, 500));
  await expect.poll(types, WAIT).toEqual(['alert.firing']);
  const { id } = await detail();
  const tidemark = (...args: readonly string[]) =>
    runTidemark(['alerts', ...args, '--data', folder], { TIDEMARK_PORT: new URL(url).port });
  expect(await tidemark('ack', id, '--for', 'PT4H', '--comment', 'on it')).toMatchObject({
    code: 0,
  });
  await tidemark('comment', id, 'the till was off');
  expect(await detail()).toMatchObject({
    acknowledged: { comment: 'on it' },
    comments: [{ text: 'the till was off' }],
  });
  const silence = ['silence', 'rule=~net-*', '--for', 'PT1H', '--output', 'json'];
  const preview = JSON.parse((await tidemark(...silence, '--preview')).stdout);
  expect(preview).toMatchObject({ preview: true, silence: { matches: { count: 1 } } });
  const made = JSON.parse((await tidemark(...silence)).stdout);
  expect((await tidemark('silences')).stdout).toContain(made.silence.id);
  expect(await tidemark('unsilence', made.silence.id)).toMatchObject({ code: 0 });
  expect(await tidemark('ack', 'nothing')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no alert has the id nothing'),
  });
});
