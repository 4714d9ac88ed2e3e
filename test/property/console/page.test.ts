import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutPage, fittingPage } from '../../../services/console/core/page.ts';
import type { Page } from '../../../services/console/core/page.ts';
import type { Position } from '../../../services/console/core/values-query.ts';

test('pages of any size hold every point once, in order, and none is empty but the only one', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ maxLength: 3 }), { maxLength: 8 }),
      fc.nat({ max: 8 }),
      fc.integer({ min: 1, max: 20 }),
      (names, count, limit) => {
        const keys = names.toSorted((a, b) => (a < b ? -1 : 1));
        const windows = Array.from({ length: count }, (_, i) => ({
          startMs: Math.floor(i / 3) * 30,
          endMs: i * 10 + 10,
        }));
        const seen: string[] = [];
        let after: Position | undefined;
        do {
          const page = cutPage(keys, windows, { after, limit });
          const points = page.series.flatMap(({ key, from, to }) =>
            windows.slice(from, to).map(({ endMs }) => `${key} ${endMs}`),
          );
          expect(points.length).toBeLessThanOrEqual(limit);
          if (page.next) expect(points.length).toBe(limit);
          seen.push(...points);
          after = page.next;
        } while (after);
        expect(seen).toEqual(keys.flatMap((key) => windows.map(({ endMs }) => `${key} ${endMs}`)));
      },
    ),
  );
});

test('a page that is cut to fit is the longest that does, or of one point', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 60 }),
      fc.nat({ max: 60 }),
      (series, count, limit, most) => {
        const keys = Array.from({ length: series }, (_, i) => `s${i}`);
        const windows = Array.from({ length: count }, (_, i) => ({ startMs: i, endMs: i + 1 }));
        const cut = (to: number) => cutPage(keys, windows, { after: undefined, limit: to });
        const fits = (page: Page) =>
          page.series.length * Math.max(...page.series.map(({ to }) => to)) <= most;
        const fitting = Array.from({ length: limit }, (_, i) => cut(i + 1)).filter(fits);
        expect(fittingPage(cut, limit, fits)).toEqual(fitting.at(-1) ?? cut(1));
      },
    ),
  );
});
