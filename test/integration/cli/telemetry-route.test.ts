import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { addTelemetryRoute } from '../../../services/cli/telemetry-route.ts';
import { lacks } from '../../support/optional.ts';
import { openTestPlatform } from '../../support/platform.ts';

test('scrapers get Prometheus text or OpenMetrics, as they ask', async () => {
  await using platform = await openTestPlatform();
  platform.telemetry.counter('events_total', 'Events.', ['outcome']).inc({ outcome: 'counted' }, 3);
  addTelemetryRoute(platform);
  const url = `${await platform.listen()}/metrics`;
  const text = await fetch(url);
  expect(text.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const openMetrics = await fetch(url, {
    headers: { accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5' },
  });
  expect(openMetrics.headers.get('content-type')).toMatch(/^application\/openmetrics-text/);
  for (const body of [await text.text(), await openMetrics.text()])
    expect(body).toContain('tidemark_events_total{outcome="counted"} 3');
  const after = await (await fetch(url)).text();
  expect(after).toContain('# TYPE tidemark_events_total counter');
  expect(after).toContain('tidemark_events_total{outcome="counted"} 3');
});

/** Every series that the services declare, as the reference lists them. */
const declared = (): string =>
  [
    ...readFileSync(join(repositoryDir, 'docs', 'reference', 'telemetry.md'), 'utf8').matchAll(
      /^\| `(tidemark_\w+)` \| (counter|gauge) \|/gm,
    ),
  ]
    .map(([, name, kind]) => `# HELP ${name} Declared.\n# TYPE ${name} ${kind}\n${name} 0\n`)
    .join('');

test.skipIf(lacks('promtool'))('promtool has nothing to say about the names', async () => {
  await using platform = await openTestPlatform();
  addTelemetryRoute(platform);
  const scraped = await (await fetch(`${await platform.listen()}/metrics`)).text();
  const body = `${scraped}${declared()}`;
  expect(body).toContain('tidemark_events_total');
  const { stderr, stdout, status } = spawnSync('promtool', ['check', 'metrics'], {
    input: body,
    encoding: 'utf8',
  });
  expect({ status, told: stdout + stderr }).toEqual({ status: 0, told: '' });
});

test('with a tokens file the scraper needs a token with the role reader', async () => {
  const folder = join(repositoryDir, 'test', 'output');
  const file = join(folder, 'telemetry-tokens.json');
  mkdirSync(folder, { recursive: true });
  const digest = createHash('sha256').update('scraper').digest('hex');
  writeFileSync(
    file,
    JSON.stringify({ [digest]: { person: 'person:scraper', roles: ['reader'] } }),
  );
  await using platform = await openTestPlatform({}, { TIDEMARK_TOKENS_FILE: file });
  addTelemetryRoute(platform);
  const url = `${await platform.listen()}/metrics`;
  expect((await fetch(url)).status).toBe(401);
  expect((await fetch(url, { headers: { authorization: 'Bearer scraper' } })).status).toBe(200);
});
