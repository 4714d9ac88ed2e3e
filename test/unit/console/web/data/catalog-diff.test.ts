import { describe, expect, it } from 'vitest';
import {
  countChanges,
  diffLines,
  foldSame,
} from '../../../../../services/console/web/data/catalog-diff.ts';

const signs = { same: ' ', removed: '-', added: '+' };
const drawn = (before: string, after: string): readonly string[] =>
  diffLines(before, after).map(({ kind, text }) => signs[kind] + text);
const numbered = (count: number, from = 1): string =>
  Array.from({ length: count }, (_, i) => `line ${i + from}\n`).join('');

describe('the difference of two texts', () => {
  it('puts what was removed before what came in its place', () => {
    expect(drawn('a\nold\nz\n', 'a\nnew\nz\n')).toEqual([' a', '-old', '+new', ' z']);
  });

  it('of the same text is none', () => {
    expect(countChanges(diffLines('a\nb\n', 'a\nb\n'))).toEqual({ added: 0, removed: 0 });
  });

  it('of nothing and a text is that text', () => {
    expect(drawn('', 'a\nb\n')).toEqual(['+a', '+b']);
    expect(drawn('a\n', '')).toEqual(['-a']);
  });

  it('finds a line that moved once as removed and once as added', () => {
    expect(drawn('a\nb\nc\n', 'b\nc\na\n')).toEqual(['-a', ' b', ' c', '+a']);
  });

  it('does not take a missing last line end for a change', () => {
    expect(drawn('a\nb', 'a\nb\n')).toEqual([' a', ' b']);
  });

  it('shows texts that are too long to compare as replaced, and still finds their common ends', () => {
    const [before, after] = [numbered(3_000), numbered(3_000, 10_000)];
    const lines = diffLines(`head\n${before}tail\n`, `head\n${after}tail\n`);
    expect(countChanges(lines)).toEqual({ added: 3_000, removed: 3_000 });
    expect(lines[0]).toEqual({ kind: 'same', text: 'head', before: 1, after: 1 });
    expect(lines.at(-1)).toEqual({ kind: 'same', text: 'tail', before: 3_002, after: 3_002 });
  });
});

describe('what did not change', () => {
  const parts = (before: string, after: string) =>
    foldSame(diffLines(before, after)).map((part) =>
      part.kind === 'folded' ? part.count : part.lines.length,
    );

  it('is folded from the fourth line before and after a change on', () => {
    const changed = numbered(20).replace('line 10\n', 'line ten\n');
    expect(parts(numbered(20), changed)).toEqual([6, 8, 7]);
  });

  it('is shown where a fold would hide one line only', () => {
    const changed = numbered(20).replace('line 5\n', 'line five\n');
    expect(parts(numbered(20), changed)).toEqual([1, 8, 12]);
    expect(foldSame(diffLines(numbered(20), changed))[0]?.kind).toBe('lines');
  });
});
