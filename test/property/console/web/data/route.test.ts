import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRoute, parseRoute } from '../../../../../services/console/web/data/route.ts';
import { PAGE_ENTRIES } from '../../../../../services/console/web/pages.ts';

describe('the address', () => {
  it('of whatever route was read is read as the same', () => {
    const query = fc.dictionary(
      fc.constantFrom('grain', 'count', 'by', 'series', 'until', 'show', 'date', 'other'),
      fc.oneof(fc.string(), fc.constantFrom('all', 'hour', '12', 'a,b', '2026-01-31T00:00:00Z')),
    );
    const name = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(fc.constantFrom(...PAGE_ENTRIES), name, query, ([, { path }], id, held) => {
        const hash = `#${path.replace(/:\w+/g, encodeURIComponent(id))}`;
        const route = parseRoute(`${hash}?${new URLSearchParams(held)}`);
        expect(route.page).not.toBe('unknown');
        expect(parseRoute(formatRoute(route))).toEqual(route);
      }),
    );
  });
});
