import { expect, test } from 'vitest';
import { formatDecimal } from '../../../services/kernel/decimal.ts';
import { seriesKey } from '../../../services/kernel/series.ts';
import type { MetricUpdate } from '../../../services/kernel/update.ts';
import { start } from '../../../services/alerting/main.ts';
import { readAlertRecords } from '../../support/alert-records.ts';
import { aReceiver, aRule, HOUR, salesCatalog, T0 } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import { openUpdateWriter } from '../../support/update-writer.ts';
import { openReceiver, SECRET } from '../../support/webhook-receiver.ts';

const BREACHES = 10_000;
const TURNS = { count: 30, perMs: 10_000 };
const WAIT = { timeout: 220_000, interval: 200 };

const cursors = [{ topic: 'events.x', partition: 0, offset: 7 }];
const of = { metric: 'net-sales', version: 'v1', cursors, at: T0 };
const tick = (hour: number): MetricUpdate => ({ kind: 'tick', ...of, watermark: T0 + hour * HOUR });
const low = (store: number): MetricUpdate => ({
  kind: 'value',
  ...of,
  series: seriesKey(['store'], [`N${store}`]),
  grain: 'hour',
  start: T0,
  end: T0 + HOUR,
  accumulators: { contributions: 10, sum: store },
  value: formatDecimal(store, 2),
  state: 'open',
  revision: 0,
  backfilled: false,
  watermark: T0,
});

type Digested = { readonly data: { readonly alerts?: readonly One[] } };
type One = { readonly data: { readonly labels: { readonly store: string } } };

// Fails without: where turns are short, one request tells of many alerts
test(
  'F-083 ten thousand breaches in one window: each on alerts once and told once, by few requests',
  { timeout: 240_000 },
  async () => {
    process.env['SECRET_OPS_HOOK'] = SECRET;
    await using receiver = await openReceiver();
    const metric = aMetric({
      timezone: 'UTC',
      dimensions: { store: 'data.store' },
      breakdowns: [['store']],
    });
    await using platform = await openTestPlatform(
      salesCatalog({
        metrics: [metric],
        rules: [aRule({ by: ['store'] })],
        receivers: [aReceiver({ url: receiver.url, rate: TURNS })],
      }),
      { TIDEMARK_WEBHOOK_ALLOW: '127.0.0.0/8', TIDEMARK_PARTITIONS: '2' },
    );
    const service = await platform.run(start);
    await expect.poll(() => service.missing(), WAIT).toEqual([]);
    const writer = await openUpdateWriter(platform);
    const stores = Array.from({ length: BREACHES }, (_, store) => store);
    await writer.write(tick(0), ...stores.map(low));
    await writer.write(tick(1));
    await writer.close();
    const told = (): readonly string[] =>
      receiver.accepted().flatMap((one) => {
        const { alerts = [one as unknown as One] } = (one as unknown as Digested).data;
        return alerts.map(({ data }) => data.labels.store);
      });
    await expect.poll(() => told().length, WAIT).toBe(BREACHES);
    expect(new Set(told()).size).toBe(BREACHES);
    expect(receiver.received.length).toBeLessThanOrEqual(3 * TURNS.count);
    const records = await readAlertRecords(platform);
    const fired = records.filter(({ transition }) => transition === 'firing');
    expect(new Set(fired.map(({ id }) => id)).size).toBe(BREACHES);
  },
);
