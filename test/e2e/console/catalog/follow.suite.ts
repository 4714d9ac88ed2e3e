import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SOON, openContext } from '../../../support/browser.ts';
import type { Looks } from '../../../support/browser.ts';
import type { Shared } from '../shared-site.ts';
import { PEOPLE } from './site.ts';
import type { CatalogSite } from './site.ts';

const LIGHT: Looks = { language: 'en-GB', scheme: 'light' };
/** Timers that wait longer never end: what happens on the page comes from the stream, or soon after it. */
const NO_LONG_TIMERS = `
const later = window.setTimeout.bind(window);
window.setTimeout = (action, ms = 0, ...rest) => later(action, ms > 3_000 ? 2 ** 31 - 1 : ms, ...rest);`;

let site: CatalogSite;
let browser: Browser;

const rows = (page: Page) => page.locator('.points tbody tr');
const textOf = (page: Page, place: string): Promise<string | null> =>
  page.locator(place).textContent();

/**
 * A window in which nothing happens closes some time after it ended: the page is opened before the other suites, and
 * looked at again after them.
 */
export function emptyWindow(shared: () => Shared<CatalogSite>): {
  readonly describeOpen: () => void;
  readonly describeClosed: () => void;
} {
  let context: BrowserContext;
  let page: Page;
  let window = '';
  return {
    describeOpen: () =>
      describe('a window in which nothing happened', () => {
        it('has no number while it is open', async () => {
          ({ site, browser } = shared());
          context = await openContext(browser, LIGHT, PEOPLE.writer.token);
          await context.addInitScript(NO_LONG_TIMERS);
          page = await context.newPage();
          await page.goto(`${site.url}/#/metrics/cancelled-orders?grain=minute`);
          await page.locator('.points summary').click();
          await expect.poll(() => rows(page).count(), SOON).toBeGreaterThan(50);
          const newest = rows(page).first();
          expect(await newest.locator('td').first().textContent()).toBe('–');
          window = (await newest.locator('th').textContent()) ?? '';
        });
      }),
    describeClosed: () =>
      describe('a window in which nothing happened, later', () => {
        afterAll(() => context?.close());

        it('shows its 0 when the watermark has passed it: neither an event nor a reload tells that', async () => {
          const cells = rows(page).filter({ hasText: window }).locator('td');
          await expect
            .poll(() => cells.first().textContent(), { ...SOON, timeout: 120_000 })
            .toBe('0');
          expect(await cells.nth(2).textContent()).toBe('Closed');
        });
      }),
  };
}

/** Whoever looks at a page sees what others publish, as it is published. */
export function describeFollowing(shared: () => Shared<CatalogSite>): void {
  describe('a page that is made from definitions', () => {
    /** One for each page: each keeps a connection open, and a browser has six for one origin. */
    const contexts: BrowserContext[] = [];

    beforeAll(() => {
      ({ site, browser } = shared());
    });
    afterAll(async () => {
      for (const context of contexts) await context.close();
    });

    const open = async (hash: string, place: string, text: string): Promise<Page> => {
      const context = await openContext(browser, LIGHT, PEOPLE.writer.token);
      contexts.push(context);
      const page = await context.newPage();
      await page.goto(`${site.url}/${hash}`);
      await expect.poll(() => textOf(page, place), { ...SOON, message: hash }).toContain(text);
      await page.evaluate('window.isStillHere = true');
      return page;
    };

    it('follows when they are published, without a reload', async () => {
      const followed = [
        ['#/metrics', '.ledger', 'Invoice lines', 'Lines of invoices'],
        ['#/metrics/lines', '.metric-head h1', 'Invoice lines', 'Lines of invoices'],
        ['#/tree', '.tree', 'Invoice lines', 'Lines of invoices'],
        ['#/catalog', '.page', 'Invoice lines', 'Lines of invoices'],
        ['#/dashboards', '.dashboard-list', 'Sales today', 'Sales of this day'],
        ['#/dashboards/sales-today', 'h1', 'Sales today', 'Sales of this day'],
        ['#/responsibility', '.who-table tbody', 'Sophie Laurent', 'Zhang Min'],
      ] as const;
      const pages: Page[] = [];
      const prune = await open('#/catalog/prune', 'h1', '');
      await prune.locator('.lead').waitFor();
      const pruned = prune.waitForResponse((answer) => answer.url().includes('/catalog/prune'));
      for (const [hash, place, before] of followed) pages.push(await open(hash, place, before));
      await site.publish('Metric/lines', (text) =>
        text.replace('Invoice lines', 'Lines of invoices'),
      );
      await site.publish('Dashboard/sales-today', (text) =>
        text.replace('Sales today', 'Sales of this day'),
      );
      await site.publish('Responsibility/sales-owners', (text) =>
        text.replaceAll('person:sophie', 'person:zhang-min'),
      );
      await pruned;
      for (const [i, [hash, place, , after]] of followed.entries()) {
        const page = pages[i] as Page;
        await expect.poll(() => textOf(page, place), { ...SOON, message: hash }).toContain(after);
        expect(await page.evaluate('window.isStillHere === true'), hash).toBe(true);
      }
    });
  });
}
