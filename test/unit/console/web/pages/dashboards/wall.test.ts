import { expect, test } from 'vitest';
import {
  wallRows,
  wallScale,
} from '../../../../../../services/console/web/pages/dashboards/wall.ts';

const chart = (width: number, height: number) => ({ type: 'chart', width, height }) as const;
const words = (width: number, height = 2) => ({ type: 'text', width, height }) as const;
const share = (height: number): string => `minmax(min-content, ${String(height)}fr)`;

test('rows share the height of a wall as their highest panels say, words take what they need', () => {
  const panels = [chart(8, 4), chart(4, 3), chart(6, 2), chart(6, 3), words(12)];
  expect(wallRows(panels)).toBe(`${share(4)} ${share(3)} auto`);
});

test('a panel that finds no room in a row begins the next, and words beside a chart are as high as it', () => {
  expect(wallRows([chart(8, 2), chart(6, 1), words(6, 9)])).toBe(`${share(2)} ${share(1)}`);
  expect(wallRows([])).toBe('');
});

test('what does not fit the screen is drawn smaller, as long as it can be read', () => {
  expect(wallScale(1, { content: 1_080, screen: 1_080 })).toBe(1);
  expect(wallScale(1, { content: 1_350, screen: 1_080 })).toBe(0.8);
  expect(wallScale(0.8, { content: 1_200, screen: 1_080 })).toBeCloseTo(0.72);
  expect(wallScale(0.8, { content: 9_000, screen: 1_080 })).toBe(0.6);
});
