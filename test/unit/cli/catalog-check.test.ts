import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCatalog } from '../../support/catalog-command.ts';

const root = mkdtempSync(join(tmpdir(), 'tidemark-cli-check-'));
afterAll(() => rmSync(root, { recursive: true }));
mkdirSync(join(root, 'catalog'));
writeFileSync(
  join(root, 'order.avsc'),
  JSON.stringify({ type: 'record', name: 'Order', fields: [{ name: 'store', type: 'string' }] }),
);
writeFileSync(
  join(root, 'catalog', 'all.yaml'),
  `apiVersion: tidemark/v1
kind: EventType
metadata: { id: shop.order }
spec: { schema: order.avsc }
---
apiVersion: tidemark/v1
kind: Person
metadata: { id: anna }
spec: {}
---
apiVersion: tidemark/v1
kind: Metric
metadata:
  id: orders
  name: { en: Orders }
  owner: person:anna
  quality:
    - { id: volume, expect: count > 0 }
    - { id: trend, expect: value > previous }
spec: { type: simple, event: shop.order, aggregation: count, breakdowns: [[]] }
`,
);

test('check warns of a rule of quality that nobody judges, at its place, and finds no fault', async () => {
  const before = process.exitCode;
  const { out, notes } = await runCatalog('check', join(root, 'catalog'));
  expect([out, process.exitCode]).toEqual(['', before]);
  const [warning, sound] = notes.split('\n');
  expect(warning).toMatch(
    /^warning: \S+all\.yaml:19:28 the rule of quality trend is never judged: it reads previous/,
  );
  expect(sound).toContain('3 documents are sound');
});
