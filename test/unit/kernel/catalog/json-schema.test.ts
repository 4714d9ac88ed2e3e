import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { catalogJsonSchema } from '../../../../services/kernel/catalog/json-schema.ts';

const repository = new URL('../../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, repository), 'utf8');

test('schemas/catalog.schema.json is what the code says; else run npm run docs', () => {
  const published = read('schemas/catalog.schema.json');
  expect(published).toBe(`${JSON.stringify(catalogJsonSchema(), null, 2)}\n`);
});

describe('editors accept the demo’s catalogue', () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const validate = ajv.compile(catalogJsonSchema() as object);
  test.each([
    'events',
    'metrics',
    'rules',
    'people',
    'responsibilities',
    'staff',
    'targets',
    'dashboards',
  ])('%s.yaml', (name) => {
    for (const document of parseAllDocuments(read(`catalog/${name}.yaml`)))
      expect(validate(document.toJS()) ? [] : validate.errors).toEqual([]);
  });

  test('and refuse an unknown field', () => {
    const [document] = parseAllDocuments(read('catalog/events.yaml'));
    const json = document?.toJS() as { spec: object };
    expect(validate({ ...json, spec: { ...json.spec, outOfOrdernes: 'PT1S' } })).toBe(false);
  });
});
