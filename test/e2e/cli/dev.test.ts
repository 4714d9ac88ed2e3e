import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTimeOf } from '../../../services/platform/embedded/process.ts';
import { readRunFile } from '../../../services/platform/embedded/run-file.ts';
import { runTidemark, stackDirectory, startStack } from '../../support/stack.ts';
import type { Stack } from '../../support/stack.ts';

const NAME = 'e2e-dev';
const isGone = (pid: number): boolean => startTimeOf(pid) === undefined;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ name: NAME });
});
afterAll(() => stack?.[Symbol.asyncDispose]());

test('it lives, is ready, shows its telemetry, and tells where it is and what to try next', async () => {
  expect(await (await fetch(`${stack.url}/healthz`)).json()).toEqual({ status: 'ok' });
  expect(await (await fetch(`${stack.url}/readyz`)).json()).toEqual({ ready: true, missing: [] });
  expect(await (await fetch(`${stack.url}/metrics`)).text()).toContain('tidemark_process_');
  await expect.poll(stack.output).toContain('Try next');
  expect(stack.output()).toContain(stack.url);
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

test('after kill -9 of everything the next start just works', async () => {
  const { processes } = readRunFile(stack.dataDir);
  expect(processes.map(({ name }) => name).sort()).toEqual(
    expect.arrayContaining(['kafka-1', 'redis', 'registry']),
  );
  await stack.kill();
  stack = await startStack({ name: NAME, keepsData: true });
  expect(await (await fetch(`${stack.url}/healthz`)).json()).toEqual({ status: 'ok' });
});

test('on SIGTERM it stops with 0 and leaves no process behind', async () => {
  const pids = readRunFile(stack.dataDir).processes.map(({ pid }) => pid);
  expect(await stack.stop()).toBe(0);
  expect(pids.filter((pid) => !isGone(pid))).toEqual([]);
  expect(readRunFile(stack.dataDir)).toMatchObject({ processes: [] });
  expect(readRunFile(stack.dataDir).url).toBeUndefined();
});
