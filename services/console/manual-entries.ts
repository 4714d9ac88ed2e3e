import type { Catalog } from '../kernel/definitions.ts';
import type { Enterer } from '../kernel/catalog/manual-access.ts';
import { isManual } from '../kernel/catalog/manual-windows.ts';
import type { Refusal } from '../kernel/errors.ts';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import type { EpochMs } from '../kernel/time.ts';
import { entryItem } from './core/entries/booked-entry.ts';
import type { BookedEntry, EntriesAnswer } from './core/entries/booked-entry.ts';
import { parseEntriesQuery } from './core/entries/entries-query.ts';
import type { EntriesQuery } from './core/entries/entries-query.ts';
import { entrySheets } from './core/entries/entry-sheet.ts';
import type { EntrySheetsAnswer } from './core/entries/entry-sheet.ts';
import type { Parameters } from './core/values-query.ts';
import type { EntryBook } from './ports.ts';

/** What was entered, and what there is to enter. */
export type ManualEntries = {
  readonly sheets: (by: Enterer) => EntrySheetsAnswer;
  /** Refuses with rebuilding while the book is read from the log. @throws redis_unavailable */
  readonly list: (
    metric: string,
    parameters: Parameters,
  ) => Promise<Result<EntriesAnswer, Refusal>>;
};

/** Entries that are read at once to find those of the windows asked for. */
const BATCH = 500;

export function createManualEntries(ports: {
  readonly book: EntryBook;
  readonly isRead: () => boolean;
  readonly catalog: () => Catalog;
  readonly now: () => EpochMs;
}): ManualEntries {
  const { book, isRead, catalog, now } = ports;
  return {
    sheets: (by) => ({ metrics: entrySheets(catalog(), by, now()) }),
    async list(id, parameters) {
      const metric = catalog().metrics.get(id);
      if (!isManual(metric))
        return err({ code: 'not_found', detail: `no published manual metric is called ${id}` });
      const query = parseEntriesQuery(parameters);
      if (!query.ok) return query;
      if (!isRead() || (await book.positions()).size === 0)
        return err({ code: 'rebuilding', detail: 'what was entered is being read from the log' });
      const found = await find(book, id, query.value);
      const last = found.entries.at(-1);
      return ok({
        metric: id,
        entries: found.entries.map((entry) => entryItem(entry, metric)),
        ...(found.hasMore && last ? { cursor: String(last.offset) } : {}),
      });
    },
  };
}

async function find(
  book: EntryBook,
  metric: string,
  { fromMs, toMs, limit, before: start }: EntriesQuery,
): Promise<{ readonly entries: readonly BookedEntry[]; readonly hasMore: boolean }> {
  const entries: BookedEntry[] = [];
  for (let before = start; ;) {
    const batch = await book.page(metric, { limit: BATCH, before });
    for (const entry of batch) {
      if (entry.startMs < fromMs || entry.startMs >= toMs) continue;
      if (entries.length === limit) return { entries, hasMore: true };
      entries.push(entry);
    }
    if (batch.length < BATCH) return { entries, hasMore: false };
    before = batch.at(-1)?.offset;
  }
}
