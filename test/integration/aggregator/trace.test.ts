import { afterAll, beforeAll, expect, test } from 'vitest';
import { start } from '../../../services/aggregator/main.ts';
import { untilCaughtUp } from '../../support/aggregation.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { EventLog } from '../../support/event-log.ts';
import { EVERY_AGGREGATION, ORDERS, anOrder } from '../../support/order-events.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';

const PAIRS = EVERY_AGGREGATION.slice(0, 2);
const DAY = 86_400_000;
const now = Date.now();
let platform: TestPlatform;
let log: EventLog;
let url: string;

type Trace = {
  outcome: string;
  position: string;
  metrics: { metric: string; outcome: string; reason: string }[];
  searchedFrom?: string;
  code?: string;
};
const trace = async (id: string, query: Record<string, string> = {}) => {
  const path = `/v1/events/${encodeURIComponent('/test')}/${id}?${new URLSearchParams(query)}`;
  const response = await fetch(`${url}${path}`);
  return { status: response.status, body: (await response.json()) as Trace };
};

beforeAll(async () => {
  platform = await openTestPlatform({
    eventTypes: [ORDERS],
    metrics: PAIRS.map(({ metric }) => metric),
  });
  log = await openEventLog(platform, ORDERS);
  await log.events(1, [
    anOrder('one', now - 1_000),
    anOrder('two', now - 1_000, { status: 'cancelled' }),
    anOrder('one', now - 1_000),
    anOrder('one', now - 1_000, { amount: 5 }),
    anOrder('late', now - 2 * DAY),
    anOrder('old', now - 400 * DAY, { historical: true }),
    anOrder('future', now + DAY),
  ]);
  await platform.run(start);
  url = await platform.listen();
  await untilCaughtUp({ redis: platform.redis, prefix: platform.prefix, log }, PAIRS);
});
afterAll(async () => {
  await log.close();
  await platform.close();
});

test('an event is found by its identity alone, with what each metric made of it', async () => {
  const { status, body } = await trace('two');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    outcome: 'counted',
    position: `${log.topic}/1/1`,
    metrics: [
      { metric: 'amount-sum', outcome: 'filtered' },
      { metric: 'amount-avg', outcome: 'counted' },
    ],
  });
});

test.each([
  [0, 'one', 'counted'],
  [2, 'one', 'duplicate'],
  [3, 'one', 'conflict'],
  [4, 'late', 'late'],
  [5, 'old', 'counted'],
])('at offset %i the event %s was %s', async (offset, id, outcome) => {
  const { status, body } = await trace(id, { position: `${log.topic}/1/${offset}` });
  expect(status).toBe(200);
  expect(body.outcome).toBe(outcome);
});

test('an event that is not there is a 404 that says from when on it was looked for', async () => {
  const { status, body } = await trace('nobody');
  expect(status).toBe(404);
  expect(body.code).toBe('not_found');
  expect(Date.parse(body.searchedFrom ?? '')).toBeLessThan(now - 29 * DAY);
});

test('a position or time that is none is refused', async () => {
  expect((await trace('one', { position: 'x' })).status).toBe(400);
  expect((await trace('one', { time: 'yesterday' })).status).toBe(400);
  expect((await trace('one', { position: `${log.topic}/1/999` })).status).toBe(404);
});
