import { describe, expect, test } from 'vitest';
import type { EntryBook } from '../../../services/console/ports.ts';
import { aBookedEntry } from '../../support/memory-entry-book.ts';

/** The contract of EntryBook: run on the memory and on the Redis adapter. */
export function entryBookContract(name: string, make: () => EntryBook): void {
  const offsets = async (book: EntryBook, metric = 'heads', before?: number, limit = 10) =>
    (await book.page(metric, { before, limit })).map(({ offset }) => offset);

  describe(`${name} keeps what was entered`, () => {
    test('nothing of what was never added', async () => {
      const book = make();
      expect(await book.positions()).toEqual(new Map());
      expect(await offsets(book)).toEqual([]);
    });

    test('the newest first, page by page, each metric by itself', async () => {
      const book = make();
      const entries = [
        aBookedEntry(3),
        aBookedEntry(9),
        aBookedEntry(10),
        aBookedEntry(11, { metric: 'mood' }),
      ];
      expect(await book.add({ partition: 2, known: 0, next: 20, entries })).toBe(true);
      expect(await offsets(book, 'heads', undefined, 2)).toEqual([10, 9]);
      expect(await offsets(book, 'heads', 9, 2)).toEqual([3]);
      expect(await offsets(book, 'mood')).toEqual([11]);
      expect(await book.page('mood', { limit: 1 })).toEqual([aBookedEntry(11, { metric: 'mood' })]);
      expect(await book.positions()).toEqual(new Map([[2, 20]]));
    });

    test('once, when two consoles add the same', async () => {
      const book = make();
      const add = { partition: 2, known: 0, next: 5, entries: [aBookedEntry(3)] };
      await book.add(add);
      expect(await book.add(add)).toBe(true);
      expect(await offsets(book)).toEqual([3]);
    });

    test('a position never goes back', async () => {
      const book = make();
      await book.add({ partition: 2, known: 0, next: 50, entries: [] });
      await book.add({ partition: 2, known: 0, next: 20, entries: [] });
      await book.add({ partition: 1, known: 0, next: 7, entries: [] });
      expect(await book.positions()).toEqual(
        new Map([
          [2, 50],
          [1, 7],
        ]),
      );
    });

    test('nothing is added after a loss, so that it is noticed', async () => {
      const book = make();
      const lost = { partition: 2, known: 50, next: 60, entries: [aBookedEntry(55)] };
      expect(await book.add(lost)).toBe(false);
      expect(await offsets(book)).toEqual([]);
      expect(await book.positions()).toEqual(new Map());
    });
  });
}
