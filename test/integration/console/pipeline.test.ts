import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redisProjectionStore } from '../../../services/aggregator/adapters/redis-projection-store.ts';
import type {
  MetricAnswer,
  MetricsAnswer,
  PipelineAnswer,
} from '../../../services/console/core/answers.ts';
import { start } from '../../../services/console/main.ts';
import type { DerivedMetric } from '../../../services/kernel/definitions.ts';
import { projectionKeys } from '../../../services/kernel/projection.ts';
import { eventTopic } from '../../../services/kernel/topics.ts';
import { aMetric, anEventType } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { projectionFiller } from '../../support/projection-filler.ts';
import { parseExposition } from '../../support/exposition-parser.ts';

const type = anEventType();
const sales = aMetric({
  id: 'sales',
  value: 'data.amount',
  where: 'data.status != "data.none"',
  dimensions: { store: 'data.store_id' },
  breakdowns: [[], ['store']],
  grains: ['hour'],
});
const double: DerivedMetric = {
  kind: 'derived',
  id: 'double-sales',
  version: 'd1',
  name: { en: 'Twice the sales' },
  owner: 'team:sales',
  tags: [],
  unit: { code: 'CNY', scale: 2 },
  direction: 'up',
  formula: 'sales + sales',
  inputs: ['sales'],
  timezone: 'Asia/Shanghai',
  breakdowns: [[]],
  grains: ['hour'],
};
const EVENTS = 5;

describe('the pipeline', () => {
  let platform: TestPlatform;
  let meta: string;

  beforeAll(async () => {
    platform = await openTestPlatform();
    await platform.publish({ eventTypes: [type], metrics: [sales, double] });
    meta = projectionKeys(platform.prefix, sales.id, sales.version).meta;
    const store = redisProjectionStore(platform.redis, platform.prefix);
    const partitions = platform.config.TIDEMARK_PARTITIONS;
    const filler = await projectionFiller(store, sales, { partitions, prefix: platform.prefix });
    const producer = platform.kafka.producer();
    await producer.connect();
    const messages = Array.from({ length: EVENTS + 4 }, () => ({ partition: 0, value: 'x' }));
    await producer.send({ topic: eventTopic(platform.prefix, type.id), messages });
    await producer.disconnect();
    await filler.count(
      Array.from({ length: EVENTS }, (_, i) => ({
        timeMs: 1_000,
        value: 100,
        labels: { store: `S${i % 2}` },
      })),
    );
    await filler.passTo(60_000, [0]);
    await platform.run(start);
    await platform.http.ready();
  });
  afterAll(() => platform.close());

  const get = async <T>(url: string): Promise<T> => (await platform.http.inject({ url })).json<T>();
  const difference = async (): Promise<number | undefined> => {
    const text = await platform.telemetry.registry.metrics();
    return parseExposition(text).find(
      ({ name, labels }) =>
        name === 'tidemark_conservation_difference_events' && labels['metric'] === 'sales',
    )?.value;
  };

  test('accounts for every record of the log, each term measured by itself', async () => {
    const { eventTypes, projections, warnings } = await get<PipelineAnswer>('/v1/pipeline');
    expect(warnings).toEqual([]);
    expect(eventTypes[0]).toMatchObject({
      eventType: type.id,
      lagRecords: 3,
      watermark: null,
      metrics: [
        { metric: 'sales', records: 8, counted: 5, inFlight: 3, heartbeats: 1, difference: 0 },
      ],
    });
    expect(eventTypes[0]?.partitions[0]).toMatchObject({
      logEnd: 9,
      watermark: '1970-01-01T00:01:00.000Z',
      lastRecord: '1970-01-01T00:01:00.000Z',
    });
    expect(projections).toMatchObject([
      { metric: 'sales', state: 'live', series: 3, lagRecords: 3 },
    ]);
    expect(projections[0]?.cursors[0]).toMatchObject({ first: 0, next: 6, end: 9, missing: 0 });
  });

  test('a counter that lies shows in the gauge and in the answer', async () => {
    expect(await difference()).toBe(0);
    const { redis } = platform;
    const field = `n:${eventTopic(platform.prefix, type.id)}/0:counted`;
    await redis.hincrby(meta, field, -2);
    expect(await difference()).toBe(2);
    const { eventTypes } = await get<PipelineAnswer>('/v1/pipeline');
    expect(eventTypes[0]?.metrics[0]?.difference).toBe(2);
    await redis.hincrby(meta, field, 2);
    expect(await difference()).toBe(0);
  });

  test('metrics are listed by id, page by page', async () => {
    const first = await get<MetricsAnswer>('/v1/metrics?limit=1');
    expect(first).toMatchObject({
      metrics: [{ id: 'double-sales', projection: 'live', state: 'published' }],
    });
    const second = await get<MetricsAnswer>(`/v1/metrics?limit=1&cursor=${first.cursor}`);
    expect(second.metrics.map(({ id }) => id)).toEqual(['sales']);
    expect(second.cursor).toBeUndefined();
  });

  test('a metric shows what it reads, what depends on it, and how many series it has', async () => {
    const metric = await get<MetricAnswer>('/v1/metrics/sales');
    expect(metric).toMatchObject({
      version: sales.version,
      lineage: {
        eventTypes: [type.id],
        fields: { [type.id]: ['data.amount', 'data.status', 'data.store_id'] },
        inputs: [],
      },
      cardinality: { series: 3, breakdowns: { '': 1, store: 2 }, refused: 0 },
      dependents: { metrics: ['double-sales'], rules: [], targets: [] },
    });
    const derived = await get<MetricAnswer>('/v1/metrics/double-sales');
    expect(derived.lineage).toMatchObject({ eventTypes: [type.id], inputs: ['sales'] });
  });

  test('requests are timed by route', async () => {
    await get('/v1/metrics/sales');
    const text = await platform.telemetry.registry.metrics();
    const timed = parseExposition(text).find(
      ({ name, labels }) =>
        name === 'tidemark_console_request_seconds_count' && labels['route'] === '/v1/metrics/:id',
    );
    expect(timed?.value).toBeGreaterThan(0);
  });
});
