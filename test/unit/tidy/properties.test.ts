import { expect, test } from 'vitest';
import { below, readTree } from './tree.ts';

/** Of `reference/reliability-and-security.md`, section 3.3. */
const PROPERTIES = 17;

const tree = readTree();

test('each of the 17 properties is one test in test/property, by its number', () => {
  const numbers = [...below(tree, /^test\/property\/.*\.test\.ts$/)].flatMap(([, text]) =>
    [...text.matchAll(/\btest\(\s*['"`]P-(\d\d) /g)].map(([, number]) => number),
  );
  const all = Array.from({ length: PROPERTIES }, (_, i) => String(i + 1).padStart(2, '0'));
  expect(numbers).toHaveLength(PROPERTIES);
  expect(new Set(numbers)).toEqual(new Set(all));
});

test('every file whose routes ask for a principal is under the policy table of property 16', () => {
  const table = below(tree, /^test\/property\/platform\/access\//)
    .map(([, text]) => text)
    .join('\n');
  const asking = below(tree, /^services\/.*\.ts$/).filter(
    ([path, text]) => /\bauthorize\(/.test(text) && path !== 'services/platform/http.ts',
  );
  expect(asking.map(([path]) => path).filter((path) => !table.includes(path))).toEqual([]);
});
