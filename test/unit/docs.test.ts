import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { referencePages } from '../../docs/generator/pages.ts';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';

it('the reference pages are those that the code gives (npm run docs)', async () => {
  for (const [name, text] of Object.entries(await referencePages()))
    expect(readFileSync(join(repositoryDir, 'docs', 'reference', name), 'utf8')).toBe(text);
});
