import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { start } from '../../../services/console/main.ts';
import { aMetric } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';

const sha256 = (token: string): string => createHash('sha256').update(token).digest('hex');
const folder = mkdtempSync(join(tmpdir(), 'tidemark-console-access-'));
const tokensFile = join(folder, 'tokens.json');
writeFileSync(
  tokensFile,
  JSON.stringify({
    [sha256('shop')]: { person: 'person:shop', roles: ['ingest'] },
    [sha256('reader')]: { person: 'person:anna', roles: ['reader'] },
    [sha256('owner')]: { person: 'person:ben', roles: ['owner'] },
  }),
);

let platform: TestPlatform;
beforeAll(async () => {
  platform = await openTestPlatform(
    { metrics: [aMetric({ id: 'sales' })] },
    { TIDEMARK_TOKENS_FILE: tokensFile },
  );
  await platform.run(start);
  await platform.http.ready();
});
afterAll(async () => {
  await platform.close();
  rmSync(folder, { recursive: true });
});

describe.each([
  '/v1/metrics',
  '/v1/metrics/sales',
  '/v1/metrics/sales/values',
  '/v1/metrics/sales/current',
  '/v1/pipeline',
  '/v1/stream',
  '/metrics/kpi',
])('with a tokens file %s', (url) => {
  const statusFor = async (token?: string): Promise<number> =>
    (
      await platform.http.inject({
        url,
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      })
    ).statusCode;

  test('is for readers only, and for those who may change something', async () => {
    expect(await statusFor()).toBe(401);
    expect(await statusFor('guess')).toBe(401);
    expect(await statusFor('shop')).toBe(403);
    // The stream has no end to wait for: that it opens is seen in stream.test.ts.
    if (url === '/v1/stream') return;
    expect(await statusFor('reader')).toBe(200);
    expect(await statusFor('owner')).toBe(200);
  });
});

test('every token learns whose it is, one that may not read of no metric', async () => {
  const me = async (token: string): Promise<unknown> =>
    (
      await platform.http.inject({ url: '/v1/me', headers: { authorization: `Bearer ${token}` } })
    ).json();
  expect(await me('shop')).toMatchObject({ person: 'person:shop', metrics: [] });
  expect(await me('owner')).toMatchObject({
    roles: ['owner', 'reader'],
    metrics: [{ id: 'sales', ties: [] }],
  });
});

test('the page itself holds no data and is open', async () => {
  const response = await platform.http.inject({ url: '/' });
  expect(response.statusCode).toBe(200);
});
