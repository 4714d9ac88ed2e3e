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
import { SOURCE, TOKEN } from './site.ts';
import type { Shared } from '../shared-site.ts';
import type { DataSite } from './site.ts';

const LIGHT: Looks = { language: 'en-GB', scheme: 'light' };
const DARK_CHINESE: Looks = { language: 'zh-CN', scheme: 'dark' };
const YEAR_MS = 365 * 86_400_000;

let site: DataSite;
let browser: Browser;
let page: Page;
let watch: Watch;

const go = async (to: string, on: Page = page): Promise<void> => {
  await on.goto(`${site.url}/${to}`);
};
const answer = () => page.locator('.find-answer');
const ask = async (id: string): Promise<void> => {
  await page.getByLabel('Id', { exact: true }).fill(id);
  await page.getByRole('button', { name: 'Find' }).click();
};
/** As the API tells it: asked for before the page, which asks once. */
const outcomeOf = async (id: string): Promise<string> =>
  (
    await site.api<{ outcome: string }>(
      `/v1/events/${encodeURIComponent(SOURCE)}/${encodeURIComponent(id)}`,
    )
  ).outcome;
const lineOf = (metric: string) => page.locator(`[data-metric="${metric}"]`);

export function describeFindEvent(shared: () => Shared<DataSite>): void {
  describe('find my event in a browser', () => {
    beforeAll(async () => {
      ({ site, browser } = shared());
      page = await (await openContext(browser, LIGHT, TOKEN)).newPage();
      watch = watchPage(page);
      await site.send({ id: 'good', price: '2.550' });
    });
    afterAll(() => page?.context().close());

    it('says where an event counted, and holds the question in the address', async () => {
      await go('#/events');
      await expect.poll(() => outcomeOf('good'), SOON).toBe('counted');
      await page.getByLabel('Source').fill(SOURCE);
      await ask('good');
      await expect.poll(() => answer().getAttribute('data-outcome'), SOON).toBe('counted');
      expect(page.url()).toContain(`#/events?source=${encodeURIComponent(SOURCE)}&id=good`);
      await expect.poll(() => lineOf('net-sales').textContent(), SOON).toContain('in the window');
      await keepScreenshot(page, 'find-event-light-en-desktop');
      expect(await axeViolations(page)).toEqual([]);
    });

    it('leads to the window of the metric', async () => {
      await lineOf('net-sales').getByRole('link').click();
      await expect.poll(() => page.url(), SOON).toMatch(/#\/metrics\/net-sales\?.*until=/);
      await page.goBack();
      await expect.poll(() => answer().getAttribute('data-outcome'), SOON).toBe('counted');
    });

    it('tells which condition filtered it out', async () => {
      const filtered = page.locator('.find-metric[data-outcome="filtered"]').first();
      await expect.poll(() => filtered.textContent(), SOON).toMatch(/condition .+ does not hold/);
    });

    it('tells by how much an event was late', async () => {
      type Metric = { watermark: string | null };
      const age = async (): Promise<number> => {
        const { watermark } = await site.api<Metric>('/v1/metrics/net-sales');
        return watermark === null ? Infinity : Date.now() - Date.parse(watermark);
      };
      await expect.poll(age, SOON).toBeLessThan(60_000);
      await site.send({ id: 'old', agoMs: YEAR_MS });
      await expect.poll(() => outcomeOf('old'), SOON).toBe('late');
      await ask('old');
      await expect.poll(() => answer().getAttribute('data-outcome'), SOON).toBe('late');
      await expect
        .poll(() => lineOf('net-sales').textContent(), SOON)
        .toMatch(/allowed lateness is \d+ .+, and the watermark was \d+ .+ past its end/);
    });

    it('tells a copy from its original by the position', async () => {
      await site.send({ id: 'good-2', agoMs: 1_000 });
      await site.send({ id: 'good-2', quantity: 2 });
      await expect.poll(() => outcomeOf('good-2'), SOON).toBe('counted');
      await go(`#/events?source=${encodeURIComponent(SOURCE)}&id=good-2`);
      await expect.poll(() => answer().getAttribute('data-outcome'), SOON).toBe('counted');
      const first = await answer().locator('.find-terms code').last().textContent();
      type Letters = { letters: { position: string }[] };
      const letters = async (): Promise<Letters['letters']> =>
        (await site.api<Letters>('/v1/dead-letters?code=conflict')).letters;
      await expect.poll(async () => (await letters()).length, SOON).toBe(1);
      const [copy] = await letters();
      await page.getByLabel('Position').fill(copy?.position ?? '');
      await page.getByRole('button', { name: 'Find' }).click();
      await expect.poll(() => answer().getAttribute('data-outcome'), SOON).toBe('conflict');
      const original = answer().getByRole('link', { name: first ?? '' });
      await expect.poll(() => original.count(), SOON).toBe(1);
    });

    it('says of an event that is not there how far the search went', async () => {
      await ask('never-sent');
      await expect
        .poll(() => page.locator('.empty').textContent(), SOON)
        .toContain('No such event');
      expect(await page.locator('.empty').textContent()).toContain('never-sent');
    });

    it('opens by a link, in Chinese, at night and on a phone', async () => {
      const context = await openContext(browser, { ...DARK_CHINESE, viewport: PHONE }, TOKEN);
      const phone = await context.newPage();
      await go(`#/events?source=${encodeURIComponent(SOURCE)}&id=good`, phone);
      await expect.poll(() => phone.locator('.find-word').textContent(), SOON).toBe('已计入');
      expect(await phone.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
      expect(await axeViolations(phone)).toEqual([]);
      await keepScreenshot(phone, 'find-event-dark-zh-phone');
      await context.close();
      expect(watch.complaints.filter((text) => !text.includes('404'))).toEqual([]);
    });
  });
}
