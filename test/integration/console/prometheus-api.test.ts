import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { redisProjectionStore } from '../../../services/aggregator/adapters/redis-projection-store.ts';
import { start } from '../../../services/console/main.ts';
import type { AlertRecord } from '../../../services/kernel/alert.ts';
import type { Json } from '../../../services/kernel/json.ts';
import { DAY_MS, HOUR_MS } from '../../../services/kernel/time.ts';
import { systemTopic } from '../../../services/kernel/topics.ts';
import { openCodec } from '../../../services/platform/avro/codec.ts';
import { createRecordProducer } from '../../../services/platform/kafka/producer.ts';
import { aMetric } from '../../support/metrics.ts';
import { lacks } from '../../support/optional.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { projectionFiller } from '../../support/projection-filler.ts';
import type { Filler } from '../../support/projection-filler.ts';
import { fillSales, FROM_MS, METRICS } from '../../support/scraped-sales.ts';

type Call = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly expect: {
    readonly status: number;
    readonly body: object;
    /** Points of each series, in order. */
    readonly points?: readonly number[];
    readonly absent?: readonly string[];
  };
};
const CALLS_DIR = join(repositoryDir, 'test/data/grafana');
const recorded = readdirSync(CALLS_DIR)
  .filter((name) => name.endsWith('.json'))
  .flatMap((name) => {
    const { calls } = JSON.parse(readFileSync(join(CALLS_DIR, name), 'utf8')) as {
      calls: readonly Call[];
    };
    return calls.map((call, i) => ({
      name: `${name} ${i + 1}: ${call.method} ${call.path}`,
      call,
    }));
  });

type Answer = {
  readonly status: string;
  readonly errorType?: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
};

describe("Prometheus' API", () => {
  let platform: TestPlatform;
  let url = '';
  let fillers: ReadonlyMap<string, Filler>;
  const buyers = aMetric({
    id: 'buyers',
    aggregation: 'distinct',
    unit: { code: '1', scale: 0 },
    timezone: 'UTC',
    grains: ['hour'],
    dimensions: { store: 'data.store' },
    breakdowns: [[], ['store']],
  });
  const hourMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  /** By the console's clock too: else an hour may begin between what is counted in it and what is asked. */
  const nowMs = hourMs + HOUR_MS / 2;

  beforeAll(async () => {
    platform = await openTestPlatform({ metrics: METRICS });
    const store = redisProjectionStore(platform.redis, platform.prefix);
    fillers = await fillSales(store, platform.prefix);
    await platform.run((world) => start({ ...world, now: () => nowMs }));
    url = `${await platform.listen()}/prometheus`;
    await vi.waitFor(async () => expect((await get('/api/v1/alerts')).status).toBe('success'), {
      timeout: 30_000,
      interval: 100,
    });
  });
  afterAll(() => platform?.close());

  const get = async (path: string): Promise<Answer> => {
    const response = await fetch(`${url}${path}`);
    return (await response.json()) as Answer;
  };
  const query = (text: string, time?: number): Promise<Answer> =>
    get(
      `/api/v1/query?${new URLSearchParams({ query: text, ...(time === undefined ? {} : { time: String(time / 1_000) }) }).toString()}`,
    );

  test.each(recorded)('Grafana: $name', async ({ call }) => {
    const response = await fetch(`${url}${call.path}`, {
      method: call.method,
      headers: { ...call.headers },
      ...(call.body === undefined ? {} : { body: call.body }),
    });
    const body = (await response.json()) as Answer;
    expect({ status: response.status, body }).toMatchObject({
      status: call.expect.status,
      body: call.expect.body,
    });
    if (call.expect.points)
      expect(
        body.data.result.map(({ value, values }) => values?.length ?? (value ? 1 : 0)),
      ).toEqual(call.expect.points);
    for (const path of call.expect.absent ?? []) expect(body).not.toHaveProperty(path);
  });

  test.skipIf(lacks('promtool'))('promtool asks, and understands the answers', async () => {
    const promtool = async (...args: readonly string[]): Promise<string> =>
      (await promisify(execFile)('promtool', ['query', ...args])).stdout.trim();
    const at = `--time=${(FROM_MS + 2 * DAY_MS) / 1_000}`;
    const day = { start: FROM_MS / 1_000, end: (FROM_MS + DAY_MS) / 1_000 };
    expect(await promtool('instant', at, url, '1 + 1')).toMatch(/^scalar: 2 @\[\d+\]$/);
    expect(await promtool('instant', at, url, 'orders{grain="day"}')).toMatch(
      /^orders\{grain="day"\} => \d+ @\[\d+\]$/,
    );
    expect(await promtool('instant', at, url, 'sum by (store) (net_sales)')).toMatch(
      /^\{store="S1"\} => [-\d.]+ @\[\d+\]\n\{store="S2"\} => .+\n\{store="north"\} => /,
    );
    const range = [`--start=${day.start}`, `--end=${day.end}`, '--step=1h'];
    const samples = await promtool('range', ...range, url, 'sum_over_time(orders[1h])');
    expect(samples.split('\n')).toHaveLength(26);
    const between = [`--start=${day.start}`, `--end=${day.end}`];
    const match = '--match=net_sales{grain="day",channel=""}';
    expect((await promtool('series', match, ...between, url)).split('\n')).toHaveLength(4);
    expect(await promtool('labels', url, 'store')).toBe('S1\nS2\nnorth');
    await expect(promtool('instant', at, url, 'rate(orders[1h])')).rejects.toThrow(
      'rate is not supported',
    );
  });

  test('what was corrected shows at once, in a range as well as in an instant', async () => {
    const endMs = FROM_MS + 5 * DAY_MS;
    const before = await query('sum_over_time(net_sales[1d])', endMs);
    await fillers
      .get('net-sales')
      ?.count([{ timeMs: endMs - 1, value: 100_000, labels: { store: 'S1', channel: 'web' } }], {
        restated: true,
      });
    const after = await query('sum_over_time(net_sales[1d])', endMs);
    const numberOf = ({ data }: Answer): number => Number(data.result[0]?.value?.[1]);
    expect(numberOf(after)).toBeCloseTo(numberOf(before) + 1_000, 6);
    const day = await query('net_sales{grain="day"}', endMs);
    expect(numberOf(day)).toBeCloseTo(numberOf(after), 6);
    const next = await query('net_sales{grain="day"}', endMs + DAY_MS - 1);
    expect(numberOf(next)).toBe(numberOf(day));
  });

  test('only an instant query at now sees open windows, and says so; a sum of distinct counts means nothing', async () => {
    await platform.publish({ metrics: [...METRICS, buyers] });
    const store = redisProjectionStore(platform.redis, platform.prefix);
    const filler = await projectionFiller(store, buyers, { prefix: platform.prefix });
    const at = nowMs - 1_000;
    await filler.passTo(hourMs - 2 * HOUR_MS);
    await filler.count([
      { timeMs: at, member: 'a', labels: { store: 'S1' } },
      { timeMs: at, member: 'a', labels: { store: 'S2' } },
    ]);
    const now = await query('buyers');
    expect(now.data.result.map(({ metric, value }) => [metric, value?.[1]])).toEqual([
      [{ __name__: 'buyers', grain: 'hour' }, '1'],
    ]);
    expect(now.warnings?.join()).toContain('still open');
    const past = await query('buyers', hourMs - DAY_MS);
    expect(past.warnings).toBeUndefined();
    const range = new URLSearchParams({
      query: 'buyers',
      start: String(hourMs / 1_000),
      end: String(nowMs / 1_000),
      step: '60',
    });
    expect((await get(`/api/v1/query_range?${range.toString()}`)).data.result).toEqual([]);
    const sum = await query('sum(buyers{store!=""})');
    expect(sum.warnings?.join()).toContain('sum of buyers means nothing');
  });

  test.each([
    ['net_sales{channel="web"}', 'net_sales is not kept by [channel]'],
    ['net_sales and orders', 'operator and is not supported'],
    ['net_sales * on (store) orders', 'on is not supported'],
    ['max_over_time(net_sales[1d:1h])', 'subqueries are not supported'],
    ['net_sales @ 1', 'the @ modifier is not supported'],
    ['histogram_quantile(0.9, net_sales)', 'histogram_quantile is not supported'],
    ['net_sales{grain="PT1M"}', 'keeps hour, day cells'],
    ['sum_over_time(net_sales[20y])', 'more than 50000 windows'],
  ])('%s is refused with 422', async (text, detail) => {
    const answer = await query(text, FROM_MS);
    expect(answer).toMatchObject({ status: 'error', errorType: 'execution' });
    expect(answer.error).toContain(detail);
  });
});

describe("Prometheus' API where tokens are needed", () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-prometheus-api-'));
  const sha256 = (token: string): string => createHash('sha256').update(token).digest('hex');
  let platform: TestPlatform;
  beforeAll(async () => {
    const tokensFile = join(folder, 'tokens.json');
    const tokens = {
      [sha256('grafana')]: { person: 'person:grafana', roles: ['reader'] },
      [sha256('shop')]: { person: 'person:shop', roles: ['ingest'] },
    };
    writeFileSync(tokensFile, JSON.stringify(tokens));
    platform = await openTestPlatform({}, { TIDEMARK_TOKENS_FILE: tokensFile });
    await platform.run(start);
    await platform.http.ready();
  });
  afterAll(async () => {
    await platform?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ['', 401, 'unauthorized'],
    ['Bearer shop', 403, 'forbidden'],
    ['Bearer grafana', 200, undefined],
  ])('"%s" is answered with %i', async (authorization, status, errorType) => {
    for (const path of ['query?query=1', 'labels', 'status/buildinfo']) {
      const response = await platform.http.inject({
        url: `/prometheus/api/v1/${path}`,
        headers: authorization === '' ? {} : { authorization },
      });
      expect([response.statusCode, response.json<Answer>().errorType]).toEqual([status, errorType]);
    }
  });
});

describe("alerts in Prometheus' API", () => {
  let platform: TestPlatform;
  const alert: AlertRecord = {
    id: 'a'.repeat(32),
    rule: 'sales-low',
    ruleVersion: 'r1',
    severity: 'critical',
    metric: 'net-sales',
    metricVersion: 'v1',
    series: '["store","S1"]',
    state: 'firing',
    transition: 'firing',
    reason: 'breach',
    at: HOUR_MS,
    sequence: 1,
    episode: { id: 'e1', startedAt: HOUR_MS, endedAt: null, outcome: null },
    window: { start: 0, end: HOUR_MS, state: 'closed', revision: 0 },
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
  const write = async (record: AlertRecord): Promise<void> => {
    const topic = systemTopic(platform.prefix, 'alerts');
    const schema = JSON.parse(
      readFileSync(join(repositoryDir, 'schemas/tidemark/alert.avsc'), 'utf8'),
    ) as Json;
    const codec = await openCodec<AlertRecord>(platform.schemas, {
      subject: `${topic}-value`,
      schema,
    });
    const producer = createRecordProducer(platform.kafka, { logger: platform.logger });
    const key = Buffer.from(record.id);
    await producer.send({ topic, partition: 0, key, value: codec.encode(record) });
    await producer.close();
  };
  beforeAll(async () => {
    platform = await openTestPlatform({});
    await write(alert);
    await platform.run(start);
    await platform.http.ready();
  });
  afterAll(() => platform?.close());

  test('those from before the start are there, and what becomes of them', async () => {
    const open = async (): Promise<unknown> =>
      (await platform.http.inject({ url: '/prometheus/api/v1/alerts' })).json();
    const told = { labels: { alertname: 'sales-low', store: 'S1' }, state: 'firing' };
    await vi.waitFor(async () => expect(await open()).toMatchObject({ data: { alerts: [told] } }), {
      timeout: 30_000,
      interval: 100,
    });
    await write({ ...alert, state: 'ok', transition: 'resolved', sequence: 2 });
    await vi.waitFor(async () => expect(await open()).toMatchObject({ data: { alerts: [] } }), {
      timeout: 30_000,
      interval: 100,
    });
  });
});
