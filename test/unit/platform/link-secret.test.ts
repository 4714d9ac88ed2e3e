import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linkSecret } from '../../../services/platform/link-secret.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-link-secret-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const secretOf = (text = '') =>
  linkSecret({ TIDEMARK_LINK_SECRET: text, TIDEMARK_DATA_DIR: folder });

test('what is set is taken', () => {
  expect(secretOf('a secret of the installation')?.toString()).toBe('a secret of the installation');
});

test('with embedded servers a random one is made once, for its owner alone to read', () => {
  writeFileSync(join(folder, 'run.json'), '{}');
  const first = secretOf();
  expect(first?.length).toBe(32);
  expect(secretOf()?.equals(first as Buffer)).toBe(true);
  expect(statSync(join(folder, 'link-secret')).mode & 0o777).toBe(0o600);
});

test('without either there is none, and nothing is written', () => {
  expect(secretOf()).toBeUndefined();
  expect(() => statSync(join(folder, 'link-secret'))).toThrow('ENOENT');
});
