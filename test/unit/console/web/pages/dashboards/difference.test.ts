import { expect, test } from 'vitest';
import type { Point } from '../../../../../../services/console/core/answers.ts';
import { comparedPoint } from '../../../../../../services/console/web/data/compare.ts';
import { differenceOf } from '../../../../../../services/console/web/pages/dashboards/difference.ts';

const day = (date: number, value: string, state: Point['state']): Point =>
  ({
    start: `2026-11-${date}T00:00:00.000Z`,
    value,
    state,
    compare: { previous: { value: '100.00' } },
  }) as unknown as Point;
const before = day(24, '150.00', 'closed');
const today = day(25, '40.00', 'open');

test('an open window is not set against a whole one', () => {
  expect(differenceOf(today, 'previous')).toBeUndefined();
  expect(differenceOf(before, 'previous')).toMatchObject({ sign: 1, share: 0.5 });
});

test('while the window is open the newest that is past is compared in its place', () => {
  const still = day(23, '1.00', 'open');
  expect(comparedPoint([before, today], today)).toBe(before);
  expect(comparedPoint([before], before)).toBe(before);
  expect(comparedPoint([still, today], today)).toBeUndefined();
  expect(comparedPoint([], undefined)).toBeUndefined();
});
