import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { start as startAggregator } from '../../../services/aggregator/main.ts';
import type { PipelineAnswer, ValuesAnswer } from '../../../services/console/core/answers.ts';
import { start as startConsole } from '../../../services/console/main.ts';
import type { MetricDefinition } from '../../../services/kernel/definitions.ts';
import { HOUR_MS, MINUTE_MS } from '../../../services/kernel/time.ts';
import { untilCaughtUp } from '../../support/aggregation.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { EventLog } from '../../support/event-log.ts';
import { aMetric } from '../../support/metrics.ts';
import { anOrder, EVERY_AGGREGATION, ORDERS } from '../../support/order-events.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';

const now = Date.now();
const iso = (timeMs: number): string => new Date(timeMs).toISOString();
const PER_ORDER: MetricDefinition = {
  ...aMetric({ id: 'amount-per-order', timezone: 'Asia/Shanghai' }),
  kind: 'derived',
  formula: 'amount_sum / orders_count',
  inputs: ['amount-sum', 'orders-count'],
};
const METRICS = [...EVERY_AGGREGATION.map(({ metric }) => metric), PER_ORDER];
const RANGE = { from: iso(now - 3 * HOUR_MS), to: iso(now + HOUR_MS), limit: '10000' };

let platform: TestPlatform;
let log: EventLog;
/** What was served before anything was corrected, by metric and question. */
const served = new Map<string, ValuesAnswer>();
/** The last append before the correction, and where each partition stood. */
let instant: string;
let positions: string;

const questionsOf = ({ breakdowns, grains }: MetricDefinition): Record<string, string>[] => {
  const by = { by: breakdowns.at(-1)?.join(',') ?? '' };
  const sizes = grains.includes('minute') ? ['hour', 'PT30M', 'day', 'PT2H/PT1H'] : ['hour', 'day'];
  const from = (grain: string): string => iso(now - (grain === 'day' ? 50 : 3) * HOUR_MS);
  return sizes.map((grain) => ({ ...RANGE, from: from(grain), ...by, grain, compare: 'previous' }));
};
const ask = async (
  metric: string,
  query: Record<string, string>,
): Promise<{ status: number; body: ValuesAnswer & { code?: string; detail?: string } }> => {
  const url = `/v1/metrics/${metric}/values?${new URLSearchParams(query).toString()}`;
  const answer = await platform.http.inject({ url });
  return { status: answer.statusCode, body: answer.json() };
};
/** What a value is: revisions depend on flushes, and watermarks and states of open windows on how far heartbeats went. */
const valuesOf = ({ series }: ValuesAnswer) =>
  series.map(({ labels, points }) => ({
    labels,
    points: points.map(({ start, end, value, count, approximate, compare }) => {
      const { difference, ratio, value: before } = compare?.previous ?? {};
      return { start, end, value, count, approximate, difference, ratio, before };
    }),
  }));
const caughtUp = () =>
  untilCaughtUp({ redis: platform.redis, prefix: platform.prefix, log }, EVERY_AGGREGATION);

beforeAll(async () => {
  platform = await openTestPlatform({ eventTypes: [ORDERS], metrics: METRICS });
  log = await openEventLog(platform, ORDERS);
  for (const partition of [0, 1, 2])
    await log.events(
      partition,
      Array.from({ length: 150 }, (_, i) =>
        anOrder(`${partition}-${i}`, now - 150 * MINUTE_MS + i * MINUTE_MS, {
          amount: (i * 7919 * (partition + 1)) % 10_000,
          store: `S${i % 4}`,
          status: i % 10 === 0 ? 'cancelled' : 'booked',
        }),
      ),
    );
  await log.heartbeats([0, 1, 2, 3], now);
  await platform.run(startAggregator);
  await platform.run(startConsole);
  await platform.http.ready();
  await caughtUp();
  for (const metric of METRICS)
    for (const query of questionsOf(metric)) {
      const { status, body } = await ask(metric.id, query);
      expect(status).toBe(200);
      served.set(`${metric.id} ${query['grain']}`, body);
    }
  const records = await log.readAll();
  instant = iso(Math.max(...records.map(({ appendMs }) => appendMs)));
  positions = (await log.bounds())
    .map(({ partition, end }) => `${log.topic}/${partition}/${end}`)
    .join();
  // What comes now is appended later than that.
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(Date.parse(instant) + 1));
  for (const partition of [0, 1, 2])
    await log.events(partition, [
      anOrder(`late${partition}`, now - 20 * MINUTE_MS, {
        amount: 77_777 + partition,
        store: 'S1',
      }),
      anOrder(`new-store${partition}`, now - 30 * MINUTE_MS, { amount: 5, store: 'S9' }),
      anOrder(`history${partition}`, now - 140 * MINUTE_MS, { amount: -900, historical: true }),
    ]);
  await log.heartbeats([0, 1, 2, 3], now + 1_000);
  await caughtUp();
});
afterAll(async () => {
  await log.close();
  await platform.close();
});

describe.each(METRICS.map((metric) => ({ id: metric.id, metric })))(
  'values of $id as of an instant before a correction',
  ({ id, metric }) => {
    test('are those that were served then, bit for bit, and others now', async () => {
      let corrected = 0;
      for (const query of questionsOf(metric)) {
        const before = served.get(`${id} ${query['grain']}`) as ValuesAnswer;
        const then = await ask(id, { ...query, asOf: instant });
        expect(then.body).toMatchObject({ asOf: { at: instant } });
        // A store that came later is there, without events.
        const known = { ...then.body, series: withoutNew(then.body) };
        expect(valuesOf(known)).toEqual(valuesOf(before));
        const current = await ask(id, query);
        if (JSON.stringify(valuesOf(current.body)) !== JSON.stringify(valuesOf(before)))
          corrected++;
      }
      expect(corrected).toBeGreaterThan(0);
    });

    test('are the same at the cursors of that instant', async () => {
      const [query] = questionsOf(metric);
      const { status, body } = await ask(id, { ...query, asOf: positions });
      expect(status).toBe(200);
      const before = served.get(`${id} ${query?.['grain'] ?? ''}`) as ValuesAnswer;
      expect(valuesOf({ ...body, series: withoutNew(body) })).toEqual(valuesOf(before));
      const reached = body.asOf?.cursors.map((at) => `${at.topic}/${at.partition}/${at.offset}`);
      expect(new Set(reached)).toEqual(new Set(positions.split(',')));
    });
  },
);

const withoutNew = ({ series }: ValuesAnswer): ValuesAnswer['series'] =>
  series.filter(({ labels, points }) => {
    if (labels['store'] !== 'S9') return true;
    expect(points.map(({ count }) => count)).toEqual(points.map(() => 0));
    return false;
  });

describe('values as they were known', () => {
  test('now are those of now', async () => {
    const query = { ...RANGE, grain: 'hour', by: 'store' };
    const current = await ask('amount-sum', query);
    const again = await ask('amount-sum', { ...query, asOf: iso(Date.now()) });
    expect(valuesOf(again.body)).toEqual(valuesOf(current.body));
  });

  test('before the first event are empty, and open', async () => {
    const { body } = await ask('amount-sum', {
      ...RANGE,
      grain: 'hour',
      asOf: iso(now - 24 * HOUR_MS),
    });
    expect(body.watermark).toBeNull();
    for (const point of body.series[0]?.points ?? [])
      expect(point).toMatchObject({ value: null, count: 0, state: 'open' });
  });

  test('are told with the state that the watermark of then gives', async () => {
    const { body } = await ask('amount-sum', { ...RANGE, grain: 'hour', asOf: instant });
    const watermarkMs = Date.parse(body.watermark ?? '');
    for (const { end, state } of body.series[0]?.points ?? [])
      expect(state === 'open').toBe(Date.parse(end) > watermarkMs);
  });

  test('of no windows are none', async () => {
    const query = { from: RANGE.to, to: RANGE.to, grain: 'hour', asOf: instant };
    const { status, body } = await ask('amount-sum', query);
    expect({ status, series: body.series }).toEqual({ status: 200, series: [] });
  });

  test.each<[string, Record<string, string>, string, string]>([
    ['the future', { asOf: iso(now + 24 * HOUR_MS) }, 'invalid_parameter', 'future'],
    ['what is no time', { asOf: 'yesterday' }, 'invalid_parameter', 'asOf'],
    ['a position without an offset', { asOf: 'orders/1' }, 'invalid_parameter', 'asOf'],
  ])('are refused of %s', async (_, query, code, named) => {
    const { body } = await ask('amount-sum', { ...RANGE, grain: 'hour', ...query });
    expect(body).toMatchObject({ code, detail: expect.stringContaining(named) as string });
  });

  test('is a question of `values` alone', async () => {
    const answer = await platform.http.inject({
      url: `/v1/metrics/amount-sum/current?asOf=${instant}`,
    });
    expect(answer.json()).toMatchObject({ code: 'invalid_parameter' });
  });

  test('are no answer while the metric is counted anew', async () => {
    const pipeline = await platform.http.inject({ url: '/v1/pipeline' });
    expect(pipeline.json<PipelineAnswer>().projections.length).toBeGreaterThan(0);
    const key = `{${platform.prefix}amount-min@v1}:meta`;
    await platform.redis.hset(key, 'state', 'rebuilding');
    const { status, body } = await ask('amount-min', { ...RANGE, grain: 'hour', asOf: instant });
    await platform.redis.hdel(key, 'state');
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'rebuilding' });
  });
});
