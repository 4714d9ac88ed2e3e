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
import { READER_TOKEN, TOKEN } from './site.ts';
import type { Shared } from '../shared-site.ts';
import type { DataSite } from './site.ts';

const LIGHT: Looks = { language: 'en-GB', scheme: 'light' };
const DARK_CHINESE: Looks = { language: 'zh-CN', scheme: 'dark' };

let site: DataSite;
let browser: Browser;
let page: Page;
let watch: Watch;

const go = async (on: Page = page): Promise<void> => {
  await on.goto(`${site.url}/#/pipeline`);
};
const reason = (code: string, on: Page = page) => on.locator(`[data-reason="${code}"]`);
const numbersOf = (code: string): Promise<string[]> =>
  reason(code).locator('td.number').allTextContents();

/** It begins where there are none: it comes before whatever writes what cannot be read. */
export function describeDeadLetters(shared: () => Shared<DataSite>): void {
  describe('dead letters in a browser', () => {
    beforeAll(async () => {
      ({ site, browser } = shared());
      page = await (await openContext(browser, LIGHT, TOKEN)).newPage();
      watch = watchPage(page);
    });
    afterAll(() => page?.context().close());

    it('says that there are none, and how long ago each ingest instance was heard of', async () => {
      await go();
      const letters = page.locator('#dead-letters');
      await expect.poll(() => letters.textContent(), SOON).toContain('every record could be');
      const instance = page.locator('[data-instance^="ingest-"]').first();
      await expect.poll(() => instance.textContent(), SOON).toMatch(/ago/);
      expect(await instance.textContent()).not.toContain('silent');
    });

    it('counts them by reason as they come, without a reload', async () => {
      for (const text of ['poison one', 'poison two', 'poison three']) await site.write(0, text);
      await expect.poll(() => numbersOf('schema_unknown'), SOON).toEqual(['3', '3']);
      await expect.poll(() => page.locator('.letter').count(), SOON).toBe(3);
    });

    it('opens one with its place, its reason and what it holds', async () => {
      const letter = page.locator('.letter').first();
      await letter.locator('summary').click();
      await expect.poll(() => letter.locator('pre').textContent(), SOON).toBe('poison three');
      expect(await letter.textContent()).toContain('schema_unknown');
      expect(await letter.locator('.letter-place').textContent()).toMatch(/\/0\/\d+$/);
      await keepScreenshot(page, 'dead-letters-light-en-desktop');
      expect(await axeViolations(page)).toEqual([]);
    });

    it('resends one after it was confirmed, and the letter says so', async () => {
      const letter = page.locator('.letter').first();
      const id = await letter.getAttribute('data-letter');
      await letter.getByRole('button', { name: 'Resend' }).click();
      await letter.getByRole('button', { name: 'Cancel' }).click();
      await letter.getByRole('button', { name: 'Resend' }).click();
      await letter.getByRole('button', { name: 'Write again' }).click();
      const same = page.locator(`[data-letter="${id}"]`);
      await expect.poll(() => same.locator('summary .pill').count(), SOON).toBe(1);
      const { resent } = await site.api<{ resent: { by: string; position: string } }>(
        `/v1/dead-letters/${encodeURIComponent(id ?? '')}`,
      );
      expect(resent.by).toBe('person:anna');
      await expect.poll(() => same.textContent(), SOON).toContain(resent.position);
      await expect.poll(() => same.textContent(), SOON).toContain('by Anna Schmidt as');
      // Its reason still holds, so it is back under its new place.
      await expect.poll(() => numbersOf('schema_unknown'), SOON).toEqual(['4', '3']);
    });

    it('resends all of a reason', async () => {
      const row = reason('schema_unknown');
      await row.getByRole('button', { name: 'Resend 3' }).click();
      await row.getByRole('button', { name: 'Write again' }).click();
      await expect.poll(() => row.textContent(), SOON).toContain('3 written again');
      await expect.poll(() => numbersOf('schema_unknown'), SOON).toEqual(['7', '3']);
    });

    it('tells a reader without the role that it may not', async () => {
      const context = await openContext(browser, LIGHT, READER_TOKEN);
      const reader = await context.newPage();
      await go(reader);
      const row = reason('schema_unknown', reader);
      await row.getByRole('button', { name: /^Resend/ }).click();
      await row.getByRole('button', { name: 'Write again' }).click();
      await expect.poll(() => row.getByRole('alert').textContent(), SOON).toContain('steward');
      await context.close();
    });

    it('reads well in Chinese, at night and on a phone', async () => {
      const context = await openContext(browser, { ...DARK_CHINESE, viewport: PHONE }, TOKEN);
      const phone = await context.newPage();
      await go(phone);
      const letter = phone.locator('.letter').first();
      await letter.locator('summary').click();
      await expect.poll(() => letter.locator('pre').count(), SOON).toBe(1);
      expect(await phone.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
      expect(await axeViolations(phone)).toEqual([]);
      await keepScreenshot(phone, 'dead-letters-dark-zh-phone');
      await context.close();
      expect(watch.complaints).toEqual([]);
    });
  });
}
