import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { SERVICE_NAMES } from '../../../services/cli/services.ts';
import type { ServiceName } from '../../../services/cli/services.ts';
import { servers, uniquePrefix } from '../../support/servers.ts';
import { cleanEnvironment, runTidemark } from '../../support/stack.ts';

const START_TIMEOUT_MS = 60_000;

type Served = { readonly child: ChildProcess; readonly url: string };

let environment: Readonly<Record<string, string>>;
const running = new Map<ServiceName, Served>();
const urlOf = (name: ServiceName): string => running.get(name)?.url ?? '';

/** One service in a process of its own, on a free port, which it tells. */
async function startService(name: ServiceName): Promise<Served> {
  const child = spawn(join(repositoryDir, 'bin', 'tidemark'), ['serve', name, '--port', '0'], {
    env: cleanEnvironment({ ...environment, NO_COLOR: '1' }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = /listens at (\S+)/.exec(said)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${said}`)));
  });
  return { child, url };
}

beforeAll(async () => {
  const { brokers, registryUrl, redisUrl } = servers();
  environment = {
    KAFKA_BROKERS: brokers.join(','),
    SCHEMA_REGISTRY_URL: registryUrl,
    REDIS_URL: redisUrl,
    TIDEMARK_TOPIC_PREFIX: uniquePrefix(),
    LOG_LEVEL: 'warn',
  };
  expect(await runTidemark(['catalog', 'apply'], environment)).toMatchObject({ code: 0 });
  const started = await Promise.all(
    SERVICE_NAMES.map(async (name) => [name, await startService(name)] as const),
  );
  for (const [name, served] of started) running.set(name, served);
}, START_TIMEOUT_MS);

afterAll(() => {
  for (const { child } of running.values()) child.kill('SIGKILL');
});

test('each service runs in a process of its own and has its own routes', async () => {
  for (const name of SERVICE_NAMES)
    await expect
      .poll(async () => (await fetch(`${urlOf(name)}/readyz`)).json(), { timeout: 30_000 })
      .toEqual({ ready: true, missing: [] });
  expect((await fetch(`${urlOf('ingest')}/v1/metrics`)).status).toBe(404);
  expect((await fetch(`${urlOf('console')}/v1/metrics`)).status).toBe(200);
  expect((await fetch(`${urlOf('alerting')}/v1/alerts`)).status).toBe(200);
});

test('together they are one installation: what ingest takes, the console shows', async () => {
  const answer = await fetch(`${urlOf('ingest')}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify({
      specversion: '1.0',
      type: 'com.example.retail.invoice-line',
      source: '/test/serve',
      id: '900002-1',
      subject: '900002',
      time: new Date().toISOString(),
      data: {
        invoice_no: '900002',
        line: 1,
        stock_code: '85123A',
        description: null,
        quantity: 6,
        unit_price: '2.55',
        customer_id: null,
        country: 'United Kingdom',
      },
    }),
  });
  expect(answer.status).toBe(202);
  await expect
    .poll(
      async () =>
        (await fetch(`${urlOf('console')}/v1/metrics/net-sales/current?window=day`)).json(),
      { timeout: 30_000 },
    )
    .toMatchObject({ series: [{ points: [{ value: '15.30', count: 1 }] }] });
});

test('each stops with 0 when it is asked to', async () => {
  const codes = await Promise.all(
    [...running.values()].map(
      ({ child }) =>
        new Promise((resolve) => {
          child.once('exit', resolve);
          child.kill('SIGTERM');
        }),
    ),
  );
  expect(codes).toEqual(SERVICE_NAMES.map(() => 0));
});
