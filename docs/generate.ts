import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogJsonSchema } from '../services/kernel/catalog/json-schema.ts';
import { withFaultTable } from './generator/fault-table.ts';
import { clientTypes } from './generator/openapi/client.ts';
import { openApiDocument } from './generator/openapi/document.ts';
import { referencePages } from './generator/pages.ts';

const folder = join(import.meta.dirname, 'reference');
mkdirSync(folder, { recursive: true });
const openApi = openApiDocument();
for (const [name, text] of Object.entries(await referencePages(openApi)))
  writeFileSync(join(folder, name), text);
writeFileSync(
  join(import.meta.dirname, '..', 'schemas', 'catalog.schema.json'),
  `${JSON.stringify(catalogJsonSchema(), null, 2)}\n`,
);
const root = join(import.meta.dirname, '..');
writeFileSync(join(root, 'schemas', 'openapi.json'), `${JSON.stringify(openApi, null, 2)}\n`);
writeFileSync(join(root, 'clients', 'typescript', 'routes.ts'), clientTypes(openApi));
const reliability = join(import.meta.dirname, 'reliability.md');
writeFileSync(reliability, withFaultTable(readFileSync(reliability, 'utf8')));
process.exit(0);
