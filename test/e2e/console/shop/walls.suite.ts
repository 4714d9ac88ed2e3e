import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { SOON, axeViolations, keepScreenshot, openContext } from '../../../support/browser.ts';
import type { Shared } from '../shared-site.ts';
import { TOKEN } from './site.ts';
import type { Shop } from './site.ts';
import { WALLS } from './walls.ts';

const SCREENS = [
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
  { width: 3840, height: 2160 },
] as const;
/** How long a screen of several hangs, with a second to spare. */
const TURN_MS = 21_000;

/** Titles of the panels of the screen that is seen: those that are whole, and those of which something is cut off. */
const SEEN = `(() => {
  const seen = { whole: [], cut: [] };
  const isIn = (inner, outer) =>
    inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1 &&
    inner.left >= outer.left - 1 && inner.right <= outer.right + 1;
  const screen = { top: 0, left: 0, right: innerWidth, bottom: innerHeight };
  for (const panel of document.querySelectorAll('.panel[aria-label]')) {
    if (getComputedStyle(panel).visibility === 'hidden') continue;
    const box = panel.getBoundingClientRect();
    const parts = [...panel.querySelectorAll('.sparkline, canvas, td, .member-name, .number, .value-window')];
    const isWhole = isIn(box, screen) && parts.every((part) => isIn(part.getBoundingClientRect(), box)) &&
      [...panel.querySelectorAll('.sparkline, canvas')].every((part) => part.getBoundingClientRect().height >= 15);
    seen[isWhole ? 'whole' : 'cut'].push(panel.getAttribute('aria-label'));
  }
  return seen;
})()`;
/** Notes with each canvas how large it wrote last, in pixels of the page. */
const NOTES_LETTERS = `(() => {
  const write = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (...all) {
    this.canvas.dataset.letters = String(parseFloat(this.font) / devicePixelRatio);
    return write.apply(this, all);
  };
})()`;
const LETTERS = `Math.max(...[...document.querySelectorAll('canvas')].map(({ dataset }) => Number(dataset.letters)))`;
/** Of what a letter of the page is, rounded to what a design would say; each once. */
const SHARES_OF_LETTERS = `[...new Set([...document.querySelectorAll('canvas')].map(({ dataset }) =>
  Math.round(Number(dataset.letters) / parseFloat(getComputedStyle(document.documentElement).fontSize) * 10_000) / 10_000))]`;
const scaleOf = (page: Page): Promise<number> =>
  page.evaluate<number>(`Number(document.documentElement.style.getPropertyValue('--wall-scale'))`);
type Seen = { readonly whole: readonly string[]; readonly cut: readonly string[] };

export function describeWalls(shared: () => Shared<Shop>): void {
  describe('dashboards on walls', () => {
    let shop: Shop;
    let browser: Browser;
    beforeAll(() => {
      ({ site: shop, browser } = shared());
    });

    /** What hangs once nothing loads and the screens are shared out. */
    const hung = async (page: Page, panels: number): Promise<Seen> => {
      await expect.poll(() => page.locator('.panel[aria-label]').count(), SOON).toBe(panels);
      await expect.poll(() => page.locator('.panel .skeleton').count(), SOON).toBe(0);
      await expect
        .poll(() => page.evaluate('document.documentElement.scrollHeight <= innerHeight'), SOON)
        .toBe(true);
      await expect.poll(async () => (await page.evaluate<Seen>(SEEN)).cut, SOON).toEqual([]);
      return page.evaluate<Seen>(SEEN);
    };

    for (const panels of WALLS)
      for (const viewport of SCREENS)
        it(`${panels} panels are shown whole, on one screen or by turns, at ${viewport.width} × ${viewport.height}`, async () => {
          const language = viewport.width === 1366 ? 'zh-CN' : 'en-GB';
          const context = await openContext(browser, { language, scheme: 'dark', viewport }, TOKEN);
          const page = await context.newPage();
          await page.clock.install();
          await page.goto(`${shop.url}/#/dashboards/wall-${panels}?wall=1`);
          const seen = new Set<string>();
          const turner = page.locator('.dashboard-tools .button[aria-pressed=false]').first();
          for (let at = 0; at < panels && seen.size < panels; at++) {
            if (at > 0) {
              const before = await turner.textContent();
              await page.clock.fastForward(TURN_MS);
              await expect.poll(() => turner.textContent(), SOON).not.toBe(before);
            }
            for (const title of (await hung(page, panels)).whole) seen.add(title);
            // As small as it must be is for what nothing else helps.
            expect(await scaleOf(page)).toBeGreaterThanOrEqual(0.8);
            if (at < 2)
              await keepScreenshot(page, `wall-${panels}-${viewport.width}-screen-${at + 1}`);
          }
          expect(seen.size).toBe(panels);
          await context.close();
        });

    it('letters of charts are as large as those beside them, also where all is drawn smaller', async () => {
      const context = await openContext(
        browser,
        { language: 'en-GB', scheme: 'light', viewport: SCREENS[2] },
        TOKEN,
      );
      await context.addInitScript(NOTES_LETTERS);
      const page = await context.newPage();
      for (const panels of [4, 16] as const) {
        await page.goto(`${shop.url}/#/dashboards/wall-${panels}?wall=1`);
        await page.reload();
        await hung(page, panels);
        const shares = (): Promise<readonly number[]> => page.evaluate(SHARES_OF_LETTERS);
        await expect.poll(shares, SOON).toEqual([0.6875]);
        expect(await page.evaluate(LETTERS)).toBeGreaterThan(20);
      }
      await context.close();
    });

    it('turns by arrow keys, and stays where somebody holds it', async () => {
      const [viewport] = SCREENS;
      const context = await openContext(
        browser,
        { language: 'en-GB', scheme: 'light', viewport },
        TOKEN,
      );
      const page = await context.newPage();
      await page.clock.install();
      await page.goto(`${shop.url}/#/dashboards/wall-16?wall=1`);
      const first = await hung(page, 16);
      const turner = page.locator('.dashboard-tools .button').first();
      await expect.poll(() => turner.textContent(), SOON).toMatch(/^1 of \d · hold$/);
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => turner.textContent(), SOON).toMatch(/^2 of /);
      expect((await hung(page, 16)).whole).not.toEqual(first.whole);
      await page.keyboard.press('ArrowLeft');
      await turner.click();
      await expect.poll(() => turner.textContent(), SOON).toMatch(/^1 of \d · held$/);
      await page.clock.fastForward(TURN_MS);
      expect((await hung(page, 16)).whole).toEqual(first.whole);
      expect(await axeViolations(page)).toEqual([]);
      await context.close();
    });
  });
}
