import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { start as startAggregator } from '../../../services/aggregator/main.ts';
import { start as startAlerting } from '../../../services/alerting/main.ts';
import type { AlertRecord } from '../../../services/kernel/alert.ts';
import { labelsOf } from '../../../services/kernel/series.ts';
import { MINUTE_MS } from '../../../services/kernel/time.ts';
import { aReceiver, aRule, salesCatalog } from '../../support/alerting.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { EventLog, WrittenEvent } from '../../support/event-log.ts';
import { EVERY_AGGREGATION, ORDERS, anOrder } from '../../support/order-events.ts';
import { readAlertRecords } from '../../support/alert-records.ts';
import { command } from '../../support/command.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { openReceiver, SECRET } from '../../support/webhook-receiver.ts';

const WAIT = { timeout: 60_000, interval: 50 };
const PAIR = EVERY_AGGREGATION.find(({ metric }) => metric.id === 'amount-sum');
const metric = PAIR?.metric;
/** Minutes that are sent; of the first ones some break the rule in every store, so that it is seen that all are watched. */
const MINUTES = 90;
const RED = 6;
const CALM = 14;
const now = Date.now();
const startMs = now - (now % MINUTE_MS) - (MINUTES + 10) * MINUTE_MS;
const STORES = ['S1', 'S2', 'S3'];

const folder = mkdtempSync(join(tmpdir(), 'tidemark-back-test-'));
let platform: TestPlatform;
let log: EventLog;
let url: string;
let receiver: Awaited<ReturnType<typeof openReceiver>>;

/** What a store sold in a minute, a fixed walk around the threshold; nothing now and then. */
function sold(store: number, minute: number): number {
  if (minute < CALM) return minute < RED ? 10 : 200;
  if ((minute * 7 + store * 3) % 23 === 0) return 0;
  return (
    100 + Math.round(80 * Math.sin(minute / (3 + store)) + 30 * Math.cos(minute * (store + 2)))
  );
}

/** One event for each store and partition, so that every partition's watermark goes on. */
const minuteOf = (minute: number): readonly (readonly WrittenEvent[])[] =>
  [0, 1, 2, 3].map((partition) => {
    const at = startMs + minute * MINUTE_MS + partition * 10_000;
    const clock = anOrder(`${minute}-clock-${partition}`, at, { store: 'clock', amount: 100_000 });
    const store = STORES[partition];
    const amount = store === undefined ? 0 : sold(partition, minute);
    return amount === 0
      ? [clock]
      : [
          clock,
          anOrder(`${minute}-${store}`, at + 1, { store: store ?? '', amount: amount * 100 }),
        ];
  });

async function send(minutes: readonly number[]): Promise<void> {
  for (const partition of [0, 1, 2, 3])
    await log.events(
      partition,
      minutes.flatMap((minute) => minuteOf(minute)[partition] ?? []),
    );
}

beforeAll(async () => {
  if (!metric) throw new Error('there is a sum');
  writeFileSync(join(folder, 'secret'), SECRET);
  receiver = await openReceiver();
  platform = await openTestPlatform(
    salesCatalog({
      eventTypes: [ORDERS],
      metrics: [metric],
      rules: [
        aRule({
          metric: metric.id,
          by: ['store'],
          window: { kind: 'grain', grain: 'minute' },
          when: 'value < 100',
          clear: 'value >= 120',
          for: { breaches: 2, of: 3 },
          keepFiringMs: MINUTE_MS,
        }),
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

const testRule = async (body: object, accept = 'application/json') =>
  fetch(`${url}/v1/rules/test`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify(body),
  });
const iso = (ms: number): string => new Date(ms).toISOString();
/** The last minute that is closed everywhere: watermarks run behind by what may come out of order. */
const toMs = startMs + (MINUTES - 3) * MINUTE_MS;
const range = { from: iso(startMs + CALM * MINUTE_MS), to: iso(toMs) };

const untilWatermark = (timeMs: number): Promise<void> =>
  vi.waitFor(async () => {
    const key = `{${platform.prefix}${metric?.id}@${metric?.version}}:watermarks`;
    const marks = Object.values(await platform.redis.hgetall(key)).map(Number);
    expect(Math.min(...marks)).toBeGreaterThanOrEqual(timeMs);
  }, WAIT);

type Tested = {
  readonly episodeList: readonly Episode[];
  readonly wouldHaveTold: readonly object[];
  readonly nearMisses: number;
};
type Alert = {
  readonly id: string;
  readonly state: string;
  readonly labels: { readonly store: string };
};
const get = async (path: string): Promise<object> =>
  (await fetch(`${url}${path}`)).json() as Promise<object>;
const alertsNow = async (): Promise<readonly Alert[]> =>
  ((await get('/v1/alerts')) as { alerts: readonly Alert[] }).alerts;

/** By the records of `alerts`, which say at which window an episode fired and ended. */
function episodesOf(records: readonly AlertRecord[]): readonly Episode[] {
  const found = new Map<string, Episode>();
  for (const { transition, reason, window, episode, series } of records) {
    if (!episode || !window) continue;
    const at = iso(window.end);
    const { store = '' } = labelsOf(series);
    if (transition === 'firing' && reason === 'breach')
      found.set(episode.id, { labels: { store }, firedAt: at, endedAt: null });
    const known = found.get(episode.id);
    if (transition === 'resolved' && known) found.set(episode.id, { ...known, endedAt: at });
  }
  return [...found.values()].filter(({ endedAt }) => endedAt !== null);
}

type Told = {
  readonly type: string;
  readonly data: {
    readonly alert: { readonly rule: string };
    readonly labels: { readonly store: string };
    readonly target: string | null;
    readonly value: string;
  };
};
const accepted = (): readonly Told[] => receiver.accepted() as unknown as readonly Told[];

type Episode = {
  readonly labels: { readonly store: string };
  readonly firedAt: string;
  readonly endedAt: string | null;
};
const byTime = (a: Episode, b: Episode): number =>
  a.firedAt.localeCompare(b.firedAt) || a.labels.store.localeCompare(b.labels.store);

test('over a stretch that was live the episodes of a test are those that really happened', async () => {
  const states = async () =>
    (await alertsNow()).map(({ labels, state }) => `${labels.store} ${state}`).sort();
  // Minute by minute, until it is seen that every store is watched.
  for (let minute = 0; minute < RED; minute++) {
    await send([minute]);
    await untilWatermark(startMs + (minute - 1) * MINUTE_MS);
  }
  await send([RED, RED + 1]);
  await expect.poll(states, WAIT).toEqual(STORES.map((store) => `${store} firing`));
  await send(Array.from({ length: CALM - RED - 2 }, (_, i) => RED + 2 + i));
  await expect.poll(states, WAIT).toEqual(STORES.map((store) => `${store} ok`));
  for (let minute = CALM; minute < MINUTES; minute += 20)
    await send(Array.from({ length: Math.min(20, MINUTES - minute) }, (_, i) => minute + i));
  await untilWatermark(toMs);
  const tested = (await (await testRule({ rule: 'net-sales-low', ...range })).json()) as Tested;
  const ended = tested.episodeList.filter(({ endedAt }) => endedAt !== null);
  expect(ended.length).toBeGreaterThan(5);
  // What happened: both ends of each episode that began and ended within the range.
  const happened = async (): Promise<readonly Episode[]> =>
    episodesOf(await readAlertRecords(platform))
      .filter(({ firedAt, endedAt }) => firedAt >= range.from && (endedAt ?? '') <= range.to)
      .sort(byTime);
  const wanted = ended
    .map(({ labels, firedAt, endedAt }) => ({ labels, firedAt, endedAt }))
    .sort(byTime);
  await expect.poll(happened, WAIT).toEqual(wanted);
  for (const { id } of await alertsNow())
    expect(await get(`/v1/alerts/${id}/explain`)).toMatchObject({ recounted: { isEqual: true } });
  expect(tested).toMatchObject({ series: 4, windows: MINUTES - 3 - CALM });
  expect(tested.wouldHaveTold[0]).toMatchObject({ receiver: 'ops-hook' });
  expect(tested.nearMisses).toBeGreaterThan(0);
});

test('a draft is tested before it is published, and says how far it is', async () => {
  const document = {
    apiVersion: 'tidemark/v1',
    kind: 'AlertRule',
    metadata: { id: 'a-draft', name: { en: 'A draft' } },
    spec: { metric: metric?.id, by: ['store'], window: 'minute', when: 'value < 1' },
  };
  const response = await testRule({ document, ...range }, 'application/x-ndjson');
  expect(response.headers.get('content-type')).toBe('application/x-ndjson');
  const lines = (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines[0]).toHaveProperty('progress');
  expect(lines.at(-1).result).toMatchObject({ rule: 'a-draft', series: 4 });
  expect(lines.at(-1).result.episodes).toBeGreaterThan(0);
});

test('a draft as its author writes it is tested too, and the series that fired most is drawn', async () => {
  const text = [
    'apiVersion: tidemark/v1',
    'kind: AlertRule',
    'metadata: { id: as-written, name: { en: As written } }',
    `spec: { metric: ${metric?.id}, by: [store], window: minute, when: value < 100 }`,
  ].join('\n');
  const tested = async (chart: object) =>
    (await (await testRule({ text, ...range, chart })).json()) as Tested & {
      bySeries: readonly { labels: object }[];
      chart?: { labels: object; points: readonly { windows: number; breaches: number }[] };
      windows: number;
    };
  const worst = await tested({});
  expect(worst.chart).toMatchObject({ threshold: '100', labels: worst.bySeries[0]?.labels });
  expect(worst.chart?.points.reduce((sum, { windows }) => sum + windows, 0)).toBe(worst.windows);
  const { chart } = await tested({ labels: { store: 'clock' } });
  expect(chart?.points.reduce((sum, { breaches }) => sum + breaches, 0)).toBe(0);
  const broken = await testRule({ text: 'kind: [', ...range });
  expect(await broken.json()).toMatchObject({
    code: 'invalid_parameter',
    detail: expect.stringMatching(/^1:/),
  });
});

test('the command shows what a rule, or a draft in a file, would have done', async () => {
  const options = ['--from', range.from, '--to', range.to];
  const table = await command(url, 'alerts', 'test', 'net-sales-low', ...options);
  expect(table.code).toBe(0);
  expect(table.stdout).toMatch(/^LABELS +STARTEDAT +ENDEDAT +FIRING +VALUE +WORST +OWNER$/m);
  expect(table.stdout).toMatch(/^ops-hook +firing +\d+$/m);
  const file = join(folder, 'draft.yaml');
  const spec = `{ metric: ${metric?.id}, by: [store], window: minute, when: value < 1 }`;
  writeFileSync(
    file,
    `apiVersion: tidemark/v1\nkind: AlertRule\nmetadata: { id: in-file, name: { en: In file } }\nspec: ${spec}\n`,
  );
  const draft = await command(
    url,
    'alerts',
    'test',
    'in-file',
    '--file',
    file,
    ...options,
    '--output',
    'json',
  );
  expect(JSON.parse(draft.stdout)).toMatchObject({ rule: 'in-file', condition: 'value < 1' });
  const none = await command(url, 'alerts', 'test', 'no-such', ...options);
  expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('no rule no-such') });
});

test.each([
  ['a rule that there is not', { rule: 'no-such', ...range }, 404, 'not_found'],
  ['neither rule nor draft', range, 400, 'invalid_parameter'],
  [
    'a rule and a draft at once',
    { rule: 'net-sales-low', text: '', ...range },
    400,
    'invalid_parameter',
  ],
  [
    'a chart of what is no member',
    { rule: 'net-sales-low', ...range, chart: { labels: { store: 1 } } },
    400,
    'invalid_parameter',
  ],
  ['a draft with a fault', { document: { kind: 'AlertRule' }, ...range }, 400, 'invalid_parameter'],
  [
    'a range that ends before it begins',
    { rule: 'net-sales-low', from: range.to, to: range.from },
    400,
    'invalid_parameter',
  ],
])('%s is refused', async (_, body, status, code) => {
  const response = await testRule(body);
  expect({ status: response.status, body: await response.json() }).toMatchObject({
    status,
    body: { code },
  });
});

test('a condition of last week fires by what history says of it', async () => {
  if (!metric) throw new Error('there is a sum');
  const week = 7 * 24 * 60 * MINUTE_MS;
  const dayRule = aRule({
    id: 'more-than-last-week',
    version: 'w1',
    metric: metric.id,
    by: ['store'],
    window: { kind: 'grain', grain: 'day' },
    evaluate: 'onUpdate',
    when: 'value > samePeriodLastWeek * 2',
  });
  await log.events(0, [
    anOrder('last-week', now - week, { store: 'S9', amount: 1_000, historical: true }),
  ]);
  const key = `{${platform.prefix}${metric.id}@${metric.version}}:series`;
  await expect.poll(async () => platform.redis.hexists(key, '["store","S9"]'), WAIT).toBe(1);
  await platform.publish(
    salesCatalog({
      eventTypes: [ORDERS],
      metrics: [metric],
      rules: [dayRule],
      receivers: [aReceiver({ url: receiver.url, secret: { file: join(folder, 'secret') } })],
    }),
  );
  const told = () =>
    accepted()
      .filter(({ data }) => data.alert.rule === 'more-than-last-week')
      .map(({ type, data }) => [type, data.value, data.labels.store]);
  await log.events(1, [anOrder('twice', now, { store: 'S9', amount: 2_000 })]);
  await log.events(1, [anOrder('and-more', now, { store: 'S9', amount: 1 })]);
  await expect.poll(told, WAIT).toEqual([['alert.firing', '20.01', 'S9']]);
});

test('a condition compares with the target, and a target that changes counts for what comes then', async () => {
  if (!metric) throw new Error('there is a sum');
  const window = { kind: 'grain', grain: 'day' } as const;
  const rule = aRule({
    id: 'target-reached',
    version: 't1',
    metric: metric.id,
    by: ['store'],
    window,
    evaluate: 'onUpdate',
    when: 'value >= target',
  });
  const planned = (value: string) =>
    salesCatalog({
      eventTypes: [ORDERS],
      metrics: [metric],
      rules: [rule],
      targets: [
        {
          id: 'plan',
          metric: metric.id,
          by: ['store'],
          window,
          entries: [{ where: { store: 'S8' }, value }],
        },
      ],
      receivers: [aReceiver({ url: receiver.url, secret: { file: join(folder, 'secret') } })],
    });
  const told = () =>
    accepted()
      .filter(({ data }) => data.alert.rule === rule.id)
      .map(({ type, data }) => [type, data.value, data.target, data.labels.store]);
  await platform.publish(planned('100.00'));
  await log.events(1, [anOrder('below', now, { store: 'S8', amount: 5_000 })]);
  await log.events(1, [anOrder('unplanned', now, { store: 'S7', amount: 90_000 })]);
  await log.events(1, [anOrder('reached', now, { store: 'S8', amount: 5_000 })]);
  await expect.poll(told, WAIT).toEqual([['alert.firing', '100.00', '100.00', 'S8']]);
  await platform.publish(planned('200.00'));
  // Alerting takes the catalogue up in its own time: what comes after that is judged by it.
  let more = 0;
  const toldOfMore = async (): Promise<readonly unknown[]> => {
    await log.events(1, [anOrder(`more-${more++}`, now, { store: 'S8', amount: 1 })]);
    return told().map(([type, , target]) => [type, target]);
  };
  await expect.poll(toldOfMore, { ...WAIT, interval: 500 }).toEqual([
    ['alert.firing', '100.00'],
    ['alert.resolved', '200.00'],
  ]);
});
