import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DESKTOP,
  PHONE,
  keepScreenshot,
  launchBrowser,
  openContext,
  seriousViolations,
} from '../../support/browser.ts';
import type { Looks } from '../../support/browser.ts';
import { lacks } from '../../support/optional.ts';
import { TOKENS, startOverviewSite } from './overview-site.ts';
import type { OverviewSite } from './overview-site.ts';

const SOON = { timeout: 30_000, interval: 100 };
const DAY_MS = 86_400_000;
const LIGHT: Looks = { language: 'en-GB', scheme: 'light' };

let site: OverviewSite;
let browser: Browser;
let page: Page;

describe.skipIf(lacks('browser'))('the home page', () => {
  beforeAll(async () => {
    site = await startOverviewSite('home');
    browser = await launchBrowser();
    page = await (await openContext(browser, LIGHT, TOKENS.maria)).newPage();
    await site.sell({ quantity: 10, price: '50.000', agoMs: DAY_MS, historical: true });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  it('shows the metrics that are the reader’s, and says why they are', async () => {
    await page.goto(`${site.url}/`);
    const rows = page.locator('.home-table tbody tr');
    await expect.poll(() => rows.count(), SOON).toBe(2);
    expect(await page.locator('[data-metric=earned]').textContent()).toContain('accountable');
    expect(await page.locator('[data-metric=basket]').textContent()).toContain('owner');
  });

  it('moves the number when something is sold, without a reload', async () => {
    await page.evaluate('window.isStillHere = true');
    await site.sell({ quantity: 5, price: '25.500' });
    // Nothing cancelled yet is not known to be 0 while the day runs: what was earned would have no value.
    await site.sell({ quantity: -1, price: '25.500', cancels: true });
    const value = page.locator('[data-metric=earned] .number-row');
    await expect.poll(() => value.getAttribute('data-value'), SOON).toBe('102.00');
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
    await alert.getByRole('button', { name: /^Acknowledge/ }).click();
    await expect.poll(() => alert.getByRole('button', { name: /Withdraw/ }).count(), SOON).toBe(1);
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
    expect(await seriousViolations(seen)).toEqual([]);
    const overflow = await seen.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    await keepScreenshot(seen, `home-${name}`);
    await context.close();
  });
});
