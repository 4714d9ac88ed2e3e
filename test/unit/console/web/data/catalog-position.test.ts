import { describe, expect, it } from 'vitest';
import {
  indentAfter,
  lineCount,
  offsetOf,
  wordAt,
} from '../../../../../services/console/web/data/catalog-position.ts';

const TEXT = 'kind: Metric\nspec:\n  unit: { code: GBP }\n';
const selected = (line: number, column: number): string => {
  const { from, to } = wordAt(TEXT, { line, column });
  return TEXT.slice(from, to);
};

describe('a place in a text', () => {
  it('is found by line and column, which count from 1', () => {
    expect(offsetOf(TEXT, { line: 1, column: 1 })).toBe(0);
    expect(offsetOf(TEXT, { line: 2, column: 1 })).toBe(13);
    expect(offsetOf(TEXT, { line: 3, column: 3 })).toBe(21);
  });

  it('beyond the end is the end of its line, or of the text', () => {
    expect(offsetOf(TEXT, { line: 2, column: 99 })).toBe(18);
    expect(offsetOf(TEXT, { line: 99, column: 99 })).toBe(TEXT.length);
    expect(offsetOf(TEXT, { line: 0, column: 0 })).toBe(0);
  });

  it('is shown by the word that stands there, or by the rest of its line', () => {
    expect(selected(1, 7)).toBe('Metric');
    expect(selected(3, 3)).toBe('unit');
    expect(selected(3, 9)).toBe('{ code: GBP }');
    expect(selected(4, 1)).toBe('');
  });

  it('counts the lines that are shown, the empty last one too', () => {
    expect(lineCount(TEXT)).toBe(4);
    expect(lineCount('')).toBe(1);
  });
});

describe('a new line', () => {
  const after = (text: string): string => indentAfter(text, text.length);
  it('begins as deep as the one before', () => {
    expect(after('spec:\n  unit: 1')).toBe('  ');
    expect(after('kind: Metric')).toBe('');
  });
  it('begins deeper below a name that opens a block', () => {
    expect(after('spec:')).toBe('  ');
    expect(after('spec:\n  notify: ')).toBe('    ');
  });
  it('looks only at what stands before the caret', () => {
    expect(indentAfter('  a: 1\nb', 4)).toBe('    ');
    expect(indentAfter('  a: 1\nb', 6)).toBe('  ');
  });
});
