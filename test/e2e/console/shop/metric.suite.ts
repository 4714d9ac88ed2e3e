import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ValuesAnswer } from '../../../../services/console/core/answers.ts';
import {
  PHONE,
  SOON,
  keepScreenshot,
  openContext,
  axeViolations,
  watchPage,
} from '../../../support/browser.ts';
import type { Looks, Watch } from '../../../support/browser.ts';
import { READER_TOKEN, TOKEN } from './site.ts';
import { longestLine } from '../pictures.ts';
import type { Shared } from '../shared-site.ts';
import type { Shop } from './site.ts';
import { readZip } from '../../../support/zip-reader.ts';

const DAY_MS = 86_400_000;
const LIGHT: Looks = { language: 'en-GB', scheme: 'light' };
const DARK_CHINESE: Looks = { language: 'zh-CN', scheme: 'dark' };

let shop: Shop;
let browser: Browser;
let page: Page;
let watch: Watch;

const go = async (to: string, on: Page = page): Promise<void> => {
  await on.goto(`${shop.url}/${to}`);
  await expect.poll(() => on.locator('.chart canvas').count(), SOON).toBeGreaterThan(0);
};
const compareWith = (on: Page = page) => on.locator('.controls-chart select').last();
const rows = (on: Page = page) => on.locator('.points tbody tr');
/** The cells of a day's row, as a reader sees them. */
const cellsOf = async (index: number): Promise<readonly string[]> => {
  const texts = await rows().nth(index).locator('td').allTextContents();
  return texts.map((text) => text.trim());
};
/** Of yesterday to the day before, as the API tells it; absent until a watermark has passed the day. */
async function differenceOfYesterday(): Promise<string | null | undefined> {
  const from = new Date(Date.now() - 5 * DAY_MS).toISOString();
  const path = `/v1/metrics/net-sales/values?grain=day&from=${from}&compare=previous`;
  const { series } = await shop.api<ValuesAnswer>(path);
  const settled = series[0]?.points.findLast(({ state }) => state !== 'open');
  return settled?.compare?.previous?.difference;
}

export function describeMetric(shared: () => Shared<Shop>): void {
  describe('a metric in a browser, set beside another time', () => {
    beforeAll(async () => {
      ({ site: shop, browser } = shared());
      page = await (await openContext(browser, LIGHT, TOKEN)).newPage();
      watch = watchPage(page);
    });
    afterAll(() => page?.context().close());

    it('compares with the window before, last week and last year, and the address says so', async () => {
      await go('#/metrics/net-sales?grain=day');
      await page.locator('.points summary').click();
      await expect.poll(() => rows().count(), SOON).toBeGreaterThan(7);
      expect(await page.locator('.points thead').textContent()).not.toContain('Difference');
      await compareWith().selectOption({ label: 'Window before' });
      await expect.poll(() => page.url(), SOON).toContain('compare=previous');
      await expect
        .poll(() => page.locator('.points thead').textContent(), SOON)
        .toContain('Window beforeDifference');
      const shown = new Intl.NumberFormat('en-GB', { style: 'currency', currency: 'GBP' });
      // The days are still being counted: what the page says is what the API says, once there is something to say.
      const isAsTold = async (): Promise<boolean> => {
        const difference = await differenceOfYesterday();
        const [, , cell = ''] = await cellsOf(1);
        return difference != null && cell.startsWith(shown.format(Number(difference)));
      };
      await expect.poll(isAsTold, SOON).toBe(true);
    });

    it('says whether what must hold of it does', async () => {
      const rule = page.locator('[data-quality=plausible]');
      await expect.poll(() => rule.locator('.pill').textContent(), SOON).toBe('Holds');
      expect(await rule.textContent()).toContain('value >= 0');
    });

    it('compares no day that still runs with a whole one', async () => {
      const [, before = '', difference = ''] = await cellsOf(0);
      expect(before).toContain('£');
      expect(difference).toBe('–');
    });

    it('draws the other time as a faint line, and says so beside the number', async () => {
      await compareWith().selectOption({ label: 'Last week' });
      await expect.poll(() => page.locator('.legend').textContent(), SOON).toContain('Last week');
      await expect.poll(() => page.locator('.headline').textContent(), SOON).toContain('Last week');
      expect(await axeViolations(page)).toEqual([]);
      await keepScreenshot(page, 'metric-compare-light-en-desktop');
    });

    it('saves what is shown as CSV and for Excel', async () => {
      const csv = page.waitForEvent('download');
      await page.getByRole('button', { name: 'CSV' }).click();
      const saved = await csv;
      expect(saved.suggestedFilename()).toBe('net-sales-day.csv');
      const text = readFileSync(await saved.path(), 'utf8');
      expect(text.startsWith('\uFEFFmetric,net-sales\r\n')).toBe(true);
      expect(text).toContain('week_difference');
      const xlsx = page.waitForEvent('download');
      await page.getByRole('button', { name: 'XLSX' }).click();
      const sheet = readZip(readFileSync(await (await xlsx).path())).get(
        'xl/worksheets/sheet1.xml',
      );
      expect(sheet).toContain('week_difference');
    });

    it('shows weeks to years of the same days, in chart, table, comparison and file', async () => {
      await go('#/metrics/net-sales');
      await page.reload();
      await page.getByRole('radio', { name: 'Week' }).check();
      await expect.poll(() => page.url(), SOON).toContain('grain=week');
      await compareWith().selectOption({ label: 'Last week' });
      await page.locator('.points summary').click();
      await expect.poll(() => rows().count(), SOON).toBeGreaterThanOrEqual(13);
      await expect.poll(() => page.locator('.headline').textContent(), SOON).toContain('This week');
      // The other time of a week is there for no month, so the page does not keep it.
      await page.getByRole('radio', { name: 'Month' }).check();
      await expect
        .poll(() => page.locator('.headline').textContent(), SOON)
        .toContain('This month');
      await expect.poll(() => rows().count(), SOON).toBeGreaterThanOrEqual(12);
      expect(await compareWith().locator('option').allTextContents()).toEqual([
        'Nothing',
        'Window before',
        'Last year',
      ]);
      const month = new Intl.DateTimeFormat('en-GB', {
        timeZone: 'Europe/London',
        month: 'short',
        year: 'numeric',
      }).format(Date.now());
      expect(await rows().first().locator('th').textContent()).toBe(month);
      const valueOf = (): Promise<string | null> =>
        page.locator('.number-headline').getAttribute('data-value');
      const isAsTold = async (): Promise<boolean> => {
        const path = '/v1/metrics/net-sales/current?window=month';
        const { series } = await shop.api<ValuesAnswer>(path);
        return series[0]?.points[0]?.value === (await valueOf());
      };
      await expect.poll(isAsTold, SOON).toBe(true);
      const before = await valueOf();
      await shop.sell({ country: 'France', quantity: 1, price: '77.000' });
      await expect.poll(valueOf, SOON).not.toBe(before);
      const csv = page.waitForEvent('download');
      await page.getByRole('button', { name: 'CSV' }).click();
      expect((await csv).suggestedFilename()).toBe('net-sales-month.csv');
      expect(await axeViolations(page)).toEqual([]);
      await keepScreenshot(page, 'metric-months-light-en-desktop');
    });

    it('draws what each window is to reach, and says how much of it is there', async () => {
      await go('#/metrics/net-sales?grain=day');
      await page.reload();
      await expect.poll(() => page.locator('.legend').textContent(), SOON).toContain('Target');
      // One line at the same height over all days that have a target: nothing else in the ink of the page is so long.
      const line = (): Promise<number> => longestLine(page, '.chart canvas', 'ink');
      await expect.poll(line, SOON).toBeGreaterThan(0.5);
      const headline = (): Promise<string | null> => page.locator('.headline').textContent();
      await expect.poll(headline, SOON).toMatch(/Target£3,000,000.00\d+% reached/);
      const spoken = await page.locator('.chart').getAttribute('aria-valuetext');
      expect(spoken).toMatch(/^Target £3,000,000.00, \d+% reached$/m);
      await page.locator('.points summary').click();
      await expect
        .poll(() => page.locator('.points thead').textContent(), SOON)
        .toContain('Target');
      expect(await axeViolations(page)).toEqual([]);
      await keepScreenshot(page, 'metric-target-light-en-desktop');
      await go('#/metrics/net-sales?grain=month');
      await expect.poll(headline, SOON).toContain('This month');
      expect(await page.locator('.legend').textContent()).not.toContain('Target');
      await expect.poll(line, SOON).toBeLessThan(0.1);
    });

    it('takes notes on the time line, and one’s own back, and others see it as it happens', async () => {
      const context = await openContext(browser, LIGHT, READER_TOKEN);
      const reader = await context.newPage();
      const seen = reader.locator('[data-note]', { hasText: 'Spring sale' });
      await go('#/metrics/net-sales?grain=day', reader);
      await expect.poll(() => reader.locator('.light-live').count(), SOON).toBe(1);
      await go('#/metrics/net-sales?grain=day');
      await page.reload();
      await page.getByRole('textbox', { name: 'Note' }).fill('Spring sale');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      const note = page.locator('[data-note]', { hasText: 'Spring sale' });
      await expect.poll(() => note.count(), SOON).toBe(1);
      await expect.poll(() => note.textContent(), SOON).toContain('Sophie Laurent');
      expect(await page.locator('.legend').textContent()).toContain('Note');
      await page.getByRole('slider').press('End');
      await expect
        .poll(() => page.getByRole('slider').getAttribute('aria-valuetext'), SOON)
        .toContain('“Spring sale”');
      expect(await axeViolations(page)).toEqual([]);
      await keepScreenshot(page, 'metric-note-light-en-desktop');
      await expect.poll(() => seen.count(), SOON).toBe(1);
      expect(await seen.getByRole('button').count()).toBe(0);
      await reader.getByText('People with the role owner add notes.').waitFor();
      expect(await reader.getByRole('textbox', { name: 'Note' }).count()).toBe(0);
      await keepScreenshot(reader, 'metric-note-reader-light-en-desktop');
      await note.getByRole('button').click();
      await expect.poll(() => note.count(), SOON).toBe(0);
      await expect.poll(() => seen.count(), SOON).toBe(0);
      await context.close();
    });

    it('can be read in Chinese, in the dark, and on a phone', async () => {
      const context = await openContext(browser, DARK_CHINESE, TOKEN);
      const dark = await context.newPage();
      await go('#/metrics/net-sales?grain=day&compare=week&by=country', dark);
      await expect.poll(() => dark.locator('.legend').textContent(), SOON).toContain('上周同期');
      await expect
        .poll(() => dark.locator('.series thead').textContent(), SOON)
        .toContain('上周同期差异变化贡献');
      // Names come with the metric, in the reader's language.
      expect(await dark.locator('.series h2').textContent()).toBe('按国家');
      expect(await dark.locator('.metric-side').textContent()).toContain('维度国家');
      expect(await axeViolations(dark)).toEqual([]);
      await keepScreenshot(dark, 'metric-compare-dark-zh-desktop');
      await dark.setViewportSize(PHONE);
      await dark.locator('.points summary').click();
      await expect.poll(() => rows(dark).count(), SOON).toBeGreaterThan(7);
      const width = await dark.evaluate('document.documentElement.scrollWidth');
      expect(width).toBeLessThanOrEqual(PHONE.width);
      await keepScreenshot(dark, 'metric-compare-dark-zh-phone');
      await go('#/metrics/net-sales?grain=day', dark);
      await expect.poll(() => dark.locator('.legend').textContent(), SOON).toContain('目标值');
      await expect.poll(() => dark.locator('.headline').textContent(), SOON).toContain('完成');
      await keepScreenshot(dark, 'metric-target-dark-zh-phone');
      await context.close();
    });

    it('caused no error in the console of the browser', () => {
      expect(watch.complaints).toEqual([]);
    });
  });
}
