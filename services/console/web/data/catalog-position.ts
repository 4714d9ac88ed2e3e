/** A place in a text as the catalogue's faults name it: lines and columns count from 1. */
export type Place = { readonly line: number; readonly column: number };

export const lineCount = (text: string): number => text.split('\n').length;

/** Where a place stands in the text; beyond its end, the end of the line or of the text. */
export function offsetOf(text: string, { line, column }: Place): number {
  const lines = text.split('\n');
  const at = Math.min(Math.max(line, 1), lines.length) - 1;
  const before = lines.slice(0, at).reduce((sum, { length }) => sum + length + 1, 0);
  return before + Math.min(Math.max(column, 1) - 1, lines[at]?.length ?? 0);
}

/** What to select so that the place is seen: the word that stands there, else the rest of its line. */
export function wordAt(text: string, place: Place): { readonly from: number; readonly to: number } {
  const from = offsetOf(text, place);
  const rest = text.slice(from).split('\n', 1)[0] ?? '';
  const word = /^[\w.-]+/.exec(rest)?.[0] ?? rest;
  return { from, to: from + word.length };
}

/** The blanks that a new line begins with when it is broken off at the offset; deeper below a key that opens a block. */
export function indentAfter(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const own = /^ */.exec(line)?.[0] ?? '';
  return /:\s*$/.test(line) ? `${own}  ` : own;
}
