import type { BookedEntry } from '../../services/console/core/entries/booked-entry.ts';
import type { EntryBook } from '../../services/console/ports.ts';

/** A book in memory, which a test can lose. */
export type MemoryEntryBook = EntryBook & { readonly lose: () => void };

export function memoryEntryBook(): MemoryEntryBook {
  const positions = new Map<number, number>();
  const kept = new Map<string, Map<number, BookedEntry>>();
  return {
    positions: () => Promise.resolve(new Map(positions)),
    add({ partition, known, next, entries }) {
      const stored = positions.get(partition) ?? 0;
      if (stored < known) return Promise.resolve(false);
      for (const entry of entries) {
        const of = kept.get(entry.metric) ?? new Map<number, BookedEntry>();
        kept.set(entry.metric, of.set(entry.offset, entry));
      }
      positions.set(partition, Math.max(stored, next));
      return Promise.resolve(true);
    },
    page: (metric, { before = Infinity, limit }) =>
      Promise.resolve(
        [...(kept.get(metric)?.values() ?? [])]
          .filter(({ offset }) => offset < before)
          .toSorted((a, b) => b.offset - a.offset)
          .slice(0, limit),
      ),
    lose() {
      positions.clear();
      kept.clear();
    },
  };
}

const DAY_MS = 86_400_000;

/** What somebody entered as the `offset`-th. */
export const aBookedEntry = (offset: number, over: Partial<BookedEntry> = {}): BookedEntry => ({
  partition: 2,
  offset,
  id: `e-${offset}`,
  metric: 'heads',
  labels: { team: 'a' },
  startMs: Date.parse('2026-11-29T00:00:00Z'),
  endMs: Date.parse('2026-11-29T00:00:00Z') + DAY_MS,
  value: '7.000000',
  note: null,
  by: 'person:anna',
  atMs: Date.parse('2026-11-30T12:00:00Z') + offset,
  isHistorical: false,
  ...over,
});
