import { err, ok } from '../result.ts';
import type { Result } from '../result.ts';

/** What was imported of a content. */
export type LedgerEntry = {
  /** As it was named then: for people. */
  readonly file: string;
  /** Of a workbook, where it is not the first. */
  readonly sheet?: string | undefined;
  /** What was made of the content: type, mapping, address, mark. Another one is another import. */
  readonly plan: string;
  readonly startedAt: string;
  readonly finishedAt?: string | undefined;
  /** Rows whose batch was answered: an import goes on after them. */
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
};

/** Where an import begins, or why it does not. */
export type Beginning = Result<
  { readonly rows: number; readonly accepted: number; readonly rejected: number },
  {
    /** `imported`: the content is there. `other_options`: an import of it was interrupted that made something else of it. */
    readonly reason: 'imported' | 'other_options';
    readonly entry: LedgerEntry;
  }
>;

/**
 * Where an import begins: at the start, or after the rows that an interrupted one had answered. Content that was imported is
 * refused: by itself it would count once, but with another mapping it would count again.
 */
export function beginning(
  entry: LedgerEntry | undefined,
  wanted: { readonly plan: string; readonly isForced: boolean },
): Beginning {
  if (!entry || wanted.isForced) return ok({ rows: 0, accepted: 0, rejected: 0 });
  if (entry.finishedAt !== undefined) return err({ reason: 'imported', entry });
  if (entry.plan !== wanted.plan) return err({ reason: 'other_options', entry });
  return ok({ rows: entry.rows, accepted: entry.accepted, rejected: entry.rejected });
}
