import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTimeOf } from '../../../services/platform/embedded/process.ts';
import { readRunFile } from '../../../services/platform/embedded/run-file.ts';
import { runTidemark, stackDirectory, startStack } from '../../support/stack.ts';
import type { Stack } from '../../support/stack.ts';

const NAME = 'e2e-dev';
/** Signals sooner after the first are taken for copies of it. */
const IN_TURN = { interval: 200, timeout: 60_000 };
const SOON = { interval: 100, timeout: 60_000 };

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ name: NAME });
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const getJson = async (path: string): Promise<unknown> =>
  (await fetch(`${stack.url}${path}`)).json();
const serverPids = (): readonly number[] =>
  readRunFile(stack.dataDir).processes.map(({ pid }) => pid);
const livingOf = (pids: readonly number[]): readonly number[] =>
  pids.filter((pid) => startTimeOf(pid) !== undefined);
const restart = async (): Promise<void> => {
  stack = await startStack({ name: NAME, keepsData: true });
};

/** Lines of invoices of today, as the metric says once all is counted. */
const expectLines = (count: number): Promise<void> =>
  expect
    .poll(() => getJson('/v1/metrics/lines/current?window=day'), SOON)
    .toMatchObject({ series: [{ points: [{ count }] }] });

const sendLine = (line: number): Promise<Response> =>
  fetch(`${stack.url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify({
      specversion: '1.0',
      type: 'com.example.retail.invoice-line',
      source: '/test/dev',
      id: `900001-${line}`,
      subject: '900001',
      time: new Date().toISOString(),
      data: {
        invoice_no: '900001',
        line,
        stock_code: '85123A',
        description: null,
        quantity: 6,
        unit_price: '2.55',
        customer_id: '17850',
        country: 'United Kingdom',
      },
    }),
  });

test('it lives, is ready, shows its telemetry, and tells where it is and what to try next', async () => {
  expect(await getJson('/healthz')).toEqual({ status: 'ok' });
  expect(await getJson('/readyz')).toEqual({ ready: true, missing: [] });
  expect(await (await fetch(`${stack.url}/metrics`)).text()).toContain('tidemark_process_');
  await expect.poll(stack.output, SOON).toContain('Try next');
  expect(stack.output()).toContain(stack.url);
});

test('an event that is sent is counted', async () => {
  expect((await sendLine(1)).status).toBe(202);
  await expectLines(1);
});

test('a second one in the same folder is refused in one line that says where the first is', async () => {
  const second = await stack.tidemark('dev', '--port', '0');
  expect(second.code).toBe(1);
  expect(second.stderr).toMatch(/^error: .*\n$/);
  expect(second.stderr).toContain(`already runs in ${stack.dataDir} at ${stack.url}`);
  expect(second.stderr).toContain('--data');
});

test('a port in use is said in one line, before anything is started', async () => {
  const { port } = new URL(stack.url);
  const dataDir = stackDirectory('e2e-dev-second');
  const other = await runTidemark(['--data', dataDir, 'dev', '--port', port]);
  expect(other).toEqual({
    code: 1,
    stdout: '',
    stderr: `error: another program listens on port ${port}; stop it, or choose another with --port\n`,
  });
  expect(readRunFile(dataDir).processes).toEqual([]);
});

test('on SIGTERM it stops with 0 and leaves no process behind; the next start finds the data', async () => {
  expect((await sendLine(2)).status).toBe(202);
  const pids = serverPids();
  expect(await stack.stop()).toBe(0);
  expect(livingOf(pids)).toEqual([]);
  const { processes, url } = readRunFile(stack.dataDir);
  expect({ processes, url }).toEqual({ processes: [], url: undefined });
  await restart();
  await expectLines(2);
});

test('after kill -9 of everything the next start just works, and what was accepted counts', async () => {
  expect((await sendLine(3)).status).toBe(202);
  await stack.kill();
  await restart();
  await expectLines(3);
});

test('when a service cannot drain, a second signal ends it at once, with its servers', async () => {
  const pids = serverPids();
  const redis = readRunFile(stack.dataDir).processes.find(({ name }) => name === 'redis');
  process.kill(redis?.pid ?? 0, 'SIGSTOP');
  stack.signal('SIGINT');
  await expect.poll(stack.output, SOON).toContain('stopping');
  await expect
    .poll(() => {
      stack.signal('SIGINT');
      return livingOf(pids);
    }, IN_TURN)
    .toEqual([]);
  expect(await stack.exited).toBe(1);
});
