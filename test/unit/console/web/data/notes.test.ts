import { describe, expect, it } from 'vitest';
import { notedAt, notesOf } from '../../../../../services/console/web/data/notes.ts';
import type { NoteMark } from '../../../../../services/console/web/data/notes.ts';

const note = (id: string, labels: Readonly<Record<string, string>> = {}): NoteMark => ({
  id,
  labels,
  at: '2026-11-30T00:00:00Z',
  atMs: Date.parse('2026-11-30T00:00:00Z'),
  text: id,
  by: 'person:ann',
  writtenAt: '2026-11-30T00:00:00Z',
  mayRemove: true,
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

describe('a new note', () => {
  const [first, last] = ['2026-11-28T00:00:00.000Z', '2026-11-29T00:00:00.000Z'];
  const points = [first, last].map((start) => ({ start }));
  const pinned = Date.parse('2026-11-29T23:59:59Z');

  it('is about the chosen window, else about now', () => {
    expect(notedAt(points, { chosen: first, untilMs: pinned })).toBe(first);
    expect(notedAt(points, { chosen: first, untilMs: undefined })).toBe(first);
    expect(notedAt(points, { chosen: undefined, untilMs: undefined })).toBeUndefined();
  });

  it('lies in what is shown where that is the past', () => {
    expect(notedAt(points, { chosen: undefined, untilMs: pinned })).toBe(last);
    expect(notedAt(points, { chosen: '2026-10-01T00:00:00.000Z', untilMs: pinned })).toBe(last);
    expect(notedAt(points, { chosen: undefined, untilMs: Date.parse(last) })).toBe(first);
    expect(notedAt([], { chosen: undefined, untilMs: pinned })).toBe('2026-11-29T23:59:58.999Z');
  });
});
