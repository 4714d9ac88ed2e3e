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
import { READER_TOKEN, missingOf, TEAMS, TOKEN } from './site.ts';
import type { Shared } from '../shared-site.ts';
import type { Shop } from './site.ts';

const LIGHT: Looks = { language: 'en-GB', scheme: 'light' };
const DARK_CHINESE: Looks = { language: 'zh-CN', scheme: 'dark' };
const DAYS = 14;

let shop: Shop;
let browser: Browser;
let page: Page;
let watch: Watch;

const go = async (to: string, on: Page = page): Promise<void> => {
  await on.goto(`${shop.url}/${to}`);
};
/** The field of a team, so many days ago. */
const cell = (team: number, daysAgo: number, on: Page = page) =>
  on.locator('.entry-grid tbody tr').nth(daysAgo).locator('input').nth(team);
const statusOf = (on: Page = page): Promise<string | null> =>
  on.locator('.entry-layout [role="status"]').textContent();
/** Values of a team by day, as everyone reads them. */
const valueOf = async (team: string, daysAgo: number): Promise<string | null | undefined> => {
  type Answer = { series: { labels: { team: string }; points: { value: string | null }[] }[] };
  const path = `/v1/metrics/staff-on-duty/values?grain=day&by=team&from=${dayStart(daysAgo)}`;
  const { series } = await shop.api<Answer>(path);
  return series.find(({ labels }) => labels.team === team)?.points[0]?.value;
};
const dayStart = (daysAgo: number): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' }).format(
    Date.now() - daysAgo * 86_400_000,
  );

export function describeEntries(shared: () => Shared<Shop>): void {
  describe('manual entries in a browser', () => {
    beforeAll(async () => {
      ({ site: shop, browser } = shared());
      page = await (await openContext(browser, LIGHT, TOKEN)).newPage();
      watch = watchPage(page);
    });
    afterAll(() => page?.context().close());

    it('lists what there is to enter, and how much of it is missing', async () => {
      await go('#/entries');
      const item = page.locator('.dashboard-item', { hasText: 'Staff on duty' });
      await expect
        .poll(() => item.textContent(), SOON)
        .toContain(`${missingOf(DAYS - 1)} values are missing`);
      expect(await axeViolations(page)).toEqual([]);
      await keepScreenshot(page, 'entries-light-en-desktop');
      await item.click();
      await expect.poll(() => page.url(), SOON).toContain('#/entries/staff-on-duty');
    });

    it('takes values from the keyboard, window after window', async () => {
      await expect
        .poll(() => page.locator('.entry-grid input').count(), SOON)
        .toBe(DAYS * TEAMS.length);
      await cell(0, 1).focus();
      for (const value of ['14', '12', '13']) {
        await page.keyboard.type(value);
        await page.keyboard.press('Enter');
      }
      await expect.poll(() => cell(0, 3).getAttribute('class'), SOON).toContain('entry-entered');
      expect(await page.locator(':focus').getAttribute('aria-label')).toContain('Warehouse');
      await expect.poll(() => valueOf('Warehouse', 2), SOON).toBe('12');
      await expect
        .poll(() => statusOf(), SOON)
        .toBe(`${missingOf(DAYS - 1) - 3} values are missing`);
    });

    it('keeps the note of a correction, and what was there before', async () => {
      await cell(0, 2).click();
      await page.getByLabel('Note').fill('two came back from training');
      await cell(0, 2).fill('15');
      await cell(0, 2).press('Enter');
      await expect.poll(() => valueOf('Warehouse', 2), SOON).toBe('15');
      await cell(0, 2).click();
      const history = page.locator('.entry-history li');
      await expect.poll(() => history.count(), SOON).toBe(2);
      expect(await history.first().textContent()).toContain('two came back from training');
      await expect.poll(() => history.first().textContent(), SOON).toContain('Sophie Laurent');
      expect(await history.nth(1).textContent()).toContain('12');
      await expect.poll(() => cell(0, 2).getAttribute('class'), SOON).toContain('entry-corrected');
    });

    it('says why a value is refused, and keeps what was typed', async () => {
      await cell(1, 1).click();
      await cell(1, 1).fill('12.5');
      await cell(1, 1).press('Enter');
      await expect.poll(() => cell(1, 1).getAttribute('aria-invalid'), SOON).toBe('true');
      await cell(1, 1).click();
      await expect
        .poll(() => page.getByRole('alert').textContent(), SOON)
        .toContain('0 decimal places');
      expect(await cell(1, 1).inputValue()).toBe('12.5');
      expect(await axeViolations(page)).toEqual([]);
      await keepScreenshot(page, 'entries-sheet-light-en-desktop');
      await cell(1, 1).fill('12');
      await cell(1, 1).press('Enter');
      await expect.poll(() => valueOf('Packing', 1), SOON).toBe('12');
    });

    it('shows what somebody else enters, without a reload', async () => {
      await page.evaluate('window.isStillHere = true');
      await shop.enter('Customer service', 1, '9');
      await expect.poll(() => cell(2, 1).inputValue(), SOON).toBe('9');
      expect(await page.evaluate('window.isStillHere === true')).toBe(true);
    });

    it('lets those only read who may not enter', async () => {
      const context = await openContext(browser, LIGHT, READER_TOKEN);
      const reader = await context.newPage();
      await go('#/entries/staff-on-duty', reader);
      await expect
        .poll(() => reader.locator('.notice').first().textContent(), SOON)
        .toContain('Customer service');
      expect(await cell(0, 2, reader).getAttribute('readonly')).not.toBeNull();
      await context.close();
    });

    it('reads well in Chinese and dark, and on a phone', async () => {
      const context = await openContext(browser, DARK_CHINESE, TOKEN);
      const chinese = await context.newPage();
      await go('#/entries/staff-on-duty', chinese);
      await expect
        .poll(() => chinese.locator('.entry-grid input').count(), SOON)
        .toBeGreaterThan(5);
      await cell(0, 2, chinese).click();
      await expect.poll(() => chinese.locator('.entry-history li').count(), SOON).toBe(2);
      expect(await axeViolations(chinese)).toEqual([]);
      await keepScreenshot(chinese, 'entries-sheet-dark-zh-desktop');
      await context.close();
      const small = await openContext(browser, { ...LIGHT, viewport: PHONE }, TOKEN);
      const phone = await small.newPage();
      await go('#/entries/staff-on-duty', phone);
      await expect.poll(() => phone.locator('.entry-grid input').count(), SOON).toBeGreaterThan(5);
      expect(await phone.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        PHONE.width,
      );
      await keepScreenshot(phone, 'entries-sheet-light-en-phone');
      await small.close();
      expect(watch.complaints.filter((one) => !one.includes('400'))).toEqual([]);
    });
  });
}
