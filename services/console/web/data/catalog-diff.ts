/** A line of two texts laid side by side; numbers count from 1 and are of the text that has the line. */
export type DiffLine = {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
  readonly before?: number;
  readonly after?: number;
};

/** Pairs of lines that are compared at most; beyond, what differs is shown as a whole. */
const PAIRS_MAX = 4_000_000;

/**
 * What became of a text, line by line: a longest common subsequence, removals before additions. Laws: without the added
 * lines it is the text before, without the removed ones the text after; no line is both removed and added in place.
 */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (
    tail < Math.min(old.length, now.length) - head &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  )
    tail++;
  const same = (i: number, j: number): DiffLine => ({
    kind: 'same',
    text: now[j] ?? '',
    before: i + 1,
    after: j + 1,
  });
  return [
    ...now.slice(0, head).map((_, i) => same(i, i)),
    ...middle(old.slice(head, old.length - tail), now.slice(head, now.length - tail), head),
    ...now
      .slice(now.length - tail)
      .map((_, i) => same(old.length - tail + i, now.length - tail + i)),
  ];
}

/** A last line end ends a line and begins none. */
const linesOf = (text: string): readonly string[] =>
  text === '' ? [] : text.replace(/\n$/, '').split('\n');

/** @param head lines before these, the same number in both */
function middle(old: readonly string[], now: readonly string[], head: number): readonly DiffLine[] {
  const isTooLong = old.length * now.length > PAIRS_MAX;
  const common = isTooLong ? undefined : commonLengths(old, now);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (common && i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({
        kind: 'same',
        text: now[j] ?? '',
        before: head + i + 1,
        after: head + j + 1,
      });
      i++;
      j++;
    } else if (
      i < old.length &&
      (!common || j === now.length || common(i + 1, j) >= common(i, j + 1))
    ) {
      lines.push({ kind: 'removed', text: old[i] ?? '', before: head + i + 1 });
      i++;
    } else {
      lines.push({ kind: 'added', text: now[j] ?? '', after: head + j + 1 });
      j++;
    }
  }
  return lines;
}

/** @returns how many lines the rests from `i` and from `j` have in common, in order */
function commonLengths(
  old: readonly string[],
  now: readonly string[],
): (i: number, j: number) => number {
  const width = now.length + 1;
  const table = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      table[i * width + j] =
        old[i] === now[j]
          ? (table[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0);
  return (i, j) => table[i * width + j] ?? 0;
}

/** Lines that did not change, further than this from any that did, are folded. */
export const CONTEXT_LINES = 3;
export type DiffPart =
  | { readonly kind: 'lines'; readonly lines: readonly DiffLine[] }
  | { readonly kind: 'folded'; readonly count: number };

/** Folds what did not change. A fold of one line would hide it behind a line, so it is shown. */
export function foldSame(lines: readonly DiffLine[]): readonly DiffPart[] {
  const isNear = lines.map(() => false);
  lines.forEach(({ kind }, at) => {
    if (kind !== 'same') isNear.fill(true, Math.max(0, at - CONTEXT_LINES), at + CONTEXT_LINES + 1);
  });
  const parts: DiffPart[] = [];
  for (let from = 0, to = 0; from < lines.length; from = to) {
    while (to < lines.length && isNear[to] === isNear[from]) to++;
    const run = lines.slice(from, to);
    if (isNear[from] || run.length === 1) parts.push({ kind: 'lines', lines: run });
    else parts.push({ kind: 'folded', count: run.length });
  }
  return parts;
}

export type DiffCount = { readonly added: number; readonly removed: number };

export const countChanges = (lines: readonly DiffLine[]): DiffCount => ({
  added: lines.filter(({ kind }) => kind === 'added').length,
  removed: lines.filter(({ kind }) => kind === 'removed').length,
});
