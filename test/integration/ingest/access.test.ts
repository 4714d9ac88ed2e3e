import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { start } from '../../../services/ingest/main.ts';
import { aCloudEvent } from '../../support/cloud-events.ts';
import { BATCH, ingestClient } from '../../support/ingest-client.ts';
import type { IngestClient } from '../../support/ingest-client.ts';
import { anEventType } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';

const sha256 = (token: string): string => createHash('sha256').update(token).digest('hex');
const folder = mkdtempSync(join(tmpdir(), 'tidemark-access-'));
const tokensFile = join(folder, 'tokens.json');
writeFileSync(
  tokensFile,
  JSON.stringify({
    [sha256('shop')]: { person: 'person:shop', roles: ['ingest'], sources: ['/shop'] },
    [sha256('erp')]: { person: 'person:erp', roles: ['ingest', 'historical'] },
    [sha256('reader')]: { person: 'person:anna', roles: ['reader'] },
    [sha256('admin')]: { person: 'person:root', roles: ['admin'] },
  }),
);

let platform: TestPlatform;
let post: IngestClient;
beforeAll(async () => {
  platform = await openTestPlatform(
    { eventTypes: [anEventType()] },
    { TIDEMARK_TOKENS_FILE: tokensFile },
  );
  await platform.run(start);
  post = ingestClient(await platform.listen());
});
afterAll(async () => {
  await platform.close();
  rmSync(folder, { recursive: true });
});

const send = (token: string | undefined, over: Record<string, unknown> = {}, query = '') =>
  post(JSON.stringify(aCloudEvent(over)), {
    query,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });

describe('with a tokens file', () => {
  test.each([
    ['no token', undefined],
    ['an unknown token', 'guess'],
    ['something that is no bearer token', 'a b'],
  ])('%s is not authenticated', async (_, token) => {
    const { status, headers, body } = await send(token);
    expect({ status, code: body.code }).toEqual({ status: 401, code: 'unauthenticated' });
    expect(headers.get('www-authenticate')).toBe('Bearer');
  });

  test.each<[string, string, Record<string, unknown>, string, number]>([
    ['the role reader may not write', 'reader', {}, '', 403],
    ['the role ingest may', 'erp', {}, '', 202],
    ['historical events need their role', 'shop', { source: '/shop' }, '?historical=true', 403],
    ['which may write them', 'erp', {}, '?historical=true', 202],
    ['an admin may all', 'admin', {}, '?historical=true', 202],
    ['a token for one source may write it', 'shop', { source: '/shop' }, '', 202],
    ['and no other', 'shop', { source: '/other' }, '', 403],
  ])('%s', async (_, ...[token, over, query, status]) => {
    const answer = await send(token, over, query);
    expect({ status: answer.status, code: answer.body.code }).toEqual({
      status,
      code: status === 403 ? 'forbidden' : undefined,
    });
  });

  test('a batch with other sources is refused event by event', async () => {
    const events = [aCloudEvent({ source: '/shop' }), aCloudEvent({ source: '/other' })];
    const answer = await post(JSON.stringify(events), {
      headers: { ...BATCH, authorization: 'Bearer shop' },
    });
    expect(answer).toMatchObject({
      status: 207,
      body: { accepted: 1, results: [{}, { error: { code: 'forbidden', pointer: '/source' } }] },
    });
  });
});
