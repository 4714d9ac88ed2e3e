import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { start } from '../../../services/console/main.ts';
import type { EventTypesAnswer, ImportsAnswer } from '../../../services/console/core/imports.ts';
import { openLedger } from '../../../services/platform/import/ledger.ts';
import { anEventType } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';

const HASH = 'ab'.repeat(32);
const ENTRY = {
  file: 'orders.csv',
  plan: 'p',
  startedAt: '2026-11-30T08:00:00.000Z',
  rows: 500,
  accepted: 499,
  rejected: 1,
};
const dataDir = mkdtempSync(join(tmpdir(), 'tidemark-imports-'));
let platform: TestPlatform;
beforeAll(async () => {
  platform = await openTestPlatform(
    { eventTypes: [anEventType()] },
    { TIDEMARK_DATA_DIR: dataDir },
  );
  await platform.run(start);
  await platform.http.ready();
});
afterAll(async () => {
  await platform.close();
  rmSync(dataDir, { recursive: true });
});

test('an event type is told with the schema that a file is mapped to', async () => {
  const { eventTypes } = (
    await platform.http.inject({ url: '/v1/event-types' })
  ).json<EventTypesAnswer>();
  expect(eventTypes).toContainEqual({
    id: anEventType().id,
    timeFrom: 'event',
    schema: anEventType().schema,
  });
});

test('the ledger is that of the command line: what one writes the other knows', async () => {
  const url = `/v1/imports/${HASH}`;
  expect((await platform.http.inject({ url })).statusCode).toBe(404);
  const put = await platform.http.inject({ method: 'PUT', url, payload: ENTRY });
  expect(put.statusCode).toBe(200);
  expect(openLedger(dataDir).read(HASH)).toEqual(ENTRY);
  openLedger(dataDir).write('cd'.repeat(32), { ...ENTRY, startedAt: '2026-11-30T09:00:00.000Z' });
  const { imports } = (await platform.http.inject({ url: '/v1/imports' })).json<ImportsAnswer>();
  expect(imports.map(({ hash }) => hash)).toEqual(['cd'.repeat(32), HASH]);
});

test.each([
  [`/v1/imports/${HASH}`, { ...ENTRY, rows: -1 }],
  [`/v1/imports/${HASH}`, { ...ENTRY, more: 1 }],
  ['/v1/imports/..%2Fpasswd', ENTRY],
])(
  'an entry that is none, or a name that would be a path, is refused: %s',
  async (url, payload) => {
    const answer = await platform.http.inject({ method: 'PUT', url, payload });
    expect(answer.statusCode).toBe(400);
  },
);
