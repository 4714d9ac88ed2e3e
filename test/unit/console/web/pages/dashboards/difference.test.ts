import { h } from 'preact';
import { expect, test, vi } from 'vitest';
import type { Point } from '../../../../../../services/console/core/answers.ts';
import { comparedPoint } from '../../../../../../services/console/web/data/compare.ts';
import {
  DifferenceView,
  differenceOf,
} from '../../../../../../services/console/web/pages/dashboards/difference.ts';
import { openDrawing } from '../../../../../support/drawing.ts';

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

test('the change of another window than the one shown stands behind that window’s own number', async () => {
  vi.stubGlobal('navigator', { languages: ['en-GB'] });
  const page = openDrawing();
  const shownFor = async (window?: string): Promise<string> => {
    const unit = { code: 'GBP', scale: 2 };
    const props = { compare: 'previous', direction: 'up', unit, window } as const;
    await page.draw(h(DifferenceView, { ...props, difference: differenceOf(before, 'previous') }));
    return page.text();
  };
  expect(await shownFor('Tue, 24 Nov 2026')).toBe(
    'Tue, 24 Nov 2026: £150.00 · ▲ 50% against the window before',
  );
  expect(await shownFor()).toBe('▲ 50% against the window before');
});
