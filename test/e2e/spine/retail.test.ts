import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { createHome } from '../../support/home.ts';
import {
  NET_BY_COUNTRY,
  NET_BY_HOUR,
  RETAIL_DAYS,
  RETAIL_FILE,
  RETAIL_LINES,
  readConservation,
  readRetailDays,
  readSeries,
} from '../../support/retail.ts';
import { startStack } from '../../support/stack.ts';
import type { Stack } from '../../support/stack.ts';

const NAME = 'e2e-retail';
const home = createHome(`${NAME}-home`);
const environment = { TIDEMARK_CATALOG: home.catalog };
const SOON = { timeout: 60_000, interval: 200 };

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ name: NAME, environment });
});
afterAll(() => stack?.[Symbol.asyncDispose]());

test('an import that is killed with everything else goes on after the next start, and the figures are exact', async () => {
  const importing = spawn(
    join(repositoryDir, 'bin', 'tidemark'),
    ['--data', stack.dataDir, 'demo', 'retail', RETAIL_FILE],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => importing.once('exit', resolve));
  await expect
    .poll(async () => (await readConservation(stack.url))[0]?.records, {
      timeout: 60_000,
      interval: 5,
    })
    .toBeGreaterThan(500);
  importing.kill('SIGKILL');
  await stack.kill();
  await ended;

  stack = await startStack({ name: NAME, keepsData: true, environment });
  const [begun] = await readConservation(stack.url);
  expect(begun?.records).toBeLessThan(RETAIL_LINES);
  const resumed = await stack.tidemark('demo', 'retail', RETAIL_FILE);
  expect(resumed.code, resumed.stderr).toBe(0);

  await expect.poll(() => readRetailDays(stack.url), SOON).toEqual(RETAIL_DAYS);
  const day = { from: '2010-12-01T00:00:00Z', to: '2010-12-02T00:00:00Z' };
  const [byHour] = await readSeries(stack.url, 'net-sales', {
    grain: 'hour',
    from: '2010-12-01T08:00:00Z',
    to: '2010-12-01T14:00:00Z',
  });
  expect(byHour?.points.map(({ value }) => value)).toEqual(NET_BY_HOUR);
  const byCountry = await readSeries(stack.url, 'net-sales', {
    ...day,
    grain: 'day',
    by: 'country',
  });
  expect(
    Object.fromEntries(
      byCountry.map(({ labels, points }) => [labels['country'], points[0]?.value]),
    ),
  ).toMatchObject(NET_BY_COUNTRY);
});

test('the same file again is refused, and with --force counted once', async () => {
  const refused = await stack.tidemark('demo', 'retail', RETAIL_FILE);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('--force');
  const forced = await stack.tidemark('demo', 'retail', RETAIL_FILE, '--force');
  expect(forced.code, forced.stderr).toBe(0);
  await expect
    .poll(async () => (await readConservation(stack.url)).map(({ inFlight }) => inFlight), SOON)
    .toEqual(Array(7).fill(0));
  for (const terms of await readConservation(stack.url)) {
    expect(terms).toMatchObject({ late: 0, difference: 0 });
    expect(terms.counted + terms.filtered).toBe(RETAIL_LINES);
    expect(terms.duplicate).toBeGreaterThanOrEqual(RETAIL_LINES);
  }
  expect(await readRetailDays(stack.url)).toEqual(RETAIL_DAYS);
});

test('any of its lines can be asked what became of it', async () => {
  const trace = await stack.tidemark(
    'events',
    'trace',
    '/demo/retail',
    'C536379-1',
    '--output',
    'json',
  );
  expect(trace.code, trace.stderr).toBe(0);
  expect(JSON.parse(trace.stdout)).toMatchObject({
    outcome: 'counted',
    eventTime: '2010-12-01T09:41:00.000Z',
  });
});

test('a metric that is added shows over all of history, without a restart, and changes no other', async () => {
  home.write(
    'gifts.yaml',
    `apiVersion: tidemark/v1
kind: Metric
metadata: { id: norway-sales, name: { en: Sales to Norway, zh: 挪威销售额 }, owner: team:sales }
spec:
  type: simple
  event: com.example.retail.invoice-line
  where: data.country == "Norway"
  value: data.quantity * data.unit_price
  aggregation: sum
  unit: { code: GBP, scale: 2 }
  direction: up
  timezone: Europe/London
  lateness: P1D
  retention: { minute: P30Y, hour: P30Y, day: P30Y }
`,
  );
  const applied = await stack.tidemark('catalog', 'apply');
  expect(applied.code, applied.stderr).toBe(0);
  const query = { grain: 'day', from: '2010-12-01T00:00:00Z', to: '2010-12-02T00:00:00Z' };
  await expect
    .poll(async () => (await readSeries(stack.url, 'norway-sales', query))[0]?.points[0], SOON)
    .toMatchObject({ value: NET_BY_COUNTRY.Norway, state: 'restated' });
  expect(await readRetailDays(stack.url)).toEqual(RETAIL_DAYS);
});
