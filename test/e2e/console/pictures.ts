import type { Page } from 'playwright-core';

/**
 * How much of the width of a canvas one line of about the named colour takes, at its longest, 0–1. Edges of lines are
 * mixed with what lies below, so that near the colour is enough.
 * @param canvas selector of it   @param colour name of a custom property of the page, without dashes
 */
export const longestLine = (page: Page, canvas: string, colour: string): Promise<number> =>
  page.evaluate(
    ([selector, name]) => {
      const drawn = document.querySelector<HTMLCanvasElement>(selector);
      const copy = document.createElement('canvas');
      const context = copy.getContext('2d', { willReadFrequently: true });
      if (!drawn || !context || drawn.width === 0) return 0;
      copy.width = drawn.width;
      copy.height = drawn.height;
      context.drawImage(drawn, 0, 0);
      const hex = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
      const wanted = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
      const { data } = context.getImageData(0, 0, drawn.width, drawn.height);
      let longest = 0;
      for (let y = 0; y < drawn.height; y++) {
        let length = 0;
        for (let x = 0; x < drawn.width; x++) {
          const at = 4 * (y * drawn.width + x);
          const isNear = wanted.every((part, k) => Math.abs((data[at + k] ?? 0) - part) < 90);
          length = isNear && (data[at + 3] ?? 0) > 128 ? length + 1 : 0;
          longest = Math.max(longest, length);
        }
      }
      return longest / drawn.width;
    },
    [canvas, colour] as const,
  );
