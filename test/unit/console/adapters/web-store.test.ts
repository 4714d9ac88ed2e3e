import { mkdtempSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { madeOnce } from '../../../../services/console/adapters/web-store.ts';

let root: string;
let made: number;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tidemark-store-'));
  made = 0;
  mkdirSync(join(root, 'web'));
  writeFileSync(join(root, 'web', 'a.ts'), 'a');
  writeFileSync(join(root, 'outside.ts'), 'o');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const file = (): string => join(root, 'cache', 'kept');
const make = (): Promise<{ bytes: Buffer; files: ReadonlyMap<string, number> }> =>
  madeOnce({ file: file(), folder: join(root, 'web') }, async () => {
    made += 1;
    return {
      made: { bytes: Buffer.from('made'), files: new Map([['a', made]]) },
      sources: [join(root, 'outside.ts')],
    };
  });

it('what was made is made no more while its sources stay, and comes back as it was', async () => {
  const first = await make();
  expect(await make()).toEqual(first);
  expect(Buffer.isBuffer((await make()).bytes)).toBe(true);
  expect(made).toBe(1);
  expect(readdirSync(join(root, 'cache'))).toEqual(['kept']);
});

it.each([
  ['a file of the folder changes', () => writeFileSync(join(root, 'web', 'a.ts'), 'b')],
  ['a file is added to the folder', () => writeFileSync(join(root, 'web', 'b.css'), 'b')],
  ['a file outside of it changes', () => writeFileSync(join(root, 'outside.ts'), 'p')],
  ['a file outside of it is gone', () => rmSync(join(root, 'outside.ts'))],
  ['what is kept is damaged', () => writeFileSync(file(), 'no such thing')],
])('it is made again when %s', async (_, change) => {
  await make();
  change();
  expect((await make()).files.get('a')).toBe(2);
});

it('it is made each time where nothing can be kept', async () => {
  // A file where the folder should be: nobody can write there, not even an administrator.
  writeFileSync(join(root, 'cache'), '');
  expect((await make()).files.get('a')).toBe(1);
  expect((await make()).files.get('a')).toBe(2);
});
