import { afterAll, beforeAll, expect, test } from 'vitest';
import { start as startAggregator } from '../../../services/aggregator/main.ts';
import { start as startConsole } from '../../../services/console/main.ts';
import type {
  DeadLettersAnswer,
  LetterAnswer,
  LetterSummary,
  ResendAllAnswer,
} from '../../../services/console/core/dead-letters/answers.ts';
import type { LateEventsAnswer } from '../../../services/console/core/late-events.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { EventLog } from '../../support/event-log.ts';
import { aMetric } from '../../support/metrics.ts';
import { anOrder, ORDERS } from '../../support/order-events.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';

const HOUR_MS = 3_600_000;
const SOON = { timeout: 30_000, interval: 200 };
const AHEAD_MS = 3_000;
const type = { ...ORDERS, maxFutureMs: 1_000 };
const count = aMetric({
  id: 'orders',
  aggregation: 'count',
  valueScale: 0,
  unit: { code: 'orders', scale: 0 },
  grains: ['hour', 'day'],
  latenessMs: HOUR_MS,
  retentionMs: { minute: 0, hour: 400 * 24 * HOUR_MS, day: 400 * 24 * HOUR_MS },
  event: type.id,
});

let platform: TestPlatform;
let log: EventLog;

const get = async <T>(url: string): Promise<T> => (await platform.http.inject({ url })).json<T>();
const post = (url: string, payload: object = {}) =>
  platform.http.inject({ method: 'POST', url, payload });
const list = (query = ''): Promise<DeadLettersAnswer> => get(`/v1/dead-letters${query}`);
const letterOf = async (code: string): Promise<LetterSummary> => {
  await expect.poll(async () => (await list(`?code=${code}`)).letters.length, SOON).toBe(1);
  const [letter] = (await list(`?code=${code}`)).letters;
  if (!letter) throw new Error(`no letter says ${code}`);
  return letter;
};
/** How often the metric counted, over all time. */
const counted = async (): Promise<number> => {
  const { series } = await get<{
    series: readonly { points: readonly { count: number }[] }[];
  }>(
    `/v1/metrics/orders/values?grain=day&from=${new Date(Date.now() - 5 * 24 * HOUR_MS).toISOString()}&to=${new Date(Date.now() + 24 * HOUR_MS).toISOString()}`,
  );
  return series.flatMap(({ points }) => points).reduce((sum, point) => sum + point.count, 0);
};

beforeAll(async () => {
  platform = await openTestPlatform({ eventTypes: [type], metrics: [count] });
  log = await openEventLog(platform, type);
  await platform.run(startAggregator);
  await platform.run(startConsole);
  await platform.http.ready();
});
afterAll(async () => {
  await log.close();
  await platform.close();
});

test('each dead letter is shown with its reason, its place and what it holds', async () => {
  const now = Date.now();
  await log.raw(3, Buffer.from('poison'));
  await log.events(0, [anOrder('first', now, { amount: 100 })]);
  await log.events(0, [anOrder('first', now, { amount: 999 })]);
  const poison = await letterOf('schema_unknown');
  expect(poison).toMatchObject({
    eventType: type.id,
    position: `${log.topic}/3/0`,
    sizeBytes: 6,
    resent: null,
    obstacle: null,
  });
  expect(await get<LetterAnswer>(`/v1/dead-letters/${poison.id}`)).toMatchObject({
    payload: { kind: 'text', text: 'poison', isCut: false },
  });
  const conflict = await letterOf('conflict');
  expect(await get<LetterAnswer>(`/v1/dead-letters/${conflict.id}`)).toMatchObject({
    payload: { kind: 'event', event: { id: 'first', data: { amount: '9.99' } } },
  });
  expect((await list()).reasons).toEqual([
    { eventType: type.id, code: 'conflict', letters: 1, resent: 0 },
    { eventType: type.id, code: 'schema_unknown', letters: 1, resent: 0 },
  ]);
});

test('a conflict is not sent again: the first event stands', async () => {
  const conflict = await letterOf('conflict');
  const answer = await post(`/v1/dead-letters/${conflict.id}/resend`);
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ code: 'invalid_parameter' });
});

test('what is sent again once its reason has passed counts once, and its letter says so', async () => {
  await expect.poll(counted, SOON).toBe(1);
  const eventMs = Date.now() + AHEAD_MS;
  await log.events(1, [anOrder('ahead', eventMs, { amount: 5 })]);
  const letter = await letterOf('event_time_in_future');
  expect(await counted()).toBe(1);
  await expect.poll(() => Date.now(), SOON).toBeGreaterThan(eventMs);

  const answer = await post(`/v1/dead-letters/${letter.id}/resend`);
  expect(answer.json()).toMatchObject({
    id: letter.id,
    by: 'person:local',
    position: `${log.topic}/1/1`,
    historical: true,
  });
  await expect.poll(counted, SOON).toBe(2);
  expect(await letterOf('event_time_in_future')).toMatchObject({
    resent: { by: 'person:local', position: `${log.topic}/1/1` },
  });
  expect((await list('?state=resent')).letters.map(({ id }) => id)).toEqual([letter.id]);

  expect((await post(`/v1/dead-letters/${letter.id}/resend`)).statusCode).toBe(409);
  const again = await post(`/v1/dead-letters/${letter.id}/resend`, { again: true });
  expect(again.statusCode).toBe(200);
  await expect
    .poll(async () => get(`/v1/events/%2Ftest/ahead?position=${log.topic}/1/2`), SOON)
    .toMatchObject({ outcome: 'duplicate', original: `${log.topic}/1/1` });
  expect(await counted()).toBe(2);
});

test('another console reads the same from the log', async () => {
  const other = await openTestPlatform(
    { eventTypes: [type], metrics: [count] },
    { TIDEMARK_TOPIC_PREFIX: platform.prefix },
  );
  try {
    await other.run(startConsole);
    await other.http.ready();
    const seen = (await other.http.inject({ url: '/v1/dead-letters' })).json<DeadLettersAnswer>();
    expect(seen.letters).toEqual((await list()).letters);
    expect(seen.letters.filter(({ resent }) => resent)).toHaveLength(1);
  } finally {
    await other.close();
  }
});

test('all of a reason are sent again by one order, and what cannot be healed comes back under its own place', async () => {
  await log.raw(3, Buffer.from('more poison'));
  await expect.poll(async () => (await list('?code=schema_unknown')).letters.length, SOON).toBe(2);
  const answer = (await post('/v1/dead-letters/resend', { code: 'schema_unknown' })).json();
  expect(answer).toEqual<ResendAllAnswer>({ resent: 2, left: 0, refused: [] });
  await expect
    .poll(async () => (await list()).reasons.find(({ code }) => code === 'schema_unknown'), SOON)
    .toMatchObject({ letters: 4, resent: 2 });
});

test('letters come page by page, the newest first', async () => {
  const all = (await list()).letters;
  const first = await list('?limit=4');
  const second = await list(`?limit=4&cursor=${encodeURIComponent(first.cursor ?? '')}`);
  expect([...first.letters, ...second.letters]).toEqual(all);
  expect(second.cursor).toBeUndefined();
  const bad = await platform.http.inject({ url: '/v1/dead-letters?cursor=x' });
  expect(bad.statusCode).toBe(400);
});

test('a late event is shown with how late it was and for which metric', async () => {
  const now = Date.now();
  await log.heartbeats([0, 1, 2, 3], now);
  await log.events(2, [anOrder('late', now - 4 * HOUR_MS, { amount: 1 })]);
  const late = (): Promise<LateEventsAnswer> => get('/v1/late-events?metric=orders');
  await expect.poll(async () => (await late()).events, SOON).toHaveLength(1);
  const { events, counts } = await late();
  expect(events[0]).toMatchObject({
    id: 'late',
    source: '/test',
    position: `${log.topic}/2/1`,
    metrics: [{ metric: 'orders', version: 'v1' }],
  });
  expect(events[0]?.lateBySeconds).toBeGreaterThan(3 * 3_600);
  expect(counts).toEqual([{ metric: 'orders', events: 1 }]);
  expect((await get<LateEventsAnswer>('/v1/late-events?metric=other')).events).toEqual([]);
});
