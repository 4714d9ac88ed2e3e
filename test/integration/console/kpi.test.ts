import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redisProjectionStore } from '../../../services/aggregator/adapters/redis-projection-store.ts';
import { start } from '../../../services/console/main.ts';
import type { TargetDefinition } from '../../../services/kernel/target.ts';
import { DAY_MS, HOUR_MS } from '../../../services/kernel/time.ts';
import { aMetric } from '../../support/metrics.ts';
import { lacks } from '../../support/optional.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { projectionFiller } from '../../support/projection-filler.ts';
import { parseExposition } from '../../support/exposition-parser.ts';

const retentionMs = { minute: 400 * DAY_MS, hour: 400 * DAY_MS, day: 400 * DAY_MS };
const sales = aMetric({
  id: 'sales',
  name: { en: 'Sales "net"\\' },
  timezone: 'UTC',
  breakdowns: [[], ['store', 'metric']],
  dimensions: { store: 'data.store', metric: 'data.kind' },
  grains: ['hour', 'day'],
  retentionMs,
});
const building = aMetric({ id: 'building', grains: ['hour'], retentionMs });
const hours: TargetDefinition = {
  id: 'hours',
  metric: 'sales',
  by: ['store', 'metric'],
  window: { kind: 'grain', grain: 'hour' },
  entries: [{ where: { store: 'S2' }, value: '500.00' }],
};
const months: TargetDefinition = {
  id: 'months',
  metric: 'sales',
  by: [],
  window: { kind: 'period', period: 'month' },
  entries: [{ where: {}, value: '90000.00' }],
};
const NASTY = 'S"1\\\n店';

describe('business values for Prometheus', () => {
  let platform: TestPlatform;
  // Yesterday at ten, by the console's clock too: else the month that holds now may hold none of the events.
  const hourMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS + 10 * HOUR_MS;

  beforeAll(async () => {
    platform = await openTestPlatform();
    await platform.publish({ metrics: [sales, building], targets: [hours, months] });
    const store = redisProjectionStore(platform.redis, platform.prefix);
    const filler = await projectionFiller(store, sales);
    const event = (timeMs: number, value: number, shop: string) =>
      filler.count([{ timeMs, value, labels: { store: shop, metric: '' } }]);
    await event(hourMs - HOUR_MS, 12_345, NASTY);
    await event(hourMs - 1, 655, 'S2');
    await filler.passTo(hourMs + 1);
    const rebuilding = await projectionFiller(store, building, { empty: false });
    await rebuilding.count([{ timeMs: hourMs - 1, value: 5 }], { caughtUp: false });
    await platform.run((world) => start({ ...world, now: () => hourMs + 2 }));
    await platform.http.ready();
  });
  afterAll(() => platform.close());

  const scrape = async (accept?: string): Promise<{ body: string; type: string }> => {
    const response = await platform.http.inject({
      url: '/metrics/kpi',
      headers: accept === undefined ? {} : { accept },
    });
    expect(response.statusCode).toBe(200);
    return { body: response.body, type: String(response.headers['content-type']) };
  };
  const samplesOf = async (name: string) =>
    parseExposition((await scrape()).body).filter((sample) => sample.name === name);

  test('shows the newest closed window of each grain, with members as they are', async () => {
    const values = await samplesOf('tidemark_metric_value');
    const closed = values.filter(({ labels }) => labels['window'] === 'last-hour');
    expect(closed.map(({ labels, value }) => [labels, value])).toEqual(
      expect.arrayContaining([
        [{ metric: 'sales', window: 'last-hour' }, 130],
        [
          {
            metric: 'sales',
            window: 'last-hour',
            store: NASTY,
            dimension_metric: '(empty)',
          },
          123.45,
        ],
      ]),
    );
    const complete = await samplesOf('tidemark_metric_completeness_ratio');
    expect(complete).toContainEqual({
      name: 'tidemark_metric_completeness_ratio',
      labels: { metric: 'sales', window: 'last-hour' },
      value: 1,
    });
    expect(await samplesOf('tidemark_metric_watermark_timestamp_seconds')).toContainEqual({
      name: 'tidemark_metric_watermark_timestamp_seconds',
      labels: { metric: 'sales' },
      value: (hourMs + 1) / 1_000,
    });
  });

  test('shows targets beside values, and the windows that only targets are for', async () => {
    const targets = await samplesOf('tidemark_metric_target');
    expect(targets.map(({ labels, value }) => [labels['window'], labels['store'], value])).toEqual(
      expect.arrayContaining([
        ['last-hour', 'S2', 500],
        ['month', undefined, 90_000],
      ]),
    );
    expect(targets.filter(({ labels }) => labels['store'] === NASTY)).toEqual([]);
    expect(targets.filter(({ labels }) => labels['window']?.endsWith('day'))).toEqual([]);
    const values = await samplesOf('tidemark_metric_value');
    expect(values.map(({ labels }) => labels['window'])).toContain('month');
  });

  test('shows no value of a metric that is being rebuilt', async () => {
    const values = await samplesOf('tidemark_metric_value');
    expect(values.filter(({ labels }) => labels['metric'] === 'building')).toEqual([]);
    const info = await samplesOf('tidemark_metric_info');
    expect(info.map(({ labels }) => labels['metric'])).toEqual(['building', 'sales']);
    expect(info[1]?.labels['name']).toBe('Sales "net"\\');
  });

  test('speaks OpenMetrics to those who ask for it', async () => {
    const { body, type } = await scrape('application/openmetrics-text; version=1.0.0');
    expect(type).toContain('application/openmetrics-text; version=1.0.0');
    expect(body.endsWith('\n# EOF\n')).toBe(true);
  });

  test.skipIf(lacks('promtool'))('promtool has nothing to say', async () => {
    const { body } = await scrape();
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: body,
      encoding: 'utf8',
    });
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });
});
