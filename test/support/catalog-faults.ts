import { describe, expect, test } from 'vitest';
import { inChinese } from '../../services/console/core/catalog/chinese/say.ts';
import { checkFiles, SOUND } from './catalog-folder.ts';

/** A document, the code of its fault, and what is said of it; `‸` marks where it must be shown and is not part of the file. */
export type Fault = readonly [document: string, code: string, message: string];

/** One test for each, beside documents that are sound; each can be said in Chinese too. */
export function everyFault(table: readonly Fault[]): void {
  describe('every fault is told with its place and code', () => {
    const rows = table.map(([marked, code, message]) => ({ marked, code, message }));
    test.each(rows)('$code: $message', async ({ marked, code, message }) => {
      const before = marked.slice(0, marked.indexOf('‸')).split('\n');
      const place = `b.yaml:${before.length}:${(before.at(-1) ?? '').length + 1}`;
      const { lines, faults } = await checkFiles({
        'a.yaml': SOUND,
        'b.yaml': marked.replace('‸', ''),
      });
      expect(lines).toHaveLength(1);
      expect(inChinese(faults[0]?.message ?? ''), faults[0]?.message).toMatch(/\p{Script=Han}/u);
      expect(lines[0]).toContain(`${place} ${code} `);
      expect(lines[0]).toContain(message);
    });
  });
}
