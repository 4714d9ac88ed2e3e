import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { start as startAggregator } from '../../../services/aggregator/main.ts';
import { start as startAlerting } from '../../../services/alerting/main.ts';
import { DAY_MS, HOUR_MS } from '../../../services/kernel/time.ts';
import { aReceiver, aRule, salesCatalog } from '../../support/alerting.ts';
import { expectRecount, untilCaughtUp } from '../../support/aggregation.ts';
import { openEventLog } from '../../support/event-log.ts';
import { EVERY_AGGREGATION, ORDERS, anOrder } from '../../support/order-events.ts';
import { openTestPlatform } from '../../support/platform.ts';
import { openReceiver, SECRET } from '../../support/webhook-receiver.ts';

const WAIT = { timeout: 60_000, interval: 50 };
const DAYS = 365;
/** Hours and days: minutes of a year ago are past their retention. */
const pair = EVERY_AGGREGATION.find(({ metric }) => metric.id === 'amount-avg');
const now = Date.now();

test('F-065 a year of history gives the values of a recount and alerts nobody, before and after a rebuild; the present does', async () => {
  if (!pair) throw new Error('there is an average');
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-history-'));
  writeFileSync(join(folder, 'secret'), SECRET);
  await using receiver = await openReceiver();
  await using platform = await openTestPlatform(
    salesCatalog({
      eventTypes: [ORDERS],
      metrics: [pair.metric],
      rules: [
        aRule({
          metric: pair.metric.id,
          by: ['store'],
          evaluate: 'onUpdate',
          when: 'value > 300',
          window: { kind: 'grain', grain: 'day' },
        }),
      ],
      receivers: [aReceiver({ url: receiver.url, secret: { file: join(folder, 'secret') } })],
    }),
    { TIDEMARK_WEBHOOK_ALLOW: '127.0.0.0/8', TIDEMARK_SECRETS_DIR: folder },
  );
  const log = await openEventLog(platform, ORDERS);
  const world = { redis: platform.redis, prefix: platform.prefix, log };
  const services = [await platform.run(startAggregator), await platform.run(startAlerting)];
  await expect.poll(() => services.flatMap((one) => one.missing()), WAIT).toEqual([]);
  // Every day of the year breaks the rule, in a store that only history knows: 400.00 for each of three orders, one of
  // them sent twice.
  const year = Array.from({ length: DAYS }, (_, day) => {
    const at = now - (day + 1) * DAY_MS;
    const orders = [0, 1, 2].map((part) =>
      anOrder(`${day}-${part}`, at - part * HOUR_MS, {
        store: 'S2',
        amount: 40_000,
        historical: true,
      }),
    );
    return [...orders, ...orders.slice(0, 1)];
  });
  const half = DAYS / 2;
  await log.events(0, [anOrder('before', now - 60_000, { amount: 100 })]);
  await log.events(1, year.slice(0, half).flat());
  await log.events(2, year.slice(half).flat());
  await log.heartbeats([0, 1, 2, 3], Date.now());
  await untilCaughtUp(world, [pair], 60_000);
  await expectRecount(world, [pair]);
  // The same log again, as after a loss of Redis: the same values, and still nobody is told of the past.
  const tag = `{${platform.prefix}${pair.metric.id}@${pair.metric.version}}`;
  await platform.redis.unlink(`${tag}:meta`);
  await log.heartbeats([0, 1, 2, 3], Date.now());
  await untilCaughtUp(world, [pair], 60_000);
  await expectRecount(world, [pair]);
  await log.events(3, [anOrder('now', Date.now(), { store: 'S2', amount: 200_000 })]);
  await expect.poll(() => receiver.accepted().length, WAIT).toBeGreaterThan(0);
  const told = receiver.accepted().map(({ type, data }) => [type, data['value']]);
  expect(told).toEqual([['alert.firing', '2000.00']]);
  await log.close();
  rmSync(folder, { recursive: true });
});
