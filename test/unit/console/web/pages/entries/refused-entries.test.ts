import { h } from 'preact';
import { beforeEach, expect, test, vi } from 'vitest';
import { RefusedEntries } from '../../../../../../services/console/web/pages/entries/refused-entries.ts';
import type { SheetCell } from '../../../../../../services/console/web/pages/entries/sheet-cells.ts';
import { openDrawing } from '../../../../../support/drawing.ts';

const cell = (store: string): SheetCell => ({
  key: store,
  window: { start: '2026-11-29T00:00:00Z', end: '2026-11-30T00:00:00Z' },
  labels: { store },
  value: undefined,
  history: [],
});
const cells = new Map(['S1', 'S2', 'S3'].map((store) => [store, cell(store)]));
const sheet = { grain: 'day', timezone: 'UTC' } as const;

beforeEach(() => {
  vi.stubGlobal('navigator', { languages: ['en-GB'] });
});

test('why a value was not taken stays on the page, whichever cell is worked on', async () => {
  const page = openDrawing();
  const sent = new Map([
    ['S1', { value: '9999', error: 'it must be at most 500' }],
    ['S2', { value: '7' }],
    ['S3', { value: '7,5', error: 'it is no number' }],
  ]);
  await page.draw(h(RefusedEntries, { sheet, cells, sent }));
  expect(page.text()).toBe(
    'S1, Sun, 29 Nov 2026: “9999” was not entered. it must be at most 500' +
      'S3, Sun, 29 Nov 2026: “7,5” was not entered. it is no number',
  );
  await page.draw(h(RefusedEntries, { sheet, cells, sent: new Map([['S2', { value: '7' }]]) }));
  expect(page.text()).toBe('');
});
