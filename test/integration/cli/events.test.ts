import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { start as startAggregator } from '../../../services/aggregator/main.ts';
import { start as startIngest } from '../../../services/ingest/main.ts';
import { aCloudEvent } from '../../support/cloud-events.ts';
import { aMetric, anEventType } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';

let platform: TestPlatform;
let port: string;
beforeAll(async () => {
  platform = await openTestPlatform({ eventTypes: [anEventType()], metrics: [aMetric()] });
  await Promise.all([platform.run(startIngest), platform.run(startAggregator)]);
  port = new URL(await platform.listen()).port;
});
afterAll(() => platform.close());

type Run = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

function tidemark(input: string, ...args: readonly string[]): Promise<Run> {
  const child = spawn(
    process.execPath,
    [join(repositoryDir, 'services', 'cli', 'main.ts'), ...args],
    { env: { PATH: process.env['PATH'], TIDEMARK_PORT: port, TIDEMARK_DATA_DIR: '/nonexistent' } },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  child.stdin.end(input);
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
const now = (): string => new Date().toISOString();
const json = (id: string, over: Record<string, unknown> = {}): string =>
  JSON.stringify(aCloudEvent({ id, time: now(), ...over }));

describe('events send', () => {
  test('takes one event, a list, or one per line, and says where each is', async () => {
    const inputs = [
      json('one'),
      `[${json('two')},${json('three')}]`,
      `${json('four')}\n\n${json('five')}\n`,
    ];
    const runs = await Promise.all(
      inputs.map((input) => tidemark(input, 'events', 'send', '-', '--output', 'json')),
    );
    const rows = runs.flatMap(
      ({ stdout }) => JSON.parse(stdout) as { id: string; status: string; position: string }[],
    );
    expect(rows.map(({ id, status }) => [id, status])).toEqual(
      ['one', 'two', 'three', 'four', 'five'].map((id) => [id, 'accepted']),
    );
    for (const { position } of rows)
      expect(position).toMatch(/events\.com\.example\.sales\.order-booked\/\d\/\d+$/);
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
  });

  test('exits 1 when one is refused, and shows which field', async () => {
    const input = `${json('good')}\n${json('bad', { data: { store_id: 'S1', amount: 'x' } })}`;
    const { code, stdout } = await tidemark(input, 'events', 'send', '-');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^good +accepted/m);
    expect(stdout).toMatch(/^bad +rejected +schema_invalid +\/data\/amount +expected a decimal/m);
  });

  test('names the line that is no JSON, and sends nothing', async () => {
    const { code, stdout, stderr } = await tidemark(`${json('x')}\n{"id":`, 'events', 'send', '-');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/error: -:2: /);
  });

  test('says when the file is not there', async () => {
    const { code, stderr } = await tidemark('', 'events', 'send', '/nonexistent/file.json');
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ENOENT') as string,
    });
  });
});

describe('events trace', () => {
  test('follows an event until it is counted, with the position of its answer or without', async () => {
    const sent = await tidemark(json('traced'), 'events', 'send', '-', '--output', 'json');
    const [{ position } = { position: '' }] = JSON.parse(sent.stdout) as { position: string }[];
    const trace = async (...options: readonly string[]): Promise<Record<string, unknown>> => {
      const { stdout } = await tidemark(
        '',
        'events',
        'trace',
        '/test',
        'traced',
        ...options,
        '--output',
        'json',
      );
      return stdout === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>);
    };
    await expect
      .poll(() => trace('--position', position), { timeout: 60_000, interval: 500 })
      .toMatchObject({
        id: 'traced',
        source: '/test',
        position,
        outcome: 'counted',
        metrics: [{ metric: 'net-sales', outcome: 'counted' }],
      });
    expect(await trace()).toMatchObject({ position, outcome: 'counted' });
    const { stdout } = await tidemark('', 'events', 'trace', '/test', 'traced');
    expect(stdout).toMatch(/^outcome +counted$/m);
    expect(stdout).toMatch(/^net-sales +\w+ +counted/m);
  });

  test('exits 1 for a time that is none', async () => {
    const { code, stderr } = await tidemark(
      '',
      'events',
      'trace',
      '/a',
      'b',
      '--time',
      'yesterday',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/time must be an RFC 3339 date-time/);
  });

  test('exits 1 for an event that is not there', async () => {
    const { code, stderr } = await tidemark('', 'events', 'trace', '/test', 'never-sent');
    expect(code).toBe(1);
    expect(stderr).toMatch(/no event never-sent of \/test since/);
  });
});
