import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { start } from '../../../services/aggregator/main.ts';
import type { MetricDefinition } from '../../../services/kernel/definitions.ts';
import type { VerifyAnswer } from '../../../services/aggregator/verify-question.ts';
import { untilCaughtUp } from '../../support/aggregation.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { EventLog } from '../../support/event-log.ts';
import { aMetric } from '../../support/metrics.ts';
import { EVERY_AGGREGATION, ORDERS, anOrder } from '../../support/order-events.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { spoilCell } from '../../support/stored-cells.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = Date.now();
const iso = (timeMs: number): string => new Date(timeMs).toISOString();
const PER_ORDER: MetricDefinition = {
  ...aMetric({ id: 'amount-per-order', timezone: 'Asia/Shanghai' }),
  kind: 'derived',
  formula: 'amount_sum / orders_count',
  inputs: ['amount-sum', 'orders-count'],
};
let platform: TestPlatform;
let log: EventLog;
let url: string;

const ask = async (id: string, body: object): Promise<{ status: number; body: VerifyAnswer }> => {
  const response = await fetch(`${url}/v1/metrics/${id}/verify`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as VerifyAnswer };
};
const verify = async (id: string, fromMs: number, toMs: number): Promise<VerifyAnswer> => {
  const { status, body } = await ask(id, { from: iso(fromMs), to: iso(toMs) });
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
};

/** Orders of two days and both sides of midnight, with copies, conflicts, late, future and historical ones among them. */
const writeEverything = async (): Promise<void> => {
  for (const partition of [0, 1, 2]) {
    const steady = Array.from({ length: 120 }, (_, i) =>
      anOrder(`${partition}-${i}`, now - 20 * MINUTE + i * 10_000, {
        amount: (i * 7919 * (partition + 1)) % 10_000,
        store: `S${i % 4}`,
        status: i % 10 === 0 ? 'cancelled' : 'booked',
      }),
    );
    const history = Array.from({ length: 72 }, (_, i) =>
      anOrder(`h${partition}-${i}`, now - 400 * DAY + i * HOUR, { amount: i, historical: true }),
    );
    await log.events(partition, [
      ...steady,
      ...steady.slice(5, 15),
      anOrder(`${partition}-3`, now - 20 * MINUTE, { amount: 123_456 }),
      anOrder(`late${partition}`, now - 5 * HOUR, { amount: 1 }),
      ...history,
      anOrder(`correction${partition}`, now - 3 * DAY, { amount: 4, historical: true }),
      anOrder(`future${partition}`, now + DAY),
      ...history.slice(0, 9),
    ]);
  }
  await log.raw(1, Buffer.from('poison'));
  await log.raw(1, null);
  await log.heartbeats([0, 1, 2, 3], now);
};

beforeAll(async () => {
  const metrics = [...EVERY_AGGREGATION.map(({ metric }) => metric), PER_ORDER];
  platform = await openTestPlatform({ eventTypes: [ORDERS], metrics });
  log = await openEventLog(platform, ORDERS);
  await writeEverything();
  await platform.run(start);
  url = await platform.listen();
  await untilCaughtUp({ redis: platform.redis, prefix: platform.prefix, log }, EVERY_AGGREGATION);
});
afterAll(async () => {
  await log.close();
  await platform.close();
});

describe.each(EVERY_AGGREGATION.map(({ metric }) => ({ id: metric.id, grains: metric.grains })))(
  'a recount of $id',
  ({ id }) => {
    test('equals what is stored, of today and of what was restated', async () => {
      const recent = await verify(id, now - 4 * DAY, now + DAY);
      expect(recent).toMatchObject({ metric: id, differing: 0 });
      expect(recent.checked).toBeGreaterThan(5);
      expect(recent.projections[0]?.cursors).toHaveLength(4);
    });

    test('equals what is stored, of four hundred days ago', async () => {
      const { checked, differing } = await verify(id, now - 401 * DAY, now - 396 * DAY);
      expect(differing).toBe(0);
      expect(checked).toBeGreaterThan(70);
    });
  },
);

describe('a cell that was corrupted by hand', () => {
  const tag = (id: string): string => `{${platform.prefix}${id}@v1}`;
  /** The newest hour whose start has orders, and the number of a series. */
  const place = async (id: string, key: string): Promise<{ startMs: number; number: string }> => ({
    startMs: now - (now % HOUR) - (now % HOUR < 2 * MINUTE ? HOUR : 0),
    number: (await platform.redis.hget(`${tag(id)}:series`, key)) ?? '',
  });

  test('is named, with what is stored and what the log says, and no other is', async () => {
    const { startMs, number } = await place('amount-sum', '["store","S1"]');
    const key = `${tag('amount-sum')}:cells:hour:${startMs}`;
    const before = await platform.redis.hget(key, number);
    await spoilCell(platform.redis, { key, number }, { sum: 7 });
    const { differing, projections } = await verify('amount-sum', now - DAY, now + HOUR);
    await spoilCell(platform.redis, { key, number }, { sum: -7 });
    const [contributions, sum] = (before ?? '').split('s').map(Number) as [number, number];
    expect({ differing, differences: projections[0]?.differences }).toEqual({
      differing: 1,
      differences: [
        {
          metric: 'amount-sum',
          kind: 'different',
          grain: 'hour',
          start: iso(startMs),
          end: iso(startMs + HOUR),
          labels: { store: 'S1' },
          stored: { contributions, historical: 0, sum: String(sum + 7) },
          recounted: { contributions, historical: 0, sum: String(sum) },
        },
      ],
    });
    expect(await verify('amount-sum', now - DAY, now + HOUR)).toMatchObject({ differing: 0 });
  });

  test('is named where it was lost, and where the log knows of none', async () => {
    const { startMs, number } = await place('amount-max', '["store","S2"]');
    const key = `${tag('amount-max')}:cells:hour:${startMs}`;
    const before = await platform.redis.hgetall(key);
    await platform.redis.hdel(key, number);
    const empty = `${tag('amount-max')}:cells:hour:${startMs - 12 * HOUR}`;
    await platform.redis.hset(empty, 'end', startMs - 11 * HOUR, 'stage', 0, number, 3);
    const { projections } = await verify('amount-max', now - DAY, now + HOUR);
    await platform.redis.hset(key, before);
    await platform.redis.del(empty);
    expect(projections[0]?.differences).toMatchObject([
      { kind: 'missing', start: iso(startMs), stored: null, recounted: { historical: 0 } },
      {
        kind: 'unexpected',
        start: iso(startMs - 12 * HOUR),
        stored: { contributions: 3 },
        recounted: null,
      },
    ]);
  });

  test('is named where a distinct member was added', async () => {
    const { startMs } = await place('stores-distinct', '[]');
    const members = `${tag('stores-distinct')}:members:hour:${startMs}:[]`;
    const count = await platform.redis.scard(members);
    await platform.redis.sadd(members, 'nobody');
    const { projections } = await verify('stores-distinct', now - DAY, now + HOUR);
    await platform.redis.srem(members, 'nobody');
    expect(projections[0]?.differences).toMatchObject([
      { labels: {}, stored: { distinct: count + 1 }, recounted: { distinct: count } },
    ]);
  });
});

test('while events are counted, no verification finds a difference', async () => {
  let isWriting = true;
  let written = 0;
  const writing = (async () => {
    while (isWriting) {
      const orders = Array.from({ length: 40 }, (_, i) =>
        anOrder(`live${written + i}`, now - (i % 20) * MINUTE, { amount: i, store: `S${i % 4}` }),
      );
      await log.events(written % 4, orders);
      written += orders.length;
    }
  })();
  const before = await verify('amount-sum', now - DAY, now + HOUR);
  const answers = [before];
  for (const { metric } of EVERY_AGGREGATION)
    answers.push(await verify(metric.id, now - DAY, now + HOUR));
  isWriting = false;
  await writing;
  expect(answers.map(({ differing }) => differing)).toEqual(answers.map(() => 0));
  const after = await verify('amount-sum', now - DAY, now + HOUR);
  expect(after.projections[0]?.records).toBeGreaterThan(before.projections[0]?.records ?? 0);
});

test('of a derived metric, all that it reads is verified', async () => {
  const { checked, projections } = await verify('amount-per-order', now - DAY, now + HOUR);
  expect(projections.map(({ metric }) => metric)).toEqual(['amount-sum', 'orders-count']);
  expect(checked).toBe(projections.reduce((sum, one) => sum + one.checked, 0));
  expect(checked).toBeGreaterThan(10);
});

test.each([
  ['no-such-metric', { from: iso(now - DAY), to: iso(now) }, 404, 'not_found'],
  ['amount-sum', { from: iso(now), to: iso(now) }, 400, 'invalid_parameter'],
  ['amount-sum', { from: 'yesterday', to: iso(now) }, 400, 'invalid_parameter'],
  ['amount-sum', { from: iso(0), to: iso(now) }, 422, 'span_too_long'],
])('a question about %s with %o is refused with %i', async (id, body, status, code) => {
  expect(await ask(id, body)).toMatchObject({ status, body: { code } });
});
