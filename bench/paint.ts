import type { Browser, BrowserContext } from 'playwright-core';
import { launchBrowser, openContext } from '../test/support/browser.ts';
import { HUNDRED } from './orders/read-catalog.ts';
import { startFilledConsole } from './support/filled-console.ts';
import { median } from './support/statistics.ts';
import type { World } from './support/world.ts';

/** From the begin of the navigation until the page is drawn with its numbers. Milliseconds. */
export type PaintRun = {
  readonly page: string;
  /** `warm`: the browser has the console's files. */
  readonly cache: 'cold' | 'warm';
  readonly samples: number;
  readonly median: number;
  readonly max: number;
};

const LOADS = 15;
const WITH_VALUE = ':not([data-value=""])';
/** Each page with what has to be drawn before it is of use. */
const PAGES = [
  { page: 'home', hash: '#/', drawn: [`.home-table .number-row${WITH_VALUE}`] },
  {
    page: 'a metric',
    hash: `#/metrics/${HUNDRED.id}`,
    drawn: [`.headline .number${WITH_VALUE}`, 'canvas'],
  },
] as const;

/** Runs before anything of the page. The frame after the one that changed the document is drawn with it. */
const watch = (drawn: readonly string[]): string => `
window.drawnMs = new Promise((resolve) => {
  const seen = new MutationObserver(() => {
    if (!${JSON.stringify(drawn)}.every((place) => document.querySelector(place))) return;
    seen.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
  });
  seen.observe(document, { subtree: true, childList: true, attributes: true });
});`;

/** The console in a browser on the same machine, over a filled store. @throws Error without Chromium */
export async function benchPaint(world: World): Promise<readonly PaintRun[]> {
  const { child, url } = await startFilledConsole(world, 'paint');
  const browser = await launchBrowser();
  try {
    const runs: PaintRun[] = [];
    for (const { page, hash, drawn } of PAGES)
      for (const cache of ['cold', 'warm'] as const) {
        const load = { url: `${url}/${hash}`, script: watch(drawn), cache };
        const tookMs = await loads(browser, load, world.isQuick ? 3 : LOADS);
        const run = { samples: tookMs.length, median: median(tookMs), max: Math.max(...tookMs) };
        runs.push({ page, cache, ...run });
        world.note(
          `${page}, ${cache}: median ${run.median.toFixed(0)} max ${run.max.toFixed(0)} ms`,
        );
      }
    return runs;
  } finally {
    await browser.close();
    await child.stop();
  }
}

type Load = { readonly url: string; readonly script: string; readonly cache: 'cold' | 'warm' };

/** One reader after the other for a cold cache, one reader's tabs for a warm one; the first of them is not counted. */
async function loads(browser: Browser, load: Load, count: number): Promise<readonly number[]> {
  const open = async (): Promise<BrowserContext> => {
    const context = await openContext(browser, { language: 'en-GB', scheme: 'light' });
    await context.addInitScript(load.script);
    return context;
  };
  const tookMs: number[] = [];
  let context = await open();
  for (let i = -1; i < count; i++) {
    const took = await drawnAfter(context, load.url);
    if (i >= 0) tookMs.push(took);
    if (load.cache === 'warm') continue;
    await context.close();
    context = await open();
  }
  await context.close();
  return tookMs;
}

async function drawnAfter(context: BrowserContext, url: string): Promise<number> {
  const page = await context.newPage();
  await page.goto(url);
  const tookMs = await page.evaluate<number>('window.drawnMs');
  await page.close();
  return tookMs;
}
