import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { start as startAggregator } from '../../../services/aggregator/main.ts';
import { start as startConsole } from '../../../services/console/main.ts';
import { start as startIngest } from '../../../services/ingest/main.ts';
import { checkCatalogFolder } from '../../../services/platform/catalog/files.ts';
import { openTestPlatform } from '../../support/platform.ts';
import {
  NET_BY_COUNTRY,
  NET_BY_HOUR,
  RETAIL_DAYS,
  RETAIL_FILE,
  readConservation,
  readRetailDays,
  readSeries,
} from '../../support/retail.ts';

test('three imported days of a real retailer are read as published, in any window', async () => {
  const { catalog } = await checkCatalogFolder(join(repositoryDir, 'catalog'));
  if (!catalog) throw new Error('the demo catalogue is faulty');
  await using platform = await openTestPlatform({
    eventTypes: [...catalog.eventTypes.values()],
    metrics: [...catalog.metrics.values()],
    teams: [...catalog.teams.values()],
    rules: [...catalog.rules.values()],
  });
  for (const start of [startIngest, startAggregator, startConsole]) await platform.run(start);
  const url = await platform.listen();
  const ledgerDir = mkdtempSync(join(tmpdir(), 'tidemark-retail-'));
  const imported = await new Promise<{ error: unknown; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [join(repositoryDir, 'services/cli/main.ts'), 'demo', 'retail', RETAIL_FILE],
      {
        env: {
          ...process.env,
          TIDEMARK_PORT: new URL(url).port,
          TIDEMARK_DATA_DIR: ledgerDir,
          KAFKA_BROKERS: platform.config.KAFKA_BROKERS.join(','),
          SCHEMA_REGISTRY_URL: platform.config.SCHEMA_REGISTRY_URL,
          REDIS_URL: platform.config.REDIS_URL.join(','),
          TIDEMARK_TOPIC_PREFIX: platform.prefix,
        },
      },
      (error, _stdout, stderr) => resolve({ error, stderr }),
    );
  });
  rmSync(ledgerDir, { recursive: true, force: true });
  expect(imported.error, imported.stderr).toBeNull();
  await vi.waitFor(async () => expect(await readRetailDays(url)).toEqual(RETAIL_DAYS), 60_000);
  const [byHour] = await readSeries(url, 'net-sales', {
    grain: 'hour',
    from: '2010-12-01T08:00:00Z',
    to: '2010-12-01T14:00:00Z',
  });
  expect(byHour?.points.map(({ value }) => value)).toEqual(NET_BY_HOUR);
  const day = { grain: 'day', from: '2010-12-01', to: '2010-12-02' };
  const byCountry = await readSeries(url, 'net-sales', { ...day, by: 'country' });
  expect(
    Object.fromEntries(
      byCountry.map(({ labels, points }) => [labels['country'], points[0]?.value]),
    ),
  ).toMatchObject(NET_BY_COUNTRY);
  const week = { grain: 'week', from: '2010-11-29', to: '2010-12-06' };
  const one = async (metric: string) => (await readSeries(url, metric, week))[0]?.points[0]?.value;
  expect(await one('net-sales')).toBe('150463.30');
  // Counted from the file over all three days: who comes back on another day is one customer.
  expect(await one('customers')).toBe('255');
  expect(await one('orders')).toBe('382');
  expect(await one('cancel-rate')).toBe('0.0942');
  // What is in flight may be a heartbeat: which it is shows once it is read.
  for (const { metric, records, inFlight, difference } of await readConservation(url))
    expect({ metric, seen: records - inFlight, difference }).toEqual({
      metric,
      seen: 7_419,
      difference: 0,
    });
});
