import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { TidemarkError } from '../../kernel/errors.ts';
import type { LedgerEntry } from '../../kernel/import/ledger.ts';

const ledgerEntry = z.strictObject({
  file: z.string(),
  sheet: z.string().optional(),
  plan: z.string(),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  rows: z.int().min(0),
  accepted: z.int().min(0),
  rejected: z.int().min(0),
});

/** What was imported, by content: DATA/imports/<SHA-256>.json. */
export type Ledger = {
  readonly read: (hash: string) => LedgerEntry | undefined;
  /** Atomic: a kill leaves the entry of before or of after. */
  readonly write: (hash: string, entry: LedgerEntry) => void;
  /** Hashes of all contents that are known. */
  readonly hashes: () => readonly string[];
};

/** @returns undefined when the value is no entry */
export const parseLedgerEntry = (value: unknown): LedgerEntry | undefined =>
  ledgerEntry.safeParse(value).data;

export function openLedger(dataDir: string): Ledger {
  const folder = join(dataDir, 'imports');
  const pathOf = (hash: string): string => join(folder, `${hash}.json`);
  return {
    read(hash) {
      const text = unlessMissing(() => readFileSync(pathOf(hash), 'utf8'));
      if (text === undefined) return undefined;
      try {
        return ledgerEntry.parse(JSON.parse(text));
      } catch (cause) {
        throw new TidemarkError(
          'not_parseable',
          `${pathOf(hash)} is damaged; remove it to import the file from its start: sent again, its events count once`,
          { cause },
        );
      }
    },
    write(hash, entry) {
      mkdirSync(folder, { recursive: true });
      const next = `${pathOf(hash)}.${process.pid}`;
      writeFileSync(next, `${JSON.stringify(entry, null, 2)}\n`);
      renameSync(next, pathOf(hash));
    },
    hashes: () =>
      (unlessMissing(() => readdirSync(folder)) ?? []).flatMap(
        (name) => /^([0-9a-f]{64})\.json$/.exec(name)?.[1] ?? [],
      ),
  };
}

function unlessMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
