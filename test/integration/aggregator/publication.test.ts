import { afterAll, beforeAll, expect, test } from 'vitest';
import { start } from '../../../services/aggregator/main.ts';
import type { DeadLetterRecord, LateEventRecord } from '../../../services/platform/side-records.ts';
import type { DerivedMetric } from '../../../services/kernel/definitions.ts';
import { supersedes } from '../../../services/kernel/update.ts';
import type { UpdateRecord, ValueUpdate } from '../../../services/kernel/update.ts';
import type { RunningService } from '../../../services/platform/platform.ts';
import { refOf } from '../../support/aggregation.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { EventLog } from '../../support/event-log.ts';
import { aMetric } from '../../support/metrics.ts';
import { ORDERS, anOrder } from '../../support/order-events.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { storedCells } from '../../support/stored-cells.ts';
import { readSystemTopic, readUpdates } from '../../support/update-feed.ts';

const HOUR = 3_600_000;
const ALL = [0, 1, 2, 3];
const now = Date.now();
/** The start of an hour that has ended, well within lateness. */
const hour = now - (now % HOUR) - 2 * HOUR;

const base = {
  dimensions: { store: 'data.store_id' },
  breakdowns: [[], ['store']],
  grains: ['hour'],
  latenessMs: 24 * HOUR,
} as const;
const amount = aMetric({ ...base, id: 'amount' });
const orders = aMetric({
  ...base,
  id: 'orders',
  aggregation: 'count',
  valueScale: 0,
  unit: { code: 'orders', scale: 0 },
  where: 'data.status == "booked"',
});
const mean: DerivedMetric = {
  kind: 'derived',
  id: 'mean-amount',
  version: 'd1',
  name: { en: 'Mean amount' },
  owner: 'team:sales',
  tags: [],
  unit: { code: 'CNY', scale: 3 },
  direction: 'none',
  formula: 'amount / orders',
  inputs: ['amount', 'orders'],
  timezone: amount.timezone,
  breakdowns: [[], ['store']],
  grains: ['hour'],
};
const definitions = { eventTypes: [ORDERS], metrics: [amount, orders, mean] };

let platform: TestPlatform;
let log: EventLog;
let service: RunningService;

/** What a consumer keeps of a cell by the rule of the stream. */
const kept = async (metric: string, series: string): Promise<ValueUpdate | undefined> => {
  const updates = await readUpdates(platform);
  return updates
    .filter((update) => update.kind === 'value')
    .filter((update) => update.metric === metric && update.series === series)
    .filter((update) => update.start === hour)
    .reduce<ValueUpdate | undefined>(
      (best, next) => (!best || supersedes(next, best) ? next : best),
      undefined,
    );
};
const until = (metric: string, series: string) =>
  expect.poll(() => kept(metric, series), { timeout: 30_000, interval: 200 });

beforeAll(async () => {
  platform = await openTestPlatform(definitions);
  log = await openEventLog(platform, ORDERS);
  service = await platform.run(start);
});
afterAll(async () => {
  await log.close();
  await platform.close();
});

test('a value goes out with its evidence, a derived one from the merged cells of its inputs', async () => {
  await log.events(0, [
    anOrder('a', hour + 1, { amount: 1000, store: 'S1' }),
    anOrder('b', hour + 2, { amount: 500, store: 'S2' }),
  ]);
  await log.events(1, [
    anOrder('c', hour + 3, { amount: 200, store: 'S1' }),
    anOrder('d', hour + 3, { amount: 50, store: 'S3', status: 'cancelled' }),
  ]);
  await until('amount', '[]').toMatchObject({
    version: 'v1',
    grain: 'hour',
    end: hour + HOUR,
    value: '17.50',
    accumulators: { contributions: 4, sum: 1750 },
    state: 'open',
    cursors: expect.arrayContaining([{ topic: log.topic, partition: 0, offset: 2 }]),
  });
  await until('mean-amount', '[]').toMatchObject({
    value: '5.833',
    version: 'd1',
    accumulators: { contributions: 7 },
    state: 'open',
  });
  await until('mean-amount', '["store","S1"]').toMatchObject({ value: '6.000' });
  await until('mean-amount', '["store","S3"]').toMatchObject({ value: null });
});

test('F-061 heartbeats alone close the window, and a tick of each metric says up to when', async () => {
  await log.heartbeats(ALL, now);
  await until('amount', '[]').toMatchObject({ state: 'closed', value: '17.50' });
  await until('mean-amount', '[]').toMatchObject({ state: 'closed', value: '5.833' });
  const ticks = async () =>
    (await readUpdates(platform)).flatMap((update) =>
      update.kind === 'tick' && update.watermark === now - ORDERS.outOfOrdernessMs
        ? [update.metric]
        : [],
    );
  await expect
    .poll(async () => [...new Set(await ticks())].sort(), { timeout: 30_000, interval: 200 })
    .toEqual(['amount', 'mean-amount', 'orders']);
});

test('a tick says how many events each source has sent: heartbeats count for none', async () => {
  const last = async (metric: string) =>
    (await readUpdates(platform)).findLast((one) => one.kind === 'tick' && one.metric === metric);
  const before = await last('mean-amount');
  const [source] = (before?.kind === 'tick' && before.sources) || [];
  expect(source).toMatchObject({ eventType: ORDERS.id, watermark: before?.watermark });
  expect(source?.events).toBeGreaterThan(0);
  await log.heartbeats(ALL, now);
  const ticks = async () =>
    (await readUpdates(platform)).filter((one) => one.kind === 'tick').length;
  const seen = await ticks();
  await expect.poll(ticks, { timeout: 30_000, interval: 250 }).toBeGreaterThan(seen + 24);
  expect(await last('mean-amount')).toMatchObject({ sources: [source] });
});

test('ticks come into every partition of the stream each second though nothing flows', async () => {
  const counts = async (): Promise<readonly number[]> => {
    const records = await readSystemTopic(platform, {
      name: 'metricUpdates',
      schema: 'metric-update',
    });
    return ALL.map(
      (partition) =>
        records.filter((one) => {
          const { kind, metric } = one.record as UpdateRecord;
          return one.partition === partition && kind === 'tick' && metric === 'amount';
        }).length,
    );
  };
  const before = Math.max(...(await counts()));
  await expect
    .poll(async () => Math.min(...(await counts())), { timeout: 30_000, interval: 250 })
    .toBeGreaterThan(before + 1);
});

test('F-062 an event within lateness revises the closed window, one past it is late, and history restates', async () => {
  await log.events(2, [
    anOrder('e', hour + 5, { amount: 300 }),
    anOrder('too-late', hour - 48 * HOUR, { amount: 7 }),
    anOrder('history', hour - 48 * HOUR, { amount: 8, historical: true }),
  ]);
  await until('amount', '[]').toMatchObject({ state: 'revised', revision: 1, value: '20.50' });
  const lateEvents = () => readSystemTopic(platform, { name: 'lateEvents', schema: 'late-event' });
  await expect
    .poll(
      async () =>
        (await lateEvents()).map(({ record }) => {
          const { id, metrics } = record as LateEventRecord;
          return [id, metrics];
        }),
      {
        timeout: 30_000,
        interval: 200,
      },
    )
    .toEqual([['too-late', ['amount@v1', 'orders@v1']]]);
  const restated = async (): Promise<unknown> =>
    (await readUpdates(platform)).findLast(
      (update) => update.kind === 'value' && update.start === hour - 48 * HOUR,
    );
  await expect
    .poll(restated, { timeout: 30_000, interval: 200 })
    .toMatchObject({ state: 'restated', backfilled: true });
});

test('F-031 what cannot be processed lies in dead letters with its place, reason and bytes', async () => {
  await log.raw(3, Buffer.from('poison'));
  await log.events(0, [anOrder('a', hour + 1, { amount: 9, store: 'S1' })]);
  const letters = async () => {
    const all = await readSystemTopic(platform, {
      name: 'deadLetters',
      schema: 'dead-letter',
    });
    return all.map(({ record }) => {
      const { partition, code, value } = record as DeadLetterRecord;
      return [partition, code, String(value)];
    });
  };
  await expect
    .poll(letters, { timeout: 30_000, interval: 200 })
    .toContainEqual([3, 'schema_unknown', 'poison']);
  await expect
    .poll(async () => (await letters()).map(([partition, code]) => [partition, code]))
    .toContainEqual([0, 'conflict']);
});

test('a metric added to the running system is there without a restart, and changes no other value', async () => {
  const before = await storedCells(platform.redis, refOf(platform.prefix, amount));
  const generation = () => platform.redis.hget(`{${platform.prefix}amount@v1}:meta`, 'gen');
  const first = await generation();
  const highest = aMetric({ ...base, id: 'highest', aggregation: 'max' });
  await platform.publish({ ...definitions, metrics: [...definitions.metrics, highest] });
  await until('highest', '["store","S1"]').toMatchObject({ value: '10.00' });
  expect(await storedCells(platform.redis, refOf(platform.prefix, amount))).toEqual(before);
  expect(await generation()).toBe(first);
  await platform.publish(definitions);
  await expect.poll(() => service.missing()).toEqual([]);
});

test('a metric that cannot run is named, and the others go on', async () => {
  const broken = aMetric({ ...base, id: 'broken', value: 'data.nothing' });
  await platform.publish({ ...definitions, metrics: [...definitions.metrics, broken] });
  expect(service.missing().join()).toContain('broken');
  await log.events(0, [anOrder('z', hour + 9, { amount: 100, store: 'S9' })]);
  await until('amount', '["store","S9"]').toMatchObject({ value: '1.00' });
  await platform.publish(definitions);
  expect(service.missing()).toEqual([]);
});
