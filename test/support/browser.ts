import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromiumPath } from '../../infra/bootstrap/optional.mjs';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';

/** Nothing but what the test asks for: no updates, no background traffic. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How long a test waits for what it expects to see: a machine may be slow, and what never comes may take that long. */
export const SOON = { timeout: 60_000, interval: 100 } as const;

/** The system's Chromium. Ask `lacks('browser')` first. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath() ?? '', args: ARGUMENTS });

/** What went over the wire and what the page complained of. */
export type Watch = {
  /** Errors and warnings on the page's console, exceptions included. */
  readonly complaints: readonly string[];
  readonly addresses: readonly string[];
  /** Bytes as sent, heads included, of the page and what it is made of. */
  readonly pageBytes: () => Promise<number>;
};

/** Begins to watch a page; call it before the page goes anywhere. */
export function watchPage(page: Page): Watch {
  const complaints: string[] = [];
  const addresses: string[] = [];
  const sizes: Promise<number>[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => addresses.push(request.url()));
  page.on('requestfinished', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname !== '/' && !pathname.startsWith('/assets/')) return;
    sizes.push(
      request
        .sizes()
        .then(
          ({ responseBodySize, responseHeadersSize }) => responseBodySize + responseHeadersSize,
        ),
    );
  });
  return {
    complaints,
    addresses,
    pageBytes: async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0),
  };
}

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

/** @returns all that axe-core finds against WCAG 2.2 A and AA and against good practice, whatever its impact, as lines */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  // The debugger's evaluation is not bound by the page's policy, which forbids scripts of others. A document keeps it.
  if (!(await page.evaluate<boolean>(`'axe' in window`))) await page.evaluate(axeSource);
  return page.evaluate<readonly string[]>(RUN_AXE);
}

/** Only what is wrong is worked out and sent back: of a page, most is right. */
const RUN_AXE = `
axe
  .run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    resultTypes: ['violations'],
  })
  .then(({ violations }) =>
    violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => id + ': ' + html + ' ' + (failureSummary ?? '')),
    ),
  )`;

/**
 * @returns how many different pictures the page's font makes of the characters. Of those that no font has, each is the same
 * box, so that there are fewer pictures than characters.
 */
export const picturesOf = (page: Page, characters: string): Promise<number> =>
  page.evaluate((text) => {
    const side = 48;
    const pictures = [...text].map((character) => {
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = side;
      const context = canvas.getContext('2d');
      if (!context) throw new Error('nothing to draw on');
      context.font = `32px ${getComputedStyle(document.body).fontFamily}`;
      context.textBaseline = 'top';
      context.fillText(character, 4, 4);
      return canvas.toDataURL();
    });
    return new Set(pictures).size;
  }, characters);

/** Keeps a picture of the whole page under test/output/screenshots. */
export const keepScreenshot = (page: Page, name: string): Promise<unknown> =>
  page.screenshot({
    path: join(repositoryDir, 'test', 'output', 'screenshots', `${name}.png`),
    fullPage: true,
    animations: 'disabled',
  });

export const PHONE = { width: 390, height: 844 } as const;
export const DESKTOP = { width: 1320, height: 900 } as const;
export type Looks = {
  readonly language: 'en-GB' | 'zh-CN';
  readonly scheme: 'light' | 'dark';
  readonly viewport?: { readonly width: number; readonly height: number };
};

/** A reader's browser: its language, its scheme, its size, and the token that the reader entered. */
export async function openContext(
  browser: Browser,
  looks: Looks,
  token?: string,
): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: looks.viewport ?? DESKTOP,
    locale: looks.language,
    colorScheme: looks.scheme,
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(SOON.timeout);
  if (token !== undefined)
    await context.addInitScript(
      `sessionStorage.setItem('tidemark.token', ${JSON.stringify(token)})`,
    );
  return context;
}
