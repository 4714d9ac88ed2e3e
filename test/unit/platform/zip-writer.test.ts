import { expect, test } from 'vitest';
import { zipArchive } from '../../../services/platform/zip-writer.ts';
import { readZip } from '../../support/zip-reader.ts';

test('every file comes back whole, whatever pieces it came in', async () => {
  const large = Array.from({ length: 2_000 }, (_, i) => `${i} 销售净额 ${'x'.repeat(i % 97)}\n`);
  async function* pieces(): AsyncGenerator<string> {
    for (const piece of large) yield await Promise.resolve(piece);
  }
  const archive = await zipArchive([
    { path: 'empty.txt', text: [] },
    { path: 'folder/名.txt', text: ['a', '', 'b'] },
    { path: 'large.txt', text: pieces() },
  ]);
  expect([...readZip(archive)]).toEqual([
    ['empty.txt', ''],
    ['folder/名.txt', 'ab'],
    ['large.txt', large.join('')],
  ]);
});

test('what fails while a file is made fails the archive', async () => {
  async function* pieces(): AsyncGenerator<string> {
    yield await Promise.resolve('a');
    throw new Error('no more');
  }
  await expect(zipArchive([{ path: 'a', text: pieces() }])).rejects.toThrow('no more');
});
