import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { faultTableFaults, withFaultTable } from '../../docs/generator/fault-table.ts';
import { openApiDocument } from '../../docs/generator/openapi/document.ts';
import { referencePages } from '../../docs/generator/pages.ts';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';

it('the reference pages are those that the code gives (npm run docs)', async () => {
  for (const [name, text] of Object.entries(await referencePages(openApiDocument())))
    expect(readFileSync(join(repositoryDir, 'docs', 'reference', name), 'utf8')).toBe(text);
});

it('the table of faults is the one that the names of tests give (npm run docs)', () => {
  const page = readFileSync(join(repositoryDir, 'docs', 'reliability.md'), 'utf8');
  expect(withFaultTable(page)).toBe(page);
});

it('every row of the fault matrix has a test, or a reason why it has none', () => {
  expect(faultTableFaults()).toEqual([]);
});
