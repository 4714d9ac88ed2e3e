import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countChanges,
  diffLines,
  foldSame,
} from '../../../../../services/console/web/data/catalog-diff.ts';

/** Few words, so that texts have lines in common and lines that come again. */
const text = fc
  .array(fc.constantFrom('a: 1', 'b: 2', '  c', '', 'spec:'), { maxLength: 30 })
  .map((lines) => lines.map((line) => `${line}\n`).join(''));
const joined = (lines: readonly { readonly text: string }[]): string =>
  lines.map((line) => `${line.text}\n`).join('');

test('the lines of a difference are those of both texts, in their order and under their numbers', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after);
      const old = lines.filter(({ kind }) => kind !== 'added');
      const now = lines.filter(({ kind }) => kind !== 'removed');
      expect(joined(old)).toBe(before);
      expect(joined(now)).toBe(after);
      expect(old.map((line) => line.before)).toEqual(old.map((_, i) => i + 1));
      expect(now.map((line) => line.after)).toEqual(now.map((_, i) => i + 1));
    }),
  );
});

test('no shorter difference exists: what is the same is a longest common subsequence', () => {
  const longest = (a: readonly string[], b: readonly string[]): number => {
    const [x, ...as] = a;
    const [y, ...bs] = b;
    if (x === undefined || y === undefined) return 0;
    return x === y ? 1 + longest(as, bs) : Math.max(longest(as, b), longest(a, bs));
  };
  const short = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 7 });
  fc.assert(
    fc.property(short, short, (before, after) => {
      const lines = diffLines(joined(before.map(of)), joined(after.map(of)));
      const same = lines.filter(({ kind }) => kind === 'same').length;
      expect(same).toBe(longest(before, after));
    }),
  );
});
const of = (line: string) => ({ text: line });

test('folding hides only lines that did not change, and none twice', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after);
      const parts = foldSame(lines);
      const shown = parts.flatMap((part) => (part.kind === 'lines' ? part.lines : []));
      const hidden = parts.map((part) => (part.kind === 'folded' ? part.count : 0));
      expect(shown.length + hidden.reduce((a, b) => a + b, 0)).toBe(lines.length);
      expect(countChanges(shown)).toEqual(countChanges(lines));
    }),
  );
});
