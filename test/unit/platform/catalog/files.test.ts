import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkCatalogFolder } from '../../../../services/platform/catalog/files.ts';
import { checkFiles, event, rule, simple, SOUND } from '../../../support/catalog-folder.ts';

test('a sound folder has no faults and is built whole', async () => {
  const { lines, catalog } = await checkFiles({ 'a.yaml': SOUND });
  expect(lines).toEqual([]);
  expect([...catalog.metrics.keys()]).toEqual(['net', 'buyers']);
  expect(catalog.metrics.get('net')).toMatchObject({
    valueScale: 2,
    timezone: 'UTC',
    grains: ['minute', 'hour', 'day'],
    latenessMs: 86_400_000,
    maxSeries: 10_000,
  });
  expect(catalog.eventTypes.get('shop.order')).toMatchObject({
    maxFutureMs: 300_000,
    timeFrom: 'event',
    unknownFields: 'refuse',
  });
});

test('a part of a document is found in its file; a field of a schema file is at the name of the file', async () => {
  const { placeOf } = await checkFiles({ 'a.yaml': SOUND });
  const lines = SOUND.split('\n');
  const textAt = (key: string, path: readonly string[]): string => {
    const place = placeOf(key, path);
    return (lines[(place?.line ?? 0) - 1] ?? '').slice((place?.column ?? 0) - 1);
  };
  expect(textAt('Metric/net', ['spec', 'value'])).toMatch(/^data\.amount/);
  expect(textAt('EventType/shop.order', ['spec', 'avro', 'amount'])).toMatch(
    /^schemas\/order\.avsc/,
  );
  expect(placeOf('Metric/none', ['spec'])).toBeUndefined();
});

test('each document is kept as it was written, but one that needs its schema’s file', async () => {
  const first = `# Of the till.\napiVersion: tidemark/v1\nkind: Person\nmetadata: { id: 'ben' }   # new\nspec: {}\n# Not before May.\n`;
  const second = `# Its team.\n${SOUND.split('---\n')[1]?.replace('sales', 'till')}`;
  const { textOf, lines } = await checkFiles({
    'a.yaml': SOUND,
    'b.yaml': `${first}---\n${second}...\n`,
    'c.yaml':
      '# Before the line.\n---\napiVersion: tidemark/v1\nkind: Person\nmetadata: { id: cai }\nspec: {}',
  });
  expect(lines).toEqual([]);
  expect(textOf('Person/ben')).toBe(first);
  expect(textOf('Team/till')).toBe(`${second}...\n`);
  expect(textOf('Person/cai')).toBe(
    '# Before the line.\napiVersion: tidemark/v1\nkind: Person\nmetadata: { id: cai }\nspec: {}\n',
  );
  expect(textOf('EventType/shop.order')).toBeUndefined();
  expect(textOf('Metric/none')).toBeUndefined();
});

test('all faults are listed, in the order of files and lines', async () => {
  const { lines } = await checkFiles({
    'b.yaml': simple('aggregation: sum, value: data.amont, wher: true, maxSeries: 0'),
    'a.yaml': `${SOUND}---${rule('metric: nett, window: day, when: value >')}`,
  });
  expect(lines.map((line) => line.split(' ')[1])).toEqual([
    'reference_unknown',
    'expression_invalid',
    'field_unknown',
    'field_invalid',
  ]);
});

test('a schema that is no JSON is told in the schema’s own file', async () => {
  const { lines } = await checkFiles({ 'a.yaml': event('{ schema: schemas/torn.avsc }') });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/schemas\/torn\.avsc:3:3 not_parseable /);
});

test('in block scalars the fault is told where the text begins', async () => {
  const text = simple('aggregation: count').replace(
    'spec: { type: simple, event: shop.order, unit: { code: EUR, scale: 2 }, aggregation: count }',
    'spec:\n  type: simple\n  event: shop.order\n  aggregation: count\n  where: >\n    data.amount > 1 &&\n    data.amont < 2\n',
  );
  const { lines } = await checkFiles({ 'a.yaml': SOUND, 'b.yaml': text });
  expect(lines[0]).toMatch(/^b\.yaml:9:10 expression_invalid data has no field amont/);
});

test('a folder that is missing or empty is a fault of its own', async () => {
  const missing = await checkCatalogFolder(join(tmpdir(), 'tidemark-no-such-folder'));
  expect(missing.faults).toMatchObject([{ line: 1, column: 1, code: 'not_parseable' }]);
  expect((await checkFiles({ 'notes.txt': 'no' })).lines).toEqual([
    expect.stringContaining('not_parseable the folder holds no .yaml file') as string,
  ]);
});

test('a file that is too large is not read', async () => {
  const { lines } = await checkFiles({ 'a.yaml': `# ${'x'.repeat(1 << 20)}` });
  expect(lines[0]).toContain('a.yaml:1:1 not_parseable the file has');
});

test('a billion laughs are refused', async () => {
  const levels = Array.from({ length: 10 }, (_, i) => {
    const items = Array.from({ length: 10 }, () => (i === 0 ? 'x' : `*a${i - 1}`));
    return `a${i}: &a${i} [${items.join(', ')}]`;
  });
  const { lines } = await checkFiles({ 'a.yaml': levels.join('\n') });
  expect(lines[0]).toContain('not_parseable Excessive alias count');
});

test('documents as the public contract shows them are accepted', async () => {
  const avro = `{ type: record, name: Order, fields: [
    { name: status, type: string }, { name: store_id, type: string }, { name: channel, type: string },
    { name: amount, type: { type: bytes, logicalType: decimal, precision: 18, scale: 2 } } ] }`;
  const { lines, catalog } = await checkFiles({
    'contract.yaml': `
apiVersion: tidemark/v1
kind: EventType
metadata: { id: com.example.sales.order-booked }
spec: { avro: ${avro}, outOfOrderness: PT30S, duplicateHorizon: PT24H }
---
apiVersion: tidemark/v1
kind: Metric
metadata:
  id: net-sales
  name: { en: Net sales, zh: 销售净额 }
  domain: finance
  process: order-to-cash
  purpose: What we earned on booked orders, without cancelled ones.
  objective: profitable-growth
  owner: team:sales          # accountable; the responsibility matrix refines it
  tags: [core]
spec:
  type: simple
  event: com.example.sales.order-booked
  where: data.status != "cancelled"     # CEL
  value: data.amount                    # field or CEL; absent for count
  aggregation: sum
  unit: { code: CNY, scale: 2 }
  direction: up
  dimensions: { store: data.store_id, channel: data.channel }
  breakdowns: [[], [store], [channel], [store, channel]]
  grains: [minute, hour, day]
  timezone: Asia/Shanghai
  calendar: gregorian
  lateness: P7D
  retention: { minute: P7D, hour: P400D, day: P10Y }
  maxSeries: 10000
---
apiVersion: tidemark/v1
kind: Metric
metadata: { id: cancel-rate, name: { en: Cancel rate, zh: 取消率 }, owner: team:sales }
spec: { type: derived, formula: net_sales / net_sales, unit: { code: ratio }, direction: down }
---
apiVersion: tidemark/v1
kind: AlertRule
metadata: { id: net-sales-low, name: { en: Sales below plan, zh: 销售低于计划 } }
spec:
  metric: net-sales
  by: [store]
  window: PT1H
  evaluate: onClose
  when: value < 1000
  clear: value >= 1100
  for: { breaches: 2, of: 3 }
  keepFiring: PT10M
  noData: nodata
  minCount: 20
  severity: critical
  notify: { repeat: PT4H, max: 6 }
  runbook: https://example.com/runbook
---
apiVersion: tidemark/v1
kind: Responsibility
metadata: { id: sales-owners }
spec:
  - { metric: net-sales, where: { store: S001 }, from: 2026-01-01, accountable: person:li-wei, deputy: person:li-wei, escalation: [{ after: PT30M, to: team:sales }] }
---
apiVersion: tidemark/v1
kind: Receiver
metadata: { id: ops-hook }
spec: { type: webhook, url: https://example.com/hook, format: standard, secret: { env: SECRET_OPS_HOOK } }
---
apiVersion: tidemark/v1
kind: Person
metadata: { id: li-wei, name: { en: Li Wei, zh: 李伟 } }
spec: { locale: zh-CN, timezone: Asia/Shanghai, quietHours: [{ from: "22:00", to: "07:00" }], receivers: [ops-hook] }
---
apiVersion: tidemark/v1
kind: Team
metadata: { id: sales }
spec: { members: [person:li-wei], timezone: Asia/Shanghai, receivers: [ops-hook] }
---
apiVersion: tidemark/v1
kind: Settings
metadata: { id: default }
spec: { fallbackTeam: team:sales }
`,
  });
  expect(lines).toEqual([]);
  expect(catalog.rules.get('net-sales-low')).toMatchObject({
    for: { breaches: 2, of: 3 },
    keepFiringMs: 600_000,
    notify: { repeatMs: [14_400_000], max: 6 },
  });
});
