import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { aDocuments } from '../../support/catalog-documents.ts';
import { runCatalog } from '../../support/catalog-command.ts';
import type { Written } from '../../support/command-line.ts';
import { openDesk } from '../../support/desk.ts';
import type { Desk, PersonName } from '../../support/desk.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-cli-review-'));
const file = join(folder, 'refunds.yaml');
const refunds = (where: string): void =>
  writeFileSync(
    file,
    `apiVersion: tidemark/v1
kind: Metric
metadata:
  id: refunds
  name: { en: Refunds, zh: 退款 }
  owner: person:anna
spec:
  type: simple
  event: shop.order
  where: ${where}
  value: data.amount
  aggregation: sum
  unit: { code: EUR, scale: 2 }
  breakdowns: [[]]
`,
  );

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
  await desk.apply(aDocuments());
  await vi.waitFor(() => expect(desk.platform.catalog.current().metrics.size).toBe(3), 30_000);
  const url = await desk.platform.http.listen({ host: '127.0.0.1', port: 0 });
  vi.stubEnv('TIDEMARK_PORT', new URL(url).port);
  vi.stubEnv('TIDEMARK_DATA_DIR', '/nonexistent');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
  await desk.close();
});

/** What somebody types, with their own token. */
function as(who: PersonName, ...args: readonly string[]): Promise<Written> {
  vi.stubEnv('TIDEMARK_TOKEN', who);
  return runCatalog(...args);
}
/** Why it was refused. */
const refusal = (who: PersonName, ...args: readonly string[]): Promise<string> =>
  as(who, ...args).then(
    () => 'nothing',
    (error: Error) => error.message,
  );
const published = (): boolean => desk.platform.catalog.current().metrics.has('refunds');

test('a draft is saved with its fault, which stands at its line; it is not handed in', async () => {
  refunds('data.canceled');
  const saved = await as('anna', 'draft', file, '--note', 'money that went back');
  expect(saved.out).toMatch(/^Metric\/refunds +draft +\S+ +1$/m);
  expect(saved.notes).toContain(`${file}:10:10 expression_invalid data has no field canceled`);
  expect(await refusal('anna', 'submit', 'Metric/refunds')).toContain('10:10 expression_invalid');
});

test('it waits for somebody else, who sees what it is', async () => {
  refunds('data.cancelled && data.store != "S9"');
  await as('anna', 'draft', file);
  await as('anna', 'submit', 'Metric/refunds');
  const queue = await as('li', 'drafts', '--state', 'in_review');
  expect(queue.out).toMatch(/^Metric\/refunds +in_review +Refunds +person:anna +person:anna/m);
  const text = await as('li', 'show', 'Metric/refunds', '--text');
  expect(text.out).toContain('where: data.cancelled && data.store != "S9"\n');
  expect(await refusal('anna', 'approve', 'Metric/refunds')).toContain('needs the role approver');
  const rejected = await as('li', 'reject', 'Metric/refunds', '--reason', 'which stores?');
  expect(rejected.out).toMatch(/^state +draft$/m);
  expect(published()).toBe(false);
});

test('who looked at an older state is told so, and then it is published', async () => {
  await as('anna', 'submit', 'Metric/refunds');
  const old = ['--base', '2026-01-01T00:00:00.000Z'];
  expect(await refusal('li', 'approve', 'Metric/refunds', ...old)).toContain('look at it again');
  const shown = await as('li', 'show', 'Metric/refunds', '--output', 'json');
  const { draft } = JSON.parse(shown.out) as { draft: { at: string } };
  const approved = await as('li', 'approve', 'Metric/refunds', '--base', draft.at);
  expect(approved.out).toMatch(/^state +published$/m);
  expect(published()).toBe(true);
});

test('an earlier revision comes back, a draft is dropped, and what nobody needs is retired', async () => {
  refunds('data.cancelled && data.store != "S8"');
  await as('anna', 'draft', file);
  await as('anna', 'submit', 'Metric/refunds');
  await as('li', 'approve', 'Metric/refunds');
  const history = await as('guest', 'history', 'Metric/refunds', '--output', 'json');
  const items = JSON.parse(history.out) as { revision: number; version: string }[];
  expect(items).toHaveLength(2);
  const [newer, older] = items;
  const back = await as('li', 'rollback', 'Metric/refunds', String(older?.revision));
  expect(back.out).toMatch(new RegExp(`^version +${older?.version}$`, 'm'));
  expect(newer?.version).not.toBe(older?.version);
  await as('anna', 'draft', file);
  expect((await as('anna', 'discard', 'Metric/refunds')).out).toMatch(/^state +published$/m);
  const needed = await refusal('li', 'retire', 'Metric/orders', '--reason', 'unused');
  expect(needed).toContain('orders-low');
  const gone = await as('li', 'retire', 'Metric/refunds', '--reason', 'unused');
  expect(gone.out).toMatch(/^reason +unused$/m);
  expect(published()).toBe(false);
});
