import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { start } from '../../../services/aggregator/main.ts';
import type { RunningService } from '../../../services/platform/platform.ts';
import { untilCaughtUp } from '../../support/aggregation.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { EventLog } from '../../support/event-log.ts';
import { aMetric } from '../../support/metrics.ts';
import { EVERY_AGGREGATION, ORDERS, anOrder } from '../../support/order-events.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { spoilCell } from '../../support/stored-cells.ts';

const HOUR = 3_600_000;
const now = Date.now();
const closedMs = now - (now % HOUR) - 3 * HOUR;
const metric = aMetric({ id: 'sampled', grains: ['hour'] });
const [SUM] = EVERY_AGGREGATION as [(typeof EVERY_AGGREGATION)[number]];
const PATIENCE = { timeout: 60_000, interval: 100 };
let platform: TestPlatform;
let log: EventLog;
let service: RunningService;

/** A series of the metric's, as `/metrics` shows it. */
const gauge = async (name: string): Promise<number | undefined> => {
  const found = await platform.telemetry.registry.getSingleMetric(`tidemark_verify_${name}`)?.get();
  return found?.values.find(({ labels }) => labels['metric'] === metric.id)?.value;
};
const cells = (): string => `{${platform.prefix}${metric.id}@v1}:cells:hour:${closedMs}`;

beforeAll(async () => {
  platform = await openTestPlatform(
    { eventTypes: [ORDERS], metrics: [metric] },
    { TIDEMARK_VERIFY_EVERY: '1' },
  );
  log = await openEventLog(platform, ORDERS);
  const orders = Array.from({ length: 50 }, (_, i) =>
    anOrder(`${i}`, closedMs + i * 1_000, { amount: i }),
  );
  await log.events(0, orders);
  await log.heartbeats([0, 1, 2, 3], now);
  service = await platform.run(start);
  const world = { redis: platform.redis, prefix: platform.prefix, log };
  await untilCaughtUp(world, [{ ...SUM, metric }]);
});
afterAll(async () => {
  await log.close();
  await platform.close();
});

test('closed windows are held against the log all the time', async () => {
  await vi.waitFor(async () => expect(await gauge('cells_total')).toBeGreaterThan(0), PATIENCE);
  expect(await gauge('differing_cells')).toBe(0);
  expect(await gauge('timestamp_seconds')).toBeGreaterThan(now / 1_000);
});

test('F-046 a cell that was corrupted shows as a gauge and in readiness by its name, until it is right again', async () => {
  await spoilCell(platform.redis, { key: cells(), number: '0' }, { sum: 1 });
  await vi.waitFor(async () => expect(await gauge('differing_cells')).toBe(1), PATIENCE);
  expect(service.missing()).toEqual([
    `sampled@v1: the hour of ${new Date(closedMs).toISOString()}, series {}, holds {"contributions":50,"historical":0,"sum":"1226"} where the log gives {"contributions":50,"historical":0,"sum":"1225"}`,
  ]);
  await spoilCell(platform.redis, { key: cells(), number: '0' }, { sum: -1 });
  await vi.waitFor(async () => expect(await gauge('differing_cells')).toBe(0), PATIENCE);
  expect(service.missing()).toEqual([]);
});
