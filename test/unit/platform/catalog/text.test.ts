import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryDir } from '../../../../infra/bootstrap/prepare.mjs';
import { canonicalJson } from '../../../../services/kernel/json.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { checkCatalogFolder } from '../../../../services/platform/catalog/files.ts';
import { readText, selfContained, writeText } from '../../../../services/platform/catalog/text.ts';

test.each<[string, string, number]>([
  ['', 'there is no document', 1],
  ['x: 1\na: [', 'Flow', 2],
  ['a: 1\n---\nb: 2\n', 'one document', 2],
  ['a: *b', 'b', 1],
])('%j is refused where it is wrong', (source, message, line) => {
  const { json, faults } = readText(source);
  expect(json).toBeUndefined();
  expect(faults).toMatchObject([{ code: 'not_parseable', line }]);
  expect(faults[0]?.message).toContain(message);
});

test.each([
  ['[', 100],
  ['- ', 99],
  ['{a: ', 100],
])('what is nested by thousands of %j is refused at once', (open, most) => {
  const began = performance.now();
  expect(readText(`a: 1\n${open.repeat(50_000)}`).faults).toMatchObject([
    { code: 'not_parseable', line: 2, message: expect.stringContaining('nested') as string },
  ]);
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(readText(open.repeat(most)).faults[0]?.message ?? '').not.toContain('nested');
});

test('a fault of the document is located in the text', () => {
  const { located } = readText('kind: Metric\nspec:\n  where: nonsense\n');
  const fault = { path: ['spec', 'where'], code: 'expression_invalid', message: 'm' } as const;
  expect(located(fault)).toEqual({
    line: 3,
    column: 10,
    path: 'spec.where',
    code: 'expression_invalid',
    message: 'm',
  });
});

test('an event type names no file', () => {
  const source = 'kind: EventType\nspec: { schema: schemas/a.avsc }\n';
  expect(readText(source).faults).toMatchObject([
    { code: 'field_invalid', path: 'spec.schema', line: 2, column: 9 },
  ]);
  const spec = { schema: 'schemas/a.avsc', avro: { type: 'record' } };
  const document = selfContained({ kind: 'EventType', spec });
  expect(document).toEqual({ kind: 'EventType', spec: { avro: { type: 'record' } } });
  expect(readText(writeText({ kind: 'EventType', spec }))).toMatchObject({
    json: document,
    faults: [],
  });
});

test('a document is written in the order of its schema, what the schema does not know last', () => {
  const ordered = `apiVersion: tidemark/v1
kind: Metric
metadata:
  id: net-sales
  name:
    en: Net sales
    zh: 销售净额
  owner: team:sales
spec:
  type: simple
  event: shop.order
  value: data.amount
  aggregation: sum
  unit:
    code: CNY
    scale: 2
  dimensions:
    channel: data.channel
    store: data.store
  nonsense: 1
`;
  const { json } = readText(ordered);
  expect(writeText(JSON.parse(canonicalJson(json ?? null)) as Json)).toBe(ordered);
});

test('every document of the demo is written as the same document', async () => {
  const { documents } = await checkCatalogFolder(join(repositoryDir, 'catalog'));
  expect(documents.length).toBeGreaterThan(10);
  for (const one of documents) expect(readText(writeText(one)).json).toEqual(selfContained(one));
});
