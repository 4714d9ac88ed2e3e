import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { referencePages } from './generator/pages.ts';

const folder = join(import.meta.dirname, 'reference');
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(await referencePages()))
  writeFileSync(join(folder, name), text);
process.exit(0);
