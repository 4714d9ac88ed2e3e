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

test('all faults are listed, in the order of files and lines', async () => {
  const { lines } = await checkFiles({
    'b.yaml': simple('aggregation: sum, value: data.amont, wher: true, maxSeries: 0'),
    'a.yaml': `${SOUND}---${rule('metric: nett, window: day, when: value >')}`,
  });
  expect(lines.map((line) => line.split(' ')[1])).toEqual([
    'reference_unknown',
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
