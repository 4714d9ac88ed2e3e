import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  PHONE,
  SOON,
  keepScreenshot,
  openContext,
  axeViolations,
  watchPage,
} from '../../../support/browser.ts';
import type { Looks, Watch } from '../../../support/browser.ts';
import { TOKEN } from './site.ts';
import type { Shared } from '../shared-site.ts';
import type { Shop } from './site.ts';
import { WALLS } from './walls.ts';

const LIGHT: Looks = { language: 'en-GB', scheme: 'light' };
const DARK_CHINESE: Looks = { language: 'zh-CN', scheme: 'dark' };

let shop: Shop;
let browser: Browser;
let page: Page;
let watch: Watch;

const go = async (to: string, on: Page = page): Promise<void> => {
  await on.goto(`${shop.url}/${to}`);
};
const panel = (title: string, on: Page = page) => on.locator(`.panel[aria-label="${title}"]`);
const numberOf = (title: string, on: Page = page): Promise<string | null> =>
  panel(title, on).locator('.number-panel').getAttribute('data-value');
/** All panels show what they have; none loads, none failed. */
const settled = async (on: Page = page): Promise<void> => {
  await expect.poll(() => on.locator('.panel').count(), SOON).toBeGreaterThan(5);
  await expect.poll(() => on.locator('.panel .skeleton').count(), SOON).toBe(0);
  expect(await on.locator('.panel .notice-bad').count()).toBe(0);
};

export function describeDashboards(shared: () => Shared<Shop>): void {
  describe('dashboards in a browser', () => {
    beforeAll(async () => {
      ({ site: shop, browser } = shared());
      page = await (await openContext(browser, LIGHT, TOKEN)).newPage();
      watch = watchPage(page);
    });
    afterAll(() => page?.context().close());

    it('lists those of the catalogue', async () => {
      await go('#/dashboards');
      await expect.poll(() => page.locator('.dashboard-item').count(), SOON).toBe(2 + WALLS.length);
      await expect
        .poll(() => page.locator('.dashboard-item', { hasText: 'Sales today' }).textContent(), SOON)
        .toContain('9 panels');
      expect(await axeViolations(page)).toEqual([]);
      await keepScreenshot(page, 'dashboards-light-en-desktop');
      await page.getByText('Sales today').click();
      await expect.poll(() => page.url(), SOON).toContain('#/dashboards/sales-today');
    });

    it('shows charts, values, tables and words, and moves with the stream', async () => {
      await settled();
      await expect.poll(() => page.locator('.panel canvas').count(), SOON).toBeGreaterThan(1);
      await expect
        .poll(() => panel('Net sales by country').locator('tbody tr').count(), SOON)
        .toBe(5);
      await expect.poll(() => numberOf('Net sales'), SOON).not.toBe('');
      await expect
        .poll(() => panel('Net sales').first().textContent(), SOON)
        .toMatch(/Target £3,000,000.00, \d+% reached/);
      expect(await panel('Orders').first().textContent()).not.toContain('Target');
      await page.evaluate('window.isStillHere = true');
      const before = await numberOf('Net sales');
      await shop.sell({ country: 'France', quantity: 2, price: '5000.000' });
      await expect.poll(() => numberOf('Net sales'), SOON).not.toBe(before);
      const first = panel('Net sales by country').locator('tbody tr').first();
      await expect.poll(() => first.textContent(), SOON).toContain('France');
      expect(await page.evaluate('window.isStillHere === true')).toBe(true);
      expect(await axeViolations(page)).toEqual([]);
      await keepScreenshot(page, 'dashboard-light-en-desktop');
    });

    it('holds range and filter in its link, and says what a filter cannot reach', async () => {
      await page.getByRole('radio', { name: '7 d' }).check();
      await page.locator('.dashboard-controls select').first().selectOption('France');
      await expect.poll(() => page.url(), SOON).toContain('range=P7D');
      await expect
        .poll(() => decodeURIComponent(decodeURIComponent(page.url())), SOON)
        .toContain('country:France');
      await expect
        .poll(() => panel('Net sales').locator('.panel-note').textContent(), SOON)
        .toBe('France');
      await expect
        .poll(() => panel('Net sales by country').locator('tbody tr').count(), SOON)
        .toBe(1);
      const other = await page.context().newPage();
      await go(new URL(page.url()).hash, other);
      await settled(other);
      // Both move with the stream.
      const areSame = async (): Promise<boolean> =>
        (await numberOf('Net sales', other)) === (await numberOf('Net sales'));
      await expect.poll(areSame, SOON).toBe(true);
      await other.close();
      await go('#/dashboards/service-quality?where=country:France');
      await settled();
      await expect
        .poll(() => panel('Staff on duty').locator('.panel-head').textContent(), SOON)
        .toContain('not kept by country');
    });

    it('marks what rests on entries, and draws the tree with its operators', async () => {
      await go('#/dashboards/service-quality');
      await settled();
      expect(await panel('Staff on duty').locator('.pill').textContent()).toBe('Manual');
      const trees = page.locator('.panel-tree');
      await expect
        .poll(() => trees.nth(1).locator('.branch').allTextContents(), SOON)
        .toHaveLength(3);
      expect(await trees.nth(1).locator('.branch-operator').allTextContents()).toContain('÷');
      await expect
        .poll(() => panel('Staff on duty by team').locator('.members > li').count(), SOON)
        .toBe(3);
      expect(await page.locator('.prose li').first().textContent()).toContain('Cancel rate');
      expect(await axeViolations(page)).toEqual([]);
      await keepScreenshot(page, 'dashboard-service-light-en-desktop');
    });

    it('hangs on a wall by a key, without the frame, and comes down again', async () => {
      await go('#/dashboards/sales-today');
      await settled();
      const isFullscreen = (): Promise<unknown> =>
        page.evaluate('document.fullscreenElement !== null');
      await page.keyboard.press('f');
      await expect.poll(() => page.locator('.header').isVisible(), SOON).toBe(false);
      await expect.poll(isFullscreen, SOON).toBe(true);
      // Nobody scrolls a wall.
      await page.setViewportSize({ width: 1920, height: 1080 });
      const fits = (): Promise<unknown> =>
        page.evaluate('document.documentElement.scrollHeight <= innerHeight');
      await expect.poll(fits, SOON).toBe(true);
      await keepScreenshot(page, 'dashboard-wall-light-en');
      await page.keyboard.press('F');
      await expect.poll(() => page.locator('.header').isVisible(), SOON).toBe(true);
      await expect.poll(isFullscreen, SOON).toBe(false);
    });

    it('reads well in Chinese and dark, on a wall, and on a phone', async () => {
      const context = await openContext(browser, DARK_CHINESE, TOKEN);
      const chinese = await context.newPage();
      await go('#/dashboards/sales-today?wall=1', chinese);
      await settled(chinese);
      expect(await chinese.locator('h1').textContent()).toBe('今日销售');
      await expect.poll(() => chinese.title(), SOON).toBe('今日销售 · Tidemark');
      await expect
        .poll(() => chinese.locator('.table thead').first().textContent(), SOON)
        .toContain('国家');
      expect(await chinese.locator('.number-unit').allTextContents()).toContain('单');
      await keepScreenshot(chinese, 'dashboard-wall-dark-zh');
      await go('#/dashboards/service-quality', chinese);
      await settled(chinese);
      expect(await axeViolations(chinese)).toEqual([]);
      await keepScreenshot(chinese, 'dashboard-service-dark-zh-desktop');
      await context.close();
      const small = await openContext(browser, { ...LIGHT, viewport: PHONE }, TOKEN);
      const phone = await small.newPage();
      await go('#/dashboards/sales-today', phone);
      await settled(phone);
      expect(await phone.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        PHONE.width,
      );
      await keepScreenshot(phone, 'dashboard-light-en-phone');
      await small.close();
    });

    it('draws beside a chart what it is set against, and says so', async () => {
      await go('#/dashboards/wall-9');
      await settled();
      expect(await panel('Panel 1').locator('.panel-note').textContent()).toBe(
        'by minute · dotted: the window before',
      );
      const chart = panel('Panel 1').getByRole('slider');
      await chart.press('End');
      await expect
        .poll(() => chart.getAttribute('aria-valuetext'), SOON)
        .toMatch(/^the window before: £[\d,.]+$/m);
      await keepScreenshot(page, 'dashboard-compare-light-en-desktop');
    });

    it('says so where there is no such dashboard', async () => {
      await go('#/dashboards/none');
      await expect
        .poll(() => page.locator('.empty').textContent(), SOON)
        .toContain('no dashboard “none”');
      expect(await axeViolations(page)).toEqual([]);
      // The browser tells of the answer 404, and of nothing else.
      expect(watch.complaints.filter((one) => !one.includes('404'))).toEqual([]);
    });
  });
}
