import { describe, expect, it } from 'vitest';
import { notesOf } from '../../../../../services/console/web/data/notes.ts';
import type { NoteMark } from '../../../../../services/console/web/data/notes.ts';

const note = (id: string, labels: Readonly<Record<string, string>> = {}): NoteMark => ({
  id,
  labels,
  at: '2026-11-30T00:00:00Z',
  atMs: Date.parse('2026-11-30T00:00:00Z'),
  text: id,
  by: 'person:ann',
  writtenAt: '2026-11-30T00:00:00Z',
});

describe('the notes that the chart of a series marks', () => {
  const notes = [
    note('whole'),
    note('a', { store: 'A' }),
    note('b', { store: 'B' }),
    note('a web', { channel: 'web', store: 'A' }),
  ];
  it.each([
    [{}, ['whole']],
    [{ store: 'A' }, ['whole', 'a']],
    [{ store: 'A', channel: 'web' }, ['whole', 'a web']],
    [{ store: 'C' }, ['whole']],
  ])('of %j', (labels, ids) => {
    expect(notesOf(notes, labels).map(({ id }) => id)).toEqual(ids);
  });
});
