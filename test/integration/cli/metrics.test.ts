import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { redisProjectionStore } from '../../../services/aggregator/adapters/redis-projection-store.ts';
import { start } from '../../../services/console/main.ts';
import { DAY_MS, HOUR_MS } from '../../../services/kernel/time.ts';
import { aMetric } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { projectionFiller } from '../../support/projection-filler.ts';

const sales = aMetric({
  id: 'sales',
  timezone: 'UTC',
  dimensions: { store: 'data.store' },
  breakdowns: [[], ['store']],
  grains: ['hour'],
  retentionMs: { minute: DAY_MS, hour: 9_000 * DAY_MS, day: DAY_MS },
});
const START = Date.parse('2026-03-01T00:00:00Z');

describe('tidemark metrics', () => {
  let platform: TestPlatform;
  let port: string;

  beforeAll(async () => {
    platform = await openTestPlatform({ metrics: [sales] });
    const store = redisProjectionStore(platform.redis, platform.prefix);
    const filler = await projectionFiller(store, sales);
    await filler.count([
      { timeMs: START, value: 250, labels: { store: '店' } },
      { timeMs: START + HOUR_MS, value: 75, labels: { store: 'S2' } },
    ]);
    await filler.passTo(START + 3 * HOUR_MS);
    await platform.run(start);
    port = new URL(await platform.listen()).port;
  });
  afterAll(() => platform.close());

  const tidemark = (...args: string[]) =>
    new Promise<{ code: number | string; stdout: string; stderr: string }>((resolve) => {
      execFile(
        process.execPath,
        [join(repositoryDir, 'services', 'cli', 'main.ts'), ...args],
        { env: { ...process.env, TIDEMARK_PORT: port, TIDEMARK_DATA_DIR: '/nonexistent' } },
        (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
      );
    });
  const RANGE = ['--grain', 'hour', '--from', '2026-03-01', '--to', '2026-03-01T02:00:00Z'];

  test('lists metrics', async () => {
    const { stdout } = await tidemark('metrics', 'list');
    expect(stdout).toMatch(/^ID +NAME +UNIT +OWNER +PROJECTION +WATERMARK\n/);
    expect(stdout).toMatch(/^sales +Net sales +CNY +team:sales +live +2026-03-01T03:00:00\.000Z$/m);
  });

  test('shows one', async () => {
    const { stdout } = await tidemark('metrics', 'show', 'sales', '--output', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ id: 'sales', cardinality: { series: 3 } });
  });

  test('prints values as a table, series by series', async () => {
    const { stdout, code } = await tidemark(
      'metrics',
      'values',
      'sales',
      ...RANGE,
      '--by',
      'store',
    );
    expect(code).toBe(0);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/ +/));
    expect(rows[0]?.slice(0, 4)).toEqual(['STORE', 'START', 'END', 'VALUE']);
    expect(rows.slice(1).map(([store, , , value]) => [store, value])).toEqual([
      ['S2', '0.00'],
      ['S2', '0.75'],
      ['店', '2.50'],
      ['店', '0.00'],
    ]);
  });

  test('sets windows beside those before; what was known at a time is asked of the log', async () => {
    const values = (...flags: string[]) =>
      tidemark('metrics', 'values', 'sales', ...RANGE, ...flags);
    const { stdout } = await values('--compare', 'previous');
    const [header, , second] = stdout.split('\n').map((line) => line.split(/ +/));
    expect(header?.slice(2, 5)).toEqual(['VALUE', 'PREVIOUS', 'PREVIOUS_RATIO']);
    expect(second?.slice(2, 5)).toEqual(['0.75', '2.50', '0.300000']);
    const wrong = await values('--as-of', 'yesterday');
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('asOf')]);
  });

  test('reads one version of the metric alone', async () => {
    const of = (version: string) =>
      tidemark('metrics', 'values', 'sales', ...RANGE, '--only-version', version);
    expect(await of(sales.version)).toMatchObject({ code: 0 });
    const other = await of('0000000000000000');
    expect([other.code, other.stdout]).toEqual([1, '']);
    expect(other.stderr).toContain(`the published one is ${sales.version}`);
  });

  test('gives the files of the API, byte by byte', async () => {
    const file = (format: string, ...more: string[]) =>
      tidemark('metrics', 'values', 'sales', ...RANGE, '--format', format, ...more);
    const query = 'grain=hour&from=2026-03-01&to=2026-03-01T02:00:00Z&format=csv';
    const answer = await fetch(`http://127.0.0.1:${port}/v1/metrics/sales/values?${query}`);
    const { code, stdout } = await file('csv');
    expect([code, stdout]).toEqual([0, await answer.text()]);
    expect(stdout).toContain(',2.50,1,closed,');
    // A workbook is a zip archive.
    expect((await file('xlsx')).stdout.slice(0, 2)).toBe('PK');
    const paged = await file('csv', '--limit', '5');
    expect([paged.code, paged.stdout]).toEqual([1, '']);
    expect(paged.stderr).toContain('leave out limit');
  });

  test('reads all pages as one answer', async () => {
    const whole = await tidemark(
      'metrics',
      'values',
      'sales',
      ...RANGE,
      '--by',
      'store',
      '--output',
      'json',
    );
    const paged = await tidemark(
      'metrics',
      'values',
      'sales',
      ...RANGE,
      '--by',
      'store',
      '--limit',
      '1',
      '--output',
      'json',
    );
    expect(JSON.parse(paged.stdout)).toEqual(JSON.parse(whole.stdout));
  });

  test('narrows by where', async () => {
    const { stdout } = await tidemark(
      'metrics',
      'values',
      'sales',
      ...RANGE,
      '--where',
      'store:店',
    );
    expect(stdout).toContain('2.50');
    expect(stdout).not.toContain('S2');
  });

  test('a refusal is one line and exit code 1', async () => {
    const { code, stdout, stderr } = await tidemark(
      'metrics',
      'values',
      'sales',
      '--by',
      'channel',
    );
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('sales is not kept by [channel]; it is by [] [store]');
  });
});
