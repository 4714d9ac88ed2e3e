import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redisProjectionStore } from '../../../services/aggregator/adapters/redis-projection-store.ts';
import type { DerivedMetric, SimpleMetric } from '../../../services/kernel/definitions.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../services/kernel/time.ts';
import type { MetricsAnswer, ValuesAnswer } from '../../../services/console/core/answers.ts';
import { start } from '../../../services/console/main.ts';
import { aMetric } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { projectionFiller } from '../../support/projection-filler.ts';
import type { Filler, SeenEvent } from '../../support/projection-filler.ts';

/** Berlin: the clocks went forward on 2026-03-29 (a day of 23 hours) and go back on 2026-10-25 (one of 25). */
const ZONE = 'Europe/Berlin';
const at = (text: string): number => Date.parse(text);
const retentionMs = { minute: 4_000 * DAY_MS, hour: 4_000 * DAY_MS, day: 4_000 * DAY_MS };
const common = { timezone: ZONE, retentionMs, dimensions: { store: 'data.store_id' } };
const sales = aMetric({ ...common, id: 'sales', breakdowns: [[], ['store']] });
const buyers = aMetric({
  ...common,
  id: 'buyers',
  aggregation: 'distinct',
  valueScale: 0,
  unit: { code: '1', scale: 0 },
  breakdowns: [[], ['store']],
});
const price = aMetric({ ...common, id: 'price', aggregation: 'avg', breakdowns: [[], ['store']] });
const lowest = aMetric({ ...common, id: 'lowest', aggregation: 'min' });
const highest = aMetric({ ...common, id: 'highest', aggregation: 'max' });
const stock = aMetric({ ...common, id: 'stock', aggregation: 'last' });
const perBuyer: DerivedMetric = {
  kind: 'derived',
  id: 'sales-per-buyer',
  version: 'd1',
  name: { en: 'Sales per buyer' },
  owner: 'team:sales',
  tags: [],
  unit: { code: 'EUR', scale: 4 },
  direction: 'up',
  formula: 'sales / buyers',
  inputs: ['sales', 'buyers'],
  timezone: ZONE,
  breakdowns: [[], ['store']],
  grains: ['minute', 'hour', 'day'],
};
const METRICS: readonly SimpleMetric[] = [sales, buyers, price, lowest, highest, stock];

/** A day and a half around the shorter day, one event every 7 minutes, three stores, six buyers. */
const EVENTS: readonly (SeenEvent & {
  value: number;
  member: string;
  labels: { store: string };
})[] = Array.from({ length: 330 }, (_, i) => ({
  timeMs: at('2026-03-28T18:00:00Z') + i * 7 * MINUTE_MS,
  value: ((i * 7_919) % 1_000) - 300,
  member: `b${(i * i) % 6}`,
  labels: { store: ['S1', 'S2', 'S:3'][i % 3] as string },
}));
const PASSED = at('2026-03-30T08:00:00Z');

describe('values of metrics', () => {
  let platform: TestPlatform;
  const fillers = new Map<string, Filler>();

  beforeAll(async () => {
    platform = await openTestPlatform();
    await platform.publish({ metrics: [...METRICS, perBuyer] });
    const store = redisProjectionStore(platform.redis, platform.prefix);
    for (const metric of METRICS) {
      const filler = await projectionFiller(store, metric, { partitions: 2 });
      await filler.count(EVENTS);
      await filler.passTo(PASSED);
      fillers.set(metric.id, filler);
    }
    await platform.run(start);
    await platform.http.ready();
  });
  afterAll(() => platform.close());

  const get = async (path: string): Promise<{ status: number; body: ValuesAnswer }> => {
    const response = await platform.http.inject({ url: path });
    return { status: response.statusCode, body: response.json() };
  };
  const values = (metric: string, query: Record<string, string>) =>
    get(`/v1/metrics/${metric}/values?${new URLSearchParams(query).toString()}`);
  const RANGE = { from: '2026-03-28T00:00:00+01:00', to: '2026-03-31T00:00:00+02:00' };
  const within = (start: string, end: string) =>
    EVENTS.filter(({ timeMs }) => timeMs >= at(start) && timeMs < at(end));
  const cents = (amount: number): string => (amount / 100).toFixed(2);
  const sum = (events: readonly { value: number }[]): number =>
    events.reduce((total, { value }) => total + value, 0);

  test.each(['minute', 'PT15M', 'hour', 'PT6H', 'day', 'week', 'month', 'quarter', 'year'])(
    'sums equal a recount in windows of a %s, also on the day of 23 hours',
    async (grain) => {
      const from = { week: '2026-03-23', month: '2026-03-01', quarter: '2026-01-01' }[grain];
      const { body } = await values('sales', {
        ...RANGE,
        grain,
        limit: '10000',
        from: grain === 'year' ? '2026-01-01' : (from ?? RANGE.from),
      });
      const points = body.series[0]?.points ?? [];
      expect(points.length).toBeGreaterThan(0);
      for (const { start, end, value, count } of points) {
        const events = within(start, end);
        expect(count).toBe(events.length);
        if (count > 0) expect(value).toBe(cents(sum(events)));
      }
      expect(points.reduce((total, { count }) => total + count, 0)).toBe(EVENTS.length);
    },
  );

  test('metrics are found by words, page by page', async () => {
    const listed = async (query: string) => {
      const response = await platform.http.inject({ url: `/v1/metrics?${query}` });
      const { metrics, cursor } = response.json<MetricsAnswer>();
      return [metrics.map(({ id }) => id), cursor];
    };
    const [first, cursor] = await listed('q=BUYER&limit=1');
    expect(first).toEqual(['buyers']);
    expect(await listed(`q=BUYER&limit=1&cursor=${String(cursor)}`)).toEqual([
      ['sales-per-buyer'],
      undefined,
    ]);
    expect(await listed('owner=team:nobody')).toEqual([[], undefined]);
  });

  test('local days have their own lengths and the sums of their events', async () => {
    const { body } = await values('sales', { ...RANGE, grain: 'day' });
    const days = body.series[0]?.points.map(({ start, end }) => [start, end]);
    expect(days).toEqual([
      ['2026-03-27T23:00:00.000Z', '2026-03-28T23:00:00.000Z'],
      ['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
      ['2026-03-29T22:00:00.000Z', '2026-03-30T22:00:00.000Z'],
    ]);
  });

  test('every series of a breakdown is there, and they add up to the total', async () => {
    const { body } = await values('sales', { ...RANGE, grain: 'day', by: 'store' });
    expect(body.series.map(({ labels }) => labels)).toEqual([
      { store: 'S1' },
      { store: 'S2' },
      { store: 'S:3' },
    ]);
    const day = body.series.reduce((total, { points }) => total + Number(points[1]?.value), 0);
    expect(day).toBeCloseTo(sum(within('2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z')) / 100, 6);
  });

  test('where picks members by its first colon', async () => {
    const { body } = await values('sales', { ...RANGE, grain: 'day', where: 'store:S:3' });
    expect(body.series.map(({ labels }) => labels)).toEqual([{ store: 'S:3' }]);
  });

  test('distinct windows unite the members of their cells', async () => {
    const { body } = await values('buyers', { ...RANGE, grain: 'PT6H', by: 'store' });
    for (const { labels, points } of body.series) {
      for (const { start, end, value } of points) {
        const events = within(start, end).filter((event) => event.labels.store === labels['store']);
        const expected = new Set(events.map(({ member }) => member)).size;
        if (events.length > 0) expect(value).toBe(String(expected));
      }
    }
    const week = await values('buyers', { grain: 'week', from: '2026-03-23', to: '2026-03-30' });
    expect(week.body.series[0]?.points[0]).toMatchObject({ value: '4', count: expect.any(Number) });
    expect(new Set(EVENTS.map(({ member }) => member)).size).toBe(4);
  });

  test('averages come from merged sums and counts, rounded once', async () => {
    const { body } = await values('price', { grain: 'week', from: '2026-03-23', to: '2026-03-24' });
    const events = within('2026-03-22T23:00:00Z', '2026-03-29T22:00:00Z');
    expect(Number(body.series[0]?.points[0]?.value)).toBeCloseTo(
      sum(events) / events.length / 100,
      1,
    );
  });

  test('min, max and last merge over cells', async () => {
    const week = { grain: 'week', from: '2026-03-23', to: '2026-03-24' };
    const events = within('2026-03-22T23:00:00Z', '2026-03-29T22:00:00Z');
    const amounts = events.map(({ value }) => value);
    const shown = async (metric: string) =>
      (await values(metric, week)).body.series[0]?.points[0]?.value;
    expect(await shown('lowest')).toBe(cents(Math.min(...amounts)));
    expect(await shown('highest')).toBe(cents(Math.max(...amounts)));
    expect(await shown('stock')).toBe(cents(events.at(-1)?.value ?? 0));
  });

  test('a derived value of a window is computed from its merged inputs', async () => {
    const { body } = await values('sales-per-buyer', {
      grain: 'week',
      from: '2026-03-23',
      to: '2026-03-24',
      by: 'store',
    });
    expect(body.series).toHaveLength(3);
    for (const { labels, points } of body.series) {
      const events = within('2026-03-22T23:00:00Z', '2026-03-29T22:00:00Z').filter(
        (event) => event.labels.store === labels['store'],
      );
      const people = new Set(events.map(({ member }) => member)).size;
      expect(Number(points[0]?.value)).toBeCloseTo(sum(events) / 100 / people, 3);
      expect(points[0]?.value).toMatch(/^-?\d+\.\d{4}$/);
    }
  });

  test('a derived value without a divisor is null and says why', async () => {
    const { body } = await values('sales-per-buyer', {
      grain: 'day',
      from: '2026-03-20',
      to: '2026-03-21',
    });
    expect(body.series[0]?.points[0]).toMatchObject({ value: null, reason: 'division by zero' });
  });

  test('empty windows that the watermark passed are 0 or null by aggregation, later ones null', async () => {
    const empty = { grain: 'hour', from: '2026-03-28T12:00:00Z', to: '2026-03-28T13:00:00Z' };
    const shown = async (metric: string, query: Record<string, string>) =>
      (await values(metric, query)).body.series[0]?.points[0]?.value;
    expect(await shown('sales', empty)).toBe('0.00');
    expect(await shown('buyers', empty)).toBe('0');
    expect(await shown('price', empty)).toBeNull();
    expect(await shown('lowest', empty)).toBeNull();
    const later = { grain: 'hour', from: '2026-03-30T09:00:00Z', to: '2026-03-30T10:00:00Z' };
    expect(await shown('sales', later)).toBeNull();
  });

  test('each point has its state and completeness', async () => {
    const { body } = await values('sales', { ...RANGE, grain: 'day' });
    const points = body.series[0]?.points ?? [];
    expect(points.map(({ state }) => state)).toEqual(['final', 'closed', 'open']);
    expect(points.map(({ completeness }) => completeness)).toEqual([1, 1, 0.4166]);
    expect(body.watermark).toBe('2026-03-30T08:00:00.000Z');
  });

  test('pages of any size give every point once, in order', async () => {
    const whole = await values('sales', { ...RANGE, grain: 'hour', by: 'store' });
    const expected = whole.body.series.flatMap(({ labels, points }) =>
      points.map(({ start }) => `${labels['store']} ${start}`),
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { ...RANGE, grain: 'hour', by: 'store', limit: '50' };
      const page = await values('sales', cursor === undefined ? query : { ...query, cursor });
      for (const { labels, points } of page.body.series)
        seen.push(...points.map(({ start }) => `${labels['store']} ${start}`));
      cursor = page.body.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(expected);
  });

  test.each([
    ['/v1/metrics/none/values', 404, 'not_found'],
    ['/v1/metrics/sales/values?version=old', 404, 'not_found'],
    ['/v1/metrics/sales/values?grain=fortnight', 400, 'invalid_parameter'],
    ['/v1/metrics/sales/values?fro=2026-01-01', 400, 'invalid_parameter'],
    ['/v1/metrics/sales/values?from=2026-02-30', 400, 'invalid_parameter'],
    ['/v1/metrics/sales/values?limit=0', 400, 'invalid_parameter'],
    ['/v1/metrics/sales/values?cursor=abc', 400, 'invalid_parameter'],
    ['/v1/metrics/sales/values?by=channel', 422, 'breakdown_unavailable'],
    ['/v1/metrics/sales/values?where=channel:web', 422, 'breakdown_unavailable'],
    [
      '/v1/metrics/sales/values?grain=minute&from=2020-01-01&to=2026-01-01',
      400,
      'invalid_parameter',
    ],
    ['/v1/metrics/sales/current?from=2026-01-01', 400, 'invalid_parameter'],
  ])('%s is refused with %i %s', async (path, status, code) => {
    const response = await get(path);
    expect(response).toMatchObject({ status, body: { code } });
  });

  test('late events revise a closed window, historical ones restate a final one', async () => {
    const filler = fillers.get('sales');
    await filler?.count([
      { timeMs: at('2026-03-29T12:00:00Z'), value: 100, labels: { store: 'S1' } },
    ]);
    await filler?.count(
      [{ timeMs: at('2026-03-28T12:00:00Z'), value: 100, labels: { store: 'S1' } }],
      { restated: true },
    );
    const { body } = await values('sales', { ...RANGE, grain: 'day' });
    expect(body.series[0]?.points.slice(0, 2)).toMatchObject([
      { state: 'restated', revision: 1 },
      { state: 'revised', revision: 1 },
    ]);
  });
});

test('a projection that is being rebuilt shows no values, and says so', async () => {
  await using platform = await openTestPlatform();
  const metric = aMetric({ retentionMs, grains: ['hour'] });
  await platform.publish({ metrics: [metric] });
  await platform.run(start);
  const read = async () =>
    (
      await platform.http.inject({
        url: `/v1/metrics/${metric.id}/values?grain=hour&from=2026-03-28T10:00:00Z&to=2026-03-28T11:00:00Z`,
      })
    ).json<ValuesAnswer>();
  expect(await read()).toMatchObject({
    series: [{ points: [{ value: null, state: 'rebuilding' }] }],
    warnings: [expect.stringContaining('no projection yet')],
  });
  const store = redisProjectionStore(platform.redis, platform.prefix);
  const filler = await projectionFiller(store, metric, { empty: false });
  const event = { timeMs: at('2026-03-28T10:30:00Z'), value: 500 };
  await filler.count([event], { caughtUp: false });
  expect(await read()).toMatchObject({
    series: [{ points: [{ value: null, count: 1, state: 'rebuilding' }] }],
    warnings: [expect.stringContaining('being rebuilt')],
  });
  await filler.count([event]);
  expect(await read()).toMatchObject({
    series: [{ points: [{ value: '10.00', count: 2, state: 'open' }] }],
    warnings: [],
  });
});

test('values past retention and before eventsFrom are withheld', async () => {
  await using platform = await openTestPlatform();
  const metric = aMetric({
    grains: ['hour', 'day'],
    timezone: 'UTC',
    eventsFromMs: at('2026-03-02T12:00:00Z'),
    retentionMs: { minute: 0, hour: DAY_MS, day: 400 * DAY_MS },
  });
  await platform.publish({ metrics: [metric] });
  await platform.run(start);
  const store = redisProjectionStore(platform.redis, platform.prefix);
  const filler = await projectionFiller(store, metric);
  await filler.count([{ timeMs: at('2026-03-03T10:30:00Z'), value: 500 }]);
  await filler.passTo(at('2026-03-05T00:00:00Z') + 2 * HOUR_MS);
  const read = async (query: string) =>
    (
      await platform.http.inject({ url: `/v1/metrics/${metric.id}/values?${query}` })
    ).json<ValuesAnswer>();
  const days = await read('grain=day&from=2026-03-01&to=2026-03-04');
  expect(days.series[0]?.points.map(({ value }) => value)).toEqual([null, '0.00', '5.00']);
  expect(days.warnings).toEqual([expect.stringContaining('counts events from')]);
  const hours = await read('grain=hour&from=2026-03-03T10:00:00Z&to=2026-03-03T11:00:00Z');
  expect(hours.series[0]?.points[0]).toMatchObject({
    value: null,
    reason: expect.stringContaining('retention'),
  });
});

test('without Redis the answer is 503 with Retry-After, and the service says what it misses', async () => {
  const platform = await openTestPlatform({ metrics: [aMetric()] });
  const service = await platform.run(start);
  await platform.http.ready();
  platform.redis.disconnect();
  const response = await platform.http.inject({ url: '/v1/metrics/net-sales/values' });
  expect(response.statusCode).toBe(503);
  expect(response.headers['retry-after']).toBe('1');
  expect(response.json()).toMatchObject({ code: 'redis_unavailable' });
  expect(service.missing()).toContain('Redis does not answer');
  expect(await platform.telemetry.registry.metrics()).toContain('tidemark_console_request_seconds');
  await platform.close();
});
