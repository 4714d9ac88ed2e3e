import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DESKTOP,
  PHONE,
  SOON,
  keepScreenshot,
  openContext,
  axeViolations,
  watchPage,
} from '../../../support/browser.ts';
import type { Looks, Watch } from '../../../support/browser.ts';
import { PEOPLE } from './site.ts';
import type { Shared } from '../shared-site.ts';
import type { CatalogSite } from './site.ts';

const LIGHT: Looks = { language: 'en-GB', scheme: 'light' };
const DARK_CHINESE: Looks = { language: 'zh-CN', scheme: 'dark' };
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What was sold in each of the last hours; twice it fell below 1,000, for two hours and for one. */
const HOURS = [4000, 3000, 500, 400, 2500, 3500, 4200, 900, 3100, 2800, 3900, 4100];
const FALLS = 2;

let site: CatalogSite;
let browser: Browser;
let page: Page;
let watch: Watch;

const go = async (to: string, on: Page = page): Promise<void> => {
  await on.goto(`${site.url}/#/nowhere`);
  await on.goto(`${site.url}/${to}`);
};
const source = (on: Page = page) => on.getByLabel('Definition as YAML');
const test = (on: Page = page) => on.locator('.rule-preview .button-strong');
const outcome = (on: Page = page) => on.locator('.rule-outcome');
const watermarkMs = async (): Promise<number> => {
  const { watermark } = await site.api<{ watermark: string | null }>('/v1/metrics/net-sales');
  return watermark === null ? 0 : Date.parse(watermark);
};

export function describeRules(shared: () => Shared<CatalogSite>): void {
  describe('a rule of an alert', () => {
    beforeAll(async () => {
      ({ site, browser } = shared());
      page = await (await openContext(browser, LIGHT, PEOPLE.writer.token)).newPage();
      watch = watchPage(page);
      const endAgoMs = (Date.now() % HOUR_MS) + 30 * MINUTE_MS;
      await site.sell(HOURS, { everyMs: HOUR_MS, endAgoMs });
    });
    afterAll(() => page?.context().close());

    it('has a history to be tried over', async () => {
      const startOfHourMs = Date.now() - (Date.now() % HOUR_MS);
      await expect.poll(watermarkMs, SOON).toBeGreaterThanOrEqual(startOfHourMs);
    });

    it('begins from the page of its metric', async () => {
      await go('#/metrics/net-sales');
      await page.getByRole('link', { name: 'New rule for this metric' }).click();
      await expect.poll(() => source().inputValue(), SOON).toContain('metric: net-sales');
      await expect.poll(() => test().isEnabled(), SOON).toBe(true);
    });

    it('cannot be tried while it has a fault', async () => {
      const text = await source().inputValue();
      await source().fill(text.replace('when: value < 0', 'when: value <'));
      await expect.poll(() => test().isDisabled(), SOON).toBe(true);
      await page.getByText('It can be tested once it has no faults.').waitFor();
      await source().fill(text.replace('when: value < 0', 'when: value < 1000'));
      await expect.poll(() => test().isEnabled(), SOON).toBe(true);
    });

    it('says how often and when it would have fired, before it is saved', async () => {
      // From the hour on which something was sold: before it, every hour is without a sale.
      const day = new Date(Date.now() - HOURS.length * HOUR_MS - HOUR_MS);
      const from = `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`;
      await page.getByLabel('From', { exact: true }).fill(from);
      await test().click();
      await outcome().waitFor();
      const asked = await site.api<Tested>('/v1/rules/test', {
        text: await source().inputValue(),
        from: new Date(`${from}T00:00:00`).toISOString(),
        to: new Date().toISOString(),
        chart: {},
      });
      expect(asked.episodes).toBeGreaterThanOrEqual(FALLS);
      expect(await outcome().getAttribute('data-episodes')).toBe(String(asked.episodes));
      expect(await page.locator('.rule-verdict').textContent()).toContain(
        `It would have fired ${String(asked.episodes)} times`,
      );
      const rows = page.locator('.rule-episodes tbody tr');
      expect(await rows.count()).toBe(Math.min(asked.episodes, 10));
      expect(await rows.first().textContent()).toContain('£900.00');
      const picture = page.getByRole('img', { name: /threshold £1,000.00/ });
      await expect.poll(() => picture.count(), SOON).toBe(1);
      await expect.poll(() => drawsColour('bad'), SOON).toBe(true);
      await expect.poll(() => drawsColour('sign'), SOON).toBe(true);
      await keepScreenshot(page, 'rule-preview-light-en-desktop');
    });

    it('says that what is shown is of another text, once that is changed', async () => {
      const text = await source().inputValue();
      await source().fill(text.replace('value < 1000', 'value < 100'));
      await page.getByText('The rule was changed since: test it again.').waitFor();
      await expect.poll(() => test().isEnabled(), SOON).toBe(true);
      await test().click();
      await expect.poll(() => page.getByText('The rule was changed since').count(), SOON).toBe(0);
    });

    it('shows another member of its breakdown when it is chosen', async () => {
      const text = (await source().inputValue())
        .replace('by: []', 'by: [country]')
        .replace(/when: .*/, 'when: value < 5000');
      await source().fill(text);
      await expect.poll(() => test().isEnabled(), SOON).toBe(true);
      await test().click();
      await expect
        .poll(() => page.locator('.rule-strip figcaption').textContent(), SOON)
        .toContain('Country: United Kingdom');
    });

    it('is marked on the time line of its metric when it burned, with a way to its alert', async () => {
      await go('#/metrics/net-sales?grain=hour');
      const marked = page.locator('.metric-alerts li');
      await expect.poll(() => marked.count(), SOON).toBeGreaterThan(0);
      expect(await marked.first().textContent()).toContain('Sales below plan');
      expect(await page.locator('.legend-episode').count()).toBe(1);
      expect(await axeViolations(page)).toEqual([]);
      await keepScreenshot(page, 'metric-episodes-light-en-desktop');
      await marked.first().getByRole('link').click();
      await expect.poll(() => page.url(), SOON).toContain('#/alerts/');
    });

    it('is reached from its alert, which says what explains it and what was silent', async () => {
      const itsAlert = async () => {
        const { alerts } = await site.api<{ alerts: { id: string; rule: string }[] }>('/v1/alerts');
        return alerts.find(({ rule }) => rule === 'net-sales-low');
      };
      await expect.poll(itsAlert, SOON).toBeDefined();
      const alert = await itsAlert();
      const path = `/v1/alerts/${alert?.id ?? ''}`;
      const answer = await site.api<object>(path);
      const driver = {
        alert: alert?.id,
        rule: 'orders-low',
        metric: 'orders',
        labels: { country: 'France' },
        operator: '+',
        share: 1.25,
        value: '3',
        previous: '12',
        accountable: 'person:james',
      };
      // No installation is silent and explained at will: of a real answer these two members are others.
      await page.route(`**${path}`, (route) =>
        route.fulfill({
          json: { ...answer, lacking: ['com.example.retail.invoice-line'], drivers: [driver] },
        }),
      );
      await go(`#/alerts/${alert?.id ?? ''}`);
      const drivers = page.locator('.drivers li');
      // Names come when the metrics are known.
      await expect
        .poll(() => drivers.textContent(), SOON)
        .toMatch(/Orders · Country: France · James Carter125% of the deviation12 → 3/);
      await page
        .getByText('Nothing is concluded from its values: no data came from com.example.retail')
        .waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await keepScreenshot(page, 'alert-drivers-light-en-desktop');
      await page.getByRole('link', { name: 'Edit rule' }).click();
      await expect.poll(() => source().inputValue(), SOON).toContain('id: net-sales-low');
      await page.locator('.rule-preview').waitFor();
    });

    it('that is paused says so on its page and above the alerts, in the reader’s language, until it judges again', async () => {
      const paused = 'metric: net-sales, window: hour, when: value < 0, paused: true';
      await site.publish(
        'AlertRule/resting',
        () =>
          `apiVersion: tidemark/v1\nkind: AlertRule\nmetadata: { id: resting, name: { en: Resting, zh: 休息中 } }\nspec: { ${paused} }\n`,
      );
      const notice = (on: Page = page) =>
        on.locator('[data-health=paused]', { hasText: 'resting' });
      await go('#/alerts');
      await expect
        .poll(() => notice().textContent(), SOON)
        .toContain('is paused: nothing is judged for now');
      // It is as somebody wants it: no warning.
      expect(await notice().getAttribute('class')).toBe('notice');
      expect(await axeViolations(page)).toEqual([]);
      await keepScreenshot(page, 'alerts-paused-rule-light-en-desktop');
      await notice().getByRole('link').click();
      await page.getByText('paused: nothing is judged for now').waitFor();
      await keepScreenshot(page, 'rule-paused-light-en-desktop');
      const context = await openContext(
        browser,
        { ...DARK_CHINESE, viewport: PHONE },
        PEOPLE.admin.token,
      );
      const seen = await context.newPage();
      await go('#/catalog/AlertRule/resting?tab=published', seen);
      await seen.getByText('已暂停，暂不判定').waitFor();
      await keepScreenshot(seen, 'rule-paused-dark-zh-phone');
      await go('#/alerts', seen);
      await expect.poll(() => notice(seen).textContent(), SOON).toContain('已暂停，暂不判定');
      await site.publish('AlertRule/resting', (text) => text.replace(', paused: true', ''));
      await go('#/alerts');
      await page.locator('.page-head').first().waitFor();
      const reloaded = async (): Promise<number> => {
        await page.reload();
        await page.locator('.controls, .action-row, .empty').first().waitFor();
        return notice().count();
      };
      await expect.poll(reloaded, SOON).toBe(0);
      await context.close();
    });

    const LOOKS = [
      { looks: LIGHT, viewport: DESKTOP, name: 'light-en-desktop' },
      { looks: DARK_CHINESE, viewport: DESKTOP, name: 'dark-zh-desktop' },
      { looks: LIGHT, viewport: PHONE, name: 'light-en-phone' },
      { looks: DARK_CHINESE, viewport: PHONE, name: 'dark-zh-phone' },
    ];
    it.each(LOOKS)('can be read by everyone: $name', async ({ looks, viewport, name }) => {
      const context = await openContext(browser, { ...looks, viewport }, PEOPLE.writer.token);
      const seen = await context.newPage();
      await go('#/catalog/AlertRule/net-sales-low?tab=draft', seen);
      await expect.poll(() => test(seen).isEnabled(), SOON).toBe(true);
      await test(seen).click();
      await outcome(seen).waitFor({ timeout: SOON.timeout });
      expect(await axeViolations(seen)).toEqual([]);
      const overflow = await seen.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(overflow).toBeLessThanOrEqual(0);
      await keepScreenshot(seen, `rule-editor-${name}`);
      await context.close();
    });

    it('complains of nothing', () => {
      expect(watch.complaints).toEqual([]);
    });
  });
}

type Tested = { readonly episodes: number };

/** Whether the picture has a pixel of the named colour. */
function drawsColour(name: string): Promise<boolean> {
  return page.evaluate((variable) => {
    const canvas = document.querySelector<HTMLCanvasElement>('.rule-strip canvas');
    const copy = document.createElement('canvas');
    const context = copy.getContext('2d', { willReadFrequently: true });
    if (!canvas || !context) return false;
    copy.width = canvas.width;
    copy.height = canvas.height;
    context.drawImage(canvas, 0, 0);
    const colour = getComputedStyle(document.documentElement)
      .getPropertyValue(`--${variable}`)
      .trim();
    const wanted = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4)
      if (wanted.every((part, k) => data[i + k] === part) && data[i + 3] === 255) return true;
    return false;
  }, name);
}
