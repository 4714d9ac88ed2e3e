import { expect, test } from 'vitest';
import {
  nextHanging,
  wallPages,
} from '../../../../../../services/console/web/pages/dashboards/wall-pages.ts';

const chart = (width: number, height: number) => ({ type: 'chart', width, height }) as const;
const words = (width: number, height = 2) => ({ type: 'text', width, height }) as const;
const share = (height: number): string => `minmax(min-content, ${String(height)}fr)`;

test('rows share the height of a wall as their highest panels say, words take what they need', () => {
  const panels = [chart(8, 4), chart(4, 3), chart(6, 2), chart(6, 3), words(12)];
  expect(wallPages(panels, 1)).toEqual([{ panels, rows: `${share(4)} ${share(3)} auto` }]);
});

test('a panel that finds no room in a row begins the next, and words beside a chart are as high as it', () => {
  const [page] = wallPages([chart(8, 2), chart(6, 1), words(6, 9)], 1);
  expect(page?.rows).toBe(`${share(2)} ${share(1)}`);
  expect(wallPages([], 1)).toEqual([]);
});

test('several screens are about equally full, and hold every panel once and in order', () => {
  const panels = [chart(12, 4), chart(12, 1), chart(12, 1), chart(12, 2), chart(12, 4)];
  const heights = (count: number): readonly (readonly number[])[] =>
    wallPages(panels, count).map((page) => page.panels.map(({ height }) => height));
  expect(heights(2)).toEqual([
    [4, 1, 1],
    [2, 4],
  ]);
  expect(heights(3)).toEqual([[4], [1, 1, 2], [4]]);
  expect(heights(99)).toHaveLength(5);
});

test('words stay with what they introduce, those at the end with what is before them', () => {
  const panels = [words(12), chart(12, 2), words(12), words(12), chart(12, 2), words(12)];
  expect(wallPages(panels, 9).map((page) => page.panels.length)).toEqual([2, 4]);
  expect(wallPages([words(12)], 9)).toEqual([{ panels: [words(12)], rows: 'auto' }]);
});

test('what does not fit is drawn smaller as long as it reads well, then takes another screen', () => {
  const blocks = 2;
  const fit = (count: number, scale: number, content: number) =>
    nextHanging({ count, scale }, { content, screen: 1_080, blocks });
  expect(fit(1, 1, 1_080)).toEqual({ count: 1, scale: 1 });
  expect(fit(1, 1, 1_200)).toEqual({ count: 1, scale: 0.9 });
  expect(fit(1, 0.9, 1_081)).toEqual({ count: 1, scale: 0.89 });
  expect(fit(1, 0.9, 1_300)).toEqual({ count: 2, scale: 1 });
  // No row is cut in two: the last resort is to draw it as small as it must be.
  expect(fit(2, 1, 2_160)).toEqual({ count: 2, scale: 0.5 });
  expect(fit(2, 0.3, 9_000)).toEqual({ count: 2, scale: 0.3 });
});
