import type { Browser, Page } from 'playwright-core';
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

let site: OverviewSite;
let browser: Browser;
let page: Page;

export function describeHome(shared: () => Shared<OverviewSite>): void {
  describe('the home page', () => {
    beforeAll(async () => {
      ({ site, browser } = shared());
      page = await (await openContext(browser, LIGHT, TOKENS.maria)).newPage();
    });
    afterAll(() => page?.context().close());

    it('shows the metrics that are the reader’s, and says why they are', async () => {
      await page.goto(`${site.url}/`);
      const rows = page.locator('.home-table tbody tr');
      await expect.poll(() => rows.count(), SOON).toBe(2);
      const row = (metric: string): Promise<string | null> =>
        page.locator(`[data-metric=${metric}]`).textContent();
      await expect.poll(() => row('earned'), SOON).toContain('accountable');
      await expect.poll(() => row('basket'), SOON).toContain('owner');
    });

    it('moves the number when something is sold, without a reload', async () => {
      await page.evaluate('window.isStillHere = true');
      const value = page.locator('[data-metric=earned] .number-row');
      const shown = (): Promise<string | null> => value.getAttribute('data-value');
      const before = Number(await site.earnedToday());
      await expect.poll(shown, SOON).toBe(before.toFixed(2));
      await site.sell({ quantity: 5, price: '25.500' });
      await site.sell({ quantity: -1, price: '25.500', cancels: true });
      await expect.poll(shown, SOON).toBe((before + 102).toFixed(2));
      expect(await page.evaluate('window.isStillHere === true')).toBe(true);
    });

    it('tells which day was corrected', async () => {
      await page.reload();
      const corrected = page.locator('.home-since', { hasText: 'Days that were corrected' });
      await expect.poll(() => corrected.textContent(), SOON).toContain('£500.00');
    });

    it('says that all is well, or what is not', async () => {
      await expect
        .poll(() => page.locator('.health-well').textContent(), SOON)
        .toContain('Every event is accounted for');
    });

    it('lets an alert of mine be acknowledged in place', async () => {
      // Both in one hour, whatever hour has begun since: without a sale it has no value to judge.
      await site.sell({ quantity: 1, price: '1.000' });
      await site.sell({ quantity: -90, price: '10.000', cancels: true });
      const alert = page.locator('.home-alert', { hasText: 'Little is earned' });
      await expect.poll(() => alert.count(), SOON).toBe(1);
      // Of a source that is silent meanwhile there may be another one.
      await expect
        .poll(() => page.locator('.health-ill').textContent(), SOON)
        .toMatch(/Critical alerts firing: [12]/);
      await alert.getByRole('button', { name: /^Acknowledge/ }).click();
      await expect
        .poll(() => alert.getByRole('button', { name: /Withdraw/ }).count(), SOON)
        .toBe(1);
    });

    it('shows core metrics to whom none belongs, and says so', async () => {
      const context = await openContext(browser, LIGHT, TOKENS.guest);
      const guest = await context.newPage();
      await guest.goto(`${site.url}/`);
      await guest.getByRole('heading', { name: 'Core metrics' }).waitFor();
      await guest.locator('[data-metric=net-sales]').waitFor();
      await context.close();
    });

    it.each([
      { language: 'en-GB', scheme: 'light', viewport: DESKTOP, name: 'light-en-desktop' },
      { language: 'zh-CN', scheme: 'dark', viewport: PHONE, name: 'dark-zh-phone' },
    ] as const)('can be read by everyone: $name', async ({ name, ...looks }) => {
      const context = await openContext(browser, looks, TOKENS.maria);
      const seen = await context.newPage();
      await seen.goto(`${site.url}/`);
      await seen.locator('.home-table .number-row').first().waitFor();
      expect(await axeViolations(seen)).toEqual([]);
      const overflow = await seen.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(overflow).toBeLessThanOrEqual(0);
      await keepScreenshot(seen, `home-${name}`);
      await context.close();
    });
  });
}
