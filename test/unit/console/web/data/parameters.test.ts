import { expect, test } from 'vitest';
import { flag, length, members } from '../../../../../services/console/web/data/parameters.ts';
import { formatRoute, parseRoute } from '../../../../../services/console/web/data/route.ts';
import { DAY_MS, HOUR_MS } from '../../../../../services/kernel/time.ts';

test.each([
  ['PT1H', HOUR_MS],
  ['P7D', 7 * DAY_MS],
  ['PT90M', 1.5 * HOUR_MS],
  ['PT1S', undefined],
  ['P9000D', undefined],
  ['soon', undefined],
  [null, undefined],
])('the length %j is %s ms', (text, ms) => {
  expect(length.read(text)).toBe(ms);
  if (ms !== undefined) expect(length.read(length.write(ms))).toBe(ms);
});

test('members come back whatever is in them', () => {
  const where = { country: 'A, B: C%', store: '中 文' };
  expect(members.read(members.write(where))).toEqual(where);
  expect(members.write({})).toBeNull();
  expect(members.read('country:,x,:y,a:%E0%A4%A')).toEqual({});
});

test('the link to a dashboard holds its range, its end and its filters', () => {
  const route = {
    page: 'dashboard',
    id: 'sales-today',
    rangeMs: 7 * DAY_MS,
    untilMs: Date.parse('2026-11-30T00:00:00Z'),
    where: { country: 'United Kingdom' },
    wall: true,
  } as const;
  expect(parseRoute(formatRoute(route))).toEqual(route);
  expect(formatRoute(route)).toContain('range=P7D');
  expect(parseRoute('#/dashboards/sales-today')).toEqual({
    page: 'dashboard',
    id: 'sales-today',
    where: {},
    wall: false,
  });
  expect([flag.read('1'), flag.read('0'), flag.read(null)]).toEqual([true, false, false]);
});
