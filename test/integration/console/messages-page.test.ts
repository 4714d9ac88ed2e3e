import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { browserChannel } from '../../../services/alerting/adapters/channels/browser.ts';
import type { Message } from '../../../services/alerting/core/alert/episode.ts';
import { start } from '../../../services/console/main.ts';
import { bench } from '../../support/alerting.ts';
import {
  keepScreenshot,
  launchBrowser,
  openContext,
  PHONE,
  axeViolations,
} from '../../support/browser.ts';
import { aMetric } from '../../support/metrics.ts';
import { lacks } from '../../support/optional.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';

const SOON = { timeout: 30_000, interval: 50 };

describe.skipIf(lacks('browser'))('messages in a browser', () => {
  let platform: TestPlatform;
  let browser: Browser;
  let url: string;
  let tell: (message: Message) => Promise<unknown>;
  beforeAll(async () => {
    platform = await openTestPlatform({ metrics: [aMetric({ id: 'sales' })] });
    const service = await platform.run(start);
    url = await platform.listen();
    await vi.waitFor(() => expect(service.missing()).toEqual([]), SOON);
    browser = await launchBrowser();
    const channel = browserChannel(platform.redis, platform.prefix);
    tell = (message) => channel(message, { id: 'ops-hook', type: 'browser' });
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.close();
  });

  const told = (): readonly [Message, Message] => {
    const b = bench();
    b.hour(0, 900);
    b.hour(1, 1100);
    return b.messages() as unknown as [Message, Message];
  };
  const rows = (page: Page) => page.locator('.message');
  /** Beside the section, or the page where its section is shown. Nothing fires here: what is counted are messages. */
  const badge = (page: Page) => page.locator('nav .count');

  test('come as they are told, once, are counted until they are seen, and are there after a reload', async () => {
    const context = await openContext(browser, { language: 'en-GB', scheme: 'light' });
    const page = await context.newPage();
    await page.goto(`${url}/#/pipeline`);
    await page.locator('.light-live').waitFor();
    const [firing, resolved] = told();
    await tell(firing);
    await expect.poll(() => badge(page).textContent(), SOON).toBe('1');
    await tell(firing);
    await tell(resolved);
    await expect.poll(() => badge(page).textContent(), SOON).toBe('2');
    await page.locator('nav a[href="#/alerts"]').first().click();
    await page.locator('nav a[href="#/notifications"]').click();
    await expect.poll(() => rows(page).count(), SOON).toBe(2);
    await expect.poll(() => badge(page).count(), SOON).toBe(0);
    expect(await rows(page).first().textContent()).toContain('1,100.00');
    expect(await rows(page).last().textContent()).toContain('900.00');
    expect(await rows(page).last().locator('a').getAttribute('href')).toMatch(
      /^#\/alerts\/[0-9a-f]{32}$/,
    );
    expect(await axeViolations(page)).toEqual([]);
    await keepScreenshot(page, 'messages');
    await page.reload();
    await expect.poll(() => rows(page).count(), SOON).toBe(2);
    expect(await badge(page).count()).toBe(0);
    await context.close();
  });

  test('are read in Chinese, on a phone, in the dark', async () => {
    const looks = { language: 'zh-CN', scheme: 'dark', viewport: PHONE } as const;
    const context = await openContext(browser, looks);
    const page = await context.newPage();
    await page.goto(`${url}/#/notifications`);
    await expect.poll(() => rows(page).count(), SOON).toBe(2);
    expect(await rows(page).last().textContent()).toMatch(/[\u4e00-\u9fff]/);
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await keepScreenshot(page, 'messages-phone-zh');
    await context.close();
  });
});
