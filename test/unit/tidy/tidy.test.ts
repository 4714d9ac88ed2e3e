import { describe, expect, test } from 'vitest';
import { functionLengths } from './functions.ts';
import { RULES } from './rules.ts';
import { readTree } from './tree.ts';
import type { Tree } from './tree.ts';

const tree = readTree();

/** The tree with a rule's seed in it. */
function seeded(seed: Readonly<Record<string, string | undefined>>): Tree {
  const files = new Map(tree);
  for (const [path, text] of Object.entries(seed)) {
    if (text === undefined) files.delete(path);
    else files.set(path, text);
  }
  return files;
}

describe.each(RULES)('$name', ({ check, seed }) => {
  test('holds', () => {
    expect(check(tree)).toEqual([]);
  });

  test('and a violation is noticed', () => {
    expect(check(seeded(seed)).length).toBeGreaterThan(check(tree).length);
  });
});

test('a function is as long as its own statements, without the functions in it', () => {
  const source = [
    'export function factory(): () => void {',
    '  let count = 0;',
    '  const inner = async (): Promise<void> => {',
    '    if (count > 0) {',
    '      count -= 1;',
    '    }',
    '    count += 1;',
    '  };',
    '  return inner;',
    '}',
  ].join('\n');
  expect(functionLengths(source)).toEqual([
    { line: 3, own: 4 },
    { line: 1, own: 2 },
  ]);
});
