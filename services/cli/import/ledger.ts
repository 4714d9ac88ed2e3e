import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { TidemarkError } from '../../kernel/errors.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';

const ledgerEntry = z.object({
  /** As it was named then: for people. */
  file: z.string(),
  /** What was made of the content: type, mapping, address, mark. Another one is another import. */
  plan: z.string(),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  /** Rows whose batch was answered: an import goes on after them. */
  rows: z.int().min(0),
  accepted: z.int().min(0),
  rejected: z.int().min(0),
});
export type LedgerEntry = Readonly<z.infer<typeof ledgerEntry>>;

/** What was imported, by content: DATA/imports/<SHA-256>.json. */
export type Ledger = {
  readonly read: (hash: string) => LedgerEntry | undefined;
  /** Atomic: a kill leaves the entry of before or of after. */
  readonly write: (hash: string, entry: LedgerEntry) => void;
};

export function openLedger(dataDir: string): Ledger {
  const folder = join(dataDir, 'imports');
  const pathOf = (hash: string): string => join(folder, `${hash}.json`);
  return {
    read(hash) {
      let text: string;
      try {
        text = readFileSync(pathOf(hash), 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
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
  };
}

/**
 * Where an import begins: at the start, or after the rows that an interrupted one had answered. Content that was imported is
 * refused: by itself it would count once, but with another mapping it would count again.
 */
export function beginning(
  entry: LedgerEntry | undefined,
  wanted: { readonly plan: string; readonly isForced: boolean },
): Result<{ readonly rows: number; readonly accepted: number; readonly rejected: number }, string> {
  if (!entry || wanted.isForced) return ok({ rows: 0, accepted: 0, rejected: 0 });
  if (entry.finishedAt !== undefined)
    return err(
      `this content was imported at ${entry.finishedAt} as ${entry.file} (${entry.accepted} accepted, ${entry.rejected} rejected); --force sends it again`,
    );
  if (entry.plan !== wanted.plan)
    return err(
      `an import of this content with other options was interrupted after ${entry.rows} rows; repeat those options to go on, or --force to begin anew`,
    );
  return ok({ rows: entry.rows, accepted: entry.accepted, rejected: entry.rejected });
}
