import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LedgerEntry } from '../../../../services/kernel/import/ledger.ts';
import { openLedger, parseLedgerEntry } from '../../../../services/platform/import/ledger.ts';

const entry = (over: Partial<LedgerEntry> = {}): LedgerEntry => ({
  file: 'orders.csv',
  plan: 'p',
  startedAt: '2026-11-25T04:00:00.000Z',
  rows: 1_000,
  accepted: 990,
  rejected: 10,
  ...over,
});
const finished = entry({ finishedAt: '2026-11-25T04:01:00.000Z' });

describe('the ledger', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidemark-ledger-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('gives back what was written last, also to another process', () => {
    openLedger(folder).write('h', entry());
    openLedger(folder).write('h', finished);
    expect(openLedger(folder).read('h')).toEqual(finished);
    expect(openLedger(folder).read('other')).toBeUndefined();
  });

  test('that is damaged says which file, and that nothing counts twice', () => {
    openLedger(folder).write('h', entry());
    writeFileSync(join(folder, 'imports', 'h.json'), '{"rows":');
    expect(() => openLedger(folder).read('h')).toThrow(
      /h\.json is damaged; remove it .* count once/,
    );
  });

  test('names the contents that it knows, and nothing else of its folder', () => {
    const hash = 'ab'.repeat(32);
    expect(openLedger(folder).hashes()).toEqual([]);
    openLedger(folder).write(hash, entry());
    writeFileSync(join(folder, 'imports', `${hash}.json.123`), '');
    expect(openLedger(folder).hashes()).toEqual([hash]);
  });
});

test('an entry has all its members and no others', () => {
  expect(parseLedgerEntry(finished)).toEqual(finished);
  expect(parseLedgerEntry({ ...finished, more: 1 })).toBeUndefined();
  expect(parseLedgerEntry({ ...finished, rows: -1 })).toBeUndefined();
  expect(parseLedgerEntry(null)).toBeUndefined();
});
