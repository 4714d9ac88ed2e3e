import { expect, it } from 'vitest';
import type { Point } from '../../../../../services/console/core/answers.ts';
import { reachedOf } from '../../../../../services/console/web/data/target.ts';

const point = (value: string | null, target?: string): Point => ({
  start: '2026-11-25T12:00:00.000Z',
  end: '2026-11-25T13:00:00.000Z',
  value,
  count: 1,
  state: 'open',
  revision: 0,
  completeness: 1,
  ...(target === undefined ? {} : { target }),
});

it('says how much of the target is there, where that is a share', () => {
  expect(reachedOf(point('85.99', '100.00'))).toBe(0.8599);
  expect(reachedOf(point('230.00', '100.00'))).toBe(2.3);
  expect(reachedOf(point(null, '100.00'))).toBeUndefined();
  expect(reachedOf(point('1.00', '0.00'))).toBeUndefined();
  expect(reachedOf(point('1.00', '-5.00'))).toBeUndefined();
  expect(reachedOf(point('1.00'))).toBeUndefined();
});
