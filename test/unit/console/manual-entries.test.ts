import { describe, expect, test } from 'vitest';
import { createManualEntries } from '../../../services/console/manual-entries.ts';
import { buildCatalog } from '../../../services/kernel/catalog/build.ts';
import { catalogTools } from '../../../services/platform/catalog/tools.ts';
import { aDocuments } from '../../support/catalog-documents.ts';
import { CALENDARS, manualDocument } from '../../support/manual-documents.ts';
import { aBookedEntry, memoryEntryBook } from '../../support/memory-entry-book.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const dayOf = (day: number): number => Date.parse('2026-11-01T00:00:00Z') + (day - 1) * 86_400_000;

function setUp({ isRead = true } = {}) {
  const book = memoryEntryBook();
  const { catalog } = buildCatalog(
    [
      ...aDocuments(),
      manualDocument('heads', {
        dimensions: { team: ['a', 'b'] },
        unit: { code: 'head', scale: 1 },
        timezone: 'Asia/Shanghai',
        range: { min: 0 },
      }),
      manualDocument('mood', { grain: 'month' }),
      ...CALENDARS,
      manualDocument('stock', { grain: 'month', calendar: 'retail' }),
    ],
    catalogTools,
  );
  const entries = createManualEntries({
    book,
    isRead: () => isRead,
    catalog: () => catalog,
    now: () => NOW,
  });
  return { book, entries };
}

test('months of a calendar of one’s own are called by it, in the form and in the list', async () => {
  const { book, entries } = setUp();
  const sheet = entries
    .sheets({ person: 'person:anna', roles: new Set(['owner']) })
    .metrics.find(({ id }) => id === 'stock');
  expect(sheet?.windows).toHaveLength(12);
  expect(sheet?.windows.slice(0, 2)).toEqual([
    { start: '2026-11-29T00:00:00.000Z', end: '2027-01-03T00:00:00.000Z', name: 'FY2026 M11' },
    { start: '2026-11-01T00:00:00.000Z', end: '2026-11-29T00:00:00.000Z', name: 'FY2026 M10' },
  ]);
  const [startMs, endMs] = [Date.parse('2026-11-01'), Date.parse('2026-11-29')];
  const own = aBookedEntry(1, { metric: 'stock', startMs, endMs });
  const old = aBookedEntry(2, { metric: 'stock', startMs, endMs: Date.parse('2026-12-01') });
  await book.add({ partition: 2, known: 0, next: 3, entries: [own, old] });
  const list = await entries.list('stock', {});
  if (!list.ok) throw new Error(list.error.detail);
  expect(list.value.entries.map(({ name }) => name)).toEqual([undefined, 'FY2026 M10']);
});

describe('what was entered', () => {
  test('is listed newest first, at the scale of the unit', async () => {
    const { book, entries } = setUp();
    const added = [aBookedEntry(3), aBookedEntry(9, { value: '8.500000', note: 'recount' })];
    await book.add({ partition: 2, known: 0, next: 10, entries: added });
    expect(await entries.list('heads', {})).toMatchObject({
      ok: true,
      value: {
        metric: 'heads',
        entries: [
          {
            id: 'e-9',
            start: '2026-11-29T00:00:00.000Z',
            labels: { team: 'a' },
            value: '8.5',
            note: 'recount',
            by: 'person:anna',
            historical: false,
            position: 'events.tidemark.manual-entry/2/9',
          },
          { id: 'e-3', value: '7.0', note: null },
        ],
      },
    });
  });

  test('is found by window across batches, page by page', async () => {
    const { book, entries } = setUp();
    const added = Array.from({ length: 1_200 }, (_, offset) =>
      aBookedEntry(offset, { startMs: dayOf((offset % 30) + 1) }),
    );
    await book.add({ partition: 2, known: 0, next: 1_200, entries: added });
    const range = { from: '2026-11-05T00:00:00Z', to: '2026-11-06T00:00:00Z', limit: '25' };
    const ids: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await entries.list('heads', { ...range, ...(cursor ? { cursor } : {}) });
      if (!page.ok) throw new Error(page.error.detail);
      expect(page.value.entries.length).toBeLessThanOrEqual(25);
      ids.push(...page.value.entries.map(({ id }) => id));
      if (!page.value.cursor) break;
      cursor = page.value.cursor;
    }
    expect(ids).toEqual(Array.from({ length: 40 }, (_, i) => `e-${1_200 - 30 + 4 - 30 * i}`));
  });

  test.each([
    ['heads', { form: '1' }, 'invalid_parameter'],
    ['heads', { from: 'yesterday' }, 'invalid_parameter'],
    ['heads', { cursor: 'x' }, 'invalid_parameter'],
    ['heads', { limit: '1001' }, 'invalid_parameter'],
    ['heads', { limit: ['1', '2'] }, 'invalid_parameter'],
    ['orders', {}, 'not_found'],
    ['none', {}, 'not_found'],
  ])('of %s by %j is refused: %s', async (metric, parameters, code) => {
    expect(await setUp().entries.list(metric, parameters)).toMatchObject({ error: { code } });
  });

  test('is not said to be nothing while it is read, or when all was lost', async () => {
    const { entries: early } = setUp({ isRead: false });
    expect(await early.list('heads', {})).toMatchObject({ error: { code: 'rebuilding' } });
    const { book, entries } = setUp();
    await book.add({ partition: 2, known: 0, next: 10, entries: [aBookedEntry(3)] });
    book.lose();
    expect(await entries.list('heads', {})).toMatchObject({ error: { code: 'rebuilding' } });
  });
});

test('a sheet says what there is to enter, for which windows, and whether he may', () => {
  const { entries } = setUp();
  const by = { person: 'person:ben', roles: new Set(['owner']) };
  const { metrics } = entries.sheets(by);
  expect(metrics.map(({ id }) => id)).toEqual(['heads', 'mood', 'stock']);
  expect(metrics[0]).toMatchObject({
    grain: 'day',
    members: { team: ['a', 'b'] },
    min: '0',
    mayEnter: false,
    ownerName: { en: 'Anna', zh: '安娜' },
  });
  expect(metrics[0]?.windows).toHaveLength(14);
  expect(metrics[0]?.windows[0]).toEqual({
    start: '2026-11-29T16:00:00.000Z',
    end: '2026-11-30T16:00:00.000Z',
  });
  expect(metrics[1]?.windows.slice(0, 2)).toEqual([
    { start: '2026-11-01T00:00:00.000Z', end: '2026-12-01T00:00:00.000Z' },
    { start: '2026-10-01T00:00:00.000Z', end: '2026-11-01T00:00:00.000Z' },
  ]);
  const own = entries.sheets({ person: 'person:anna', roles: new Set(['owner']) });
  expect(own.metrics.every(({ mayEnter }) => mayEnter)).toBe(true);
});
