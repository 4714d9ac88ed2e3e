import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DESKTOP,
  PHONE,
  SOON,
  keepScreenshot,
  openContext,
  axeViolations,
} from '../../../support/browser.ts';
import type { Looks } from '../../../support/browser.ts';
import { TOKENS } from './site.ts';
import type { Shared } from '../shared-site.ts';
import type { OverviewSite } from './site.ts';

const LIGHT: Looks = { language: 'en-GB', scheme: 'light' };
const BASKET = '/objective:profitable-growth/basket';

let site: OverviewSite;
let browser: Browser;
let page: Page;

const row = (path: string): Locator => page.locator(`[data-path="${path}"]`);
const effect = async (path: string): Promise<number> =>
  Number(await row(path).locator('[data-effect]').getAttribute('data-effect'));

/** Of the site's first sales alone: it comes before whatever sells. */
export function describeTree(shared: () => Shared<OverviewSite>): void {
  describe('the tree of metrics', () => {
    beforeAll(async () => {
      ({ site, browser } = shared());
      page = await (await openContext(browser, LIGHT, TOKENS.maria)).newPage();
    });
    afterAll(() => page?.context().close());

    it('goes down from objectives to drivers, each with its operator', async () => {
      await page.goto(`${site.url}/#/tree`);
      await expect.poll(() => row(`${BASKET}/orders`).count(), SOON).toBe(1);
      expect(await row(`${BASKET}/orders`).textContent()).toContain('divisor');
      expect(await row(`${BASKET}/customers`).textContent()).toContain('influence');
      expect(await row('/objective:/earned/cancelled-sales').textContent()).toContain('subtracted');
    });

    it('shows effects that add up to the change of the metric above', async () => {
      await expect.poll(() => row(BASKET).textContent(), SOON).toContain('£100.00');
      await expect
        .poll(() => row(`${BASKET}/orders`).locator('[data-effect]').count(), SOON)
        .toBe(1);
      const parts = ['gross-sales', 'cancelled-sales', 'orders'];
      const sum = async (): Promise<number> => {
        const effects = await Promise.all(parts.map((id) => effect(`${BASKET}/${id}`)));
        return effects.reduce((sum, one) => sum + one, 0);
      };
      await expect.poll(sum, SOON).toBeCloseTo(100 - 500, 6);
    });

    it('follows what is sold', async () => {
      await site.sell({ quantity: 1, price: '100.000' });
      await expect.poll(() => row('/objective:/earned').textContent(), SOON).toContain('£300.00');
    });

    it('is walked, opened and closed by keys', async () => {
      await row('/objective:loyal-customers').focus();
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => row('/objective:loyal-customers/cancel-rate').count(), SOON).toBe(0);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      const focused = (): Promise<unknown> => page.evaluate('document.activeElement.dataset.path');
      await expect.poll(focused, SOON).toBe(BASKET);
      await page.keyboard.press('Enter');
      await expect.poll(() => page.url(), SOON).toContain('#/metrics/basket');
    });

    it.each([
      { language: 'en-GB', scheme: 'light', viewport: DESKTOP, name: 'light-en-desktop' },
      { language: 'zh-CN', scheme: 'dark', viewport: PHONE, name: 'dark-zh-phone' },
    ] as const)('can be read by everyone: $name', async ({ name, ...looks }) => {
      const context = await openContext(browser, looks, TOKENS.maria);
      const seen = await context.newPage();
      await seen.goto(`${site.url}/#/tree`);
      await seen.locator('[data-effect]').first().waitFor();
      expect(await axeViolations(seen)).toEqual([]);
      const overflow = await seen.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(overflow).toBeLessThanOrEqual(0);
      await keepScreenshot(seen, `tree-${name}`);
      await context.close();
    });
  });
}
