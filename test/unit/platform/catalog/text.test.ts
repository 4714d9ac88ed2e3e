import { expect, test } from 'vitest';
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
