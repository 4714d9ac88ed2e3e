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
import { TOKENS, dateIn } from './site.ts';
import type { Shared } from '../shared-site.ts';
import type { OverviewSite } from './site.ts';

const LIGHT: Looks = { language: 'en-GB', scheme: 'light' };

let site: OverviewSite;
let browser: Browser;
let page: Page;

const earned = (): Promise<string | null> =>
  page.locator('[data-metric=earned] td').first().textContent();
const onDate = (days: number, more = ''): Promise<unknown> =>
  page.goto(`${site.url}/#/responsibility?date=${dateIn(days)}${more}`);

export function describeResponsibility(shared: () => Shared<OverviewSite>): void {
  describe('the responsibility matrix', () => {
    beforeAll(async () => {
      ({ site, browser } = shared());
      page = await (await openContext(browser, LIGHT, TOKENS.maria)).newPage();
    });
    afterAll(() => page?.context().close());

    it('says who answers on a date, with overlaps, absences and gaps', async () => {
      await onDate(0);
      await expect.poll(earned, SOON).toBe('Maria Rossi');
      await onDate(1);
      await expect.poll(earned, SOON).toBe('Maria RossiAbsent');
      await onDate(7);
      await expect.poll(earned, SOON).toBe('James CarterOverlap');
      await onDate(30);
      await expect.poll(earned, SOON).toBe('TradeGap');
    });

    it('changes with the date that is picked, which stands in the address', async () => {
      await onDate(0);
      await expect.poll(earned, SOON).toBe('Maria Rossi');
      await page.getByRole('textbox', { name: 'On', exact: true }).fill(dateIn(7));
      await expect.poll(earned, SOON).toContain('Overlap');
      await expect.poll(() => page.url(), SOON).toContain(`date=${dateIn(7)}`);
    });

    it('shows one person’s rows, and those alone in which something is wrong', async () => {
      await onDate(7);
      const rows = page.locator('.who-table tbody tr');
      await expect.poll(() => rows.count(), SOON).toBeGreaterThan(5);
      await page.getByLabel('Who').selectOption('person:maria');
      await expect
        .poll(() => rows.evaluateAll((all) => all.map((one) => one.dataset['metric'])), SOON)
        .toEqual(['basket', 'earned']);
      await onDate(7, '&show=overlap');
      await expect
        .poll(() => rows.evaluateAll((all) => all.map((one) => one.dataset['metric'])), SOON)
        .toEqual(['earned']);
    });

    it.each([
      { language: 'en-GB', scheme: 'light', viewport: DESKTOP, name: 'light-en-desktop' },
      { language: 'zh-CN', scheme: 'dark', viewport: PHONE, name: 'dark-zh-phone' },
    ] as const)('can be read by everyone: $name', async ({ name, ...looks }) => {
      const context = await openContext(browser, looks, TOKENS.maria);
      const seen = await context.newPage();
      await seen.goto(`${site.url}/#/responsibility`);
      await seen.locator('.who-span').first().waitFor();
      expect(await axeViolations(seen)).toEqual([]);
      const overflow = await seen.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(overflow).toBeLessThanOrEqual(0);
      await keepScreenshot(seen, `responsibility-${name}`);
      await context.close();
    });
  });
}
