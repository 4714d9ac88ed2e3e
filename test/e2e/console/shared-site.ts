import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';

/** What the suites of one test file share: an installation takes longer to start than most suites to run. */
export type Shared<Site> = { readonly site: Site; readonly browser: Browser };

/**
 * Starts an installation and a browser before the suites of the `describe` that it is called in, and stops both after
 * them. A suite asks for them in its own `beforeAll` and opens pages of its own. It supposes nothing of what others did;
 * what needs the installation as it was at first comes first, and says so.
 * @example
 * const shared = shareSite(() => startShop('console-shop'));
 * describeEntries(shared);
 */
export function shareSite<Site extends { readonly stop: () => Promise<unknown> }>(
  start: () => Promise<Site>,
): () => Shared<Site> {
  let site: Site | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
    site = await start();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });
  return () => {
    if (!site || !browser) throw new Error('asked for before it was started');
    return { site, browser };
  };
}
