import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DESKTOP,
  PHONE,
  SOON,
  keepScreenshot,
  launchBrowser,
  openContext,
  picturesOf,
  axeViolations,
  watchPage,
} from '../../support/browser.ts';
import type { Looks, Watch } from '../../support/browser.ts';
import { lacks } from '../../support/optional.ts';
import { READER_TOKEN, SENDER_TOKEN, TOKEN, startInstallation } from './installation.ts';
import type { Installation } from './installation.ts';

const PAGE_BYTES_MAX = 120 * 1024;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const LIGHT: Looks = { language: 'en-GB', scheme: 'light' };
const DARK_CHINESE: Looks = { language: 'zh-CN', scheme: 'dark' };

let site: Installation;
let browser: Browser;
let page: Page;
let watch: Watch;

const go = async (to: string, on: Page = page): Promise<void> => {
  await on.goto(`${site.url}/${to}`);
};
const listedSales = (): Promise<string | null> =>
  page
    .locator('.ledger-link', { hasText: 'net-sales' })
    .locator('.number-row')
    .getAttribute('data-value');

const openTable = async (): Promise<void> => {
  const table = page.locator('details.points');
  await table.waitFor();
  if ((await table.getAttribute('open')) === null) await table.locator('summary').click();
};

/** A mark that a reload would wipe away. */
const markPage = (): Promise<unknown> => page.evaluate('window.isStillHere = true');
const isSamePage = (): Promise<unknown> => page.evaluate('window.isStillHere === true');

describe.skipIf(lacks('browser'))('the console in a browser', () => {
  beforeAll(async () => {
    site = await startInstallation();
    browser = await launchBrowser();
    page = await (await openContext(browser, LIGHT, TOKEN)).newPage();
    watch = watchPage(page);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  it('asks for a token, refuses a wrong one, and takes the right one', async () => {
    const context = await openContext(browser, LIGHT);
    const stranger = await context.newPage();
    await go('#/metrics', stranger);
    const field = stranger.getByLabel('Token');
    await field.fill('wrong');
    await field.press('Enter');
    await expect
      .poll(() => stranger.getByRole('alert').textContent(), SOON)
      .toContain('not accepted');
    expect(await axeViolations(stranger)).toEqual([]);
    await field.fill(TOKEN);
    await field.press('Enter');
    await expect.poll(() => stranger.locator('.ledger-link').count(), SOON).toBeGreaterThan(5);
    await expect.poll(() => stranger.locator('.light').textContent(), SOON).toBe('Live');
    expect(await axeViolations(stranger)).toEqual([]);
    await stranger.getByRole('button', { name: 'Sign out' }).click();
    await expect.poll(() => field.count(), SOON).toBe(1);
    expect(await stranger.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
    await field.fill(READER_TOKEN);
    await field.press('Enter');
    await expect.poll(() => stranger.locator('.ledger-link').count(), SOON).toBeGreaterThan(5);
    await context.close();
  });

  it('says that nothing is wrong where nothing is', async () => {
    await go('#/alerts');
    await expect.poll(() => page.getByText('Nothing is wrong').count(), SOON).toBe(1);
  });

  it('shows the number that the API gives', async () => {
    await site.send({ quantity: 3, price: '10.255' });
    await go('#/metrics');
    await expect.poll(listedSales, SOON).not.toBe('');
    await expect
      .poll(async () => (await listedSales()) === (await site.currentSales('hour')), SOON)
      .toBe(true);
    const shown = page.locator('.ledger-link', { hasText: 'net-sales' }).locator('.number-row');
    expect(await shown.textContent()).toMatch(/^£[\d,]+\.\d\d$/);
  });

  it('moves the number within seconds of an event, without a reload', async () => {
    await expect.poll(() => page.locator('.light').textContent(), SOON).toBe('Live');
    await markPage();
    const before = await listedSales();
    await site.send({ quantity: 1, price: '4821.990' });
    await expect.poll(listedSales, SOON).not.toBe(before);
    await expect
      .poll(async () => (await listedSales()) === (await site.currentSales('hour')), SOON)
      .toBe(true);
    expect(await isSamePage()).toBe(true);
    await keepScreenshot(page, 'metrics-light-en-desktop');
  });

  it('tells open, closed and revised windows apart, by shape and word', async () => {
    // A revision changes what had been shown as closed.
    await expect.poll(site.watermarkAgeMs, SOON).toBeLessThan(MINUTE_MS);
    // The middle of a minute: whatever waits here, both events are of the same one.
    const lateMs = Date.now() - (Date.now() % MINUTE_MS) - 9.5 * MINUTE_MS;
    await site.send({ quantity: 2, price: '50.000', agoMs: Date.now() - lateMs });
    await expect.poll(() => site.salesOfMinute(lateMs), SOON).toMatchObject({ value: '100.00' });
    await expect.poll(() => site.salesOfMinute(lateMs), SOON).not.toMatchObject({ state: 'open' });
    await site.send({ quantity: 1, price: '7.500', agoMs: Date.now() - lateMs });
    await site.send({ quantity: 1, price: '20.000' });
    await go('#/metrics/net-sales?grain=minute');
    await openTable();
    const rows = (state: string): Promise<number> =>
      page.locator(`.points .badge-${state}`).count();
    await expect.poll(() => rows('revised'), SOON).toBeGreaterThan(0);
    await expect.poll(() => rows('open'), SOON).toBeGreaterThan(0);
    expect(await rows('closed')).toBeGreaterThan(10);
    const legend = page.locator('.legend');
    for (const word of [
      'Open',
      'Closed',
      'Revised',
      'Final',
      'Restated',
      'Rebuilding',
      'Watermark',
    ])
      expect(await legend.getByText(word, { exact: true }).count()).toBe(1);
    await expect.poll(() => drawsColour('sign'), SOON).toBe(true);
    await expect.poll(() => drawsColour('tide'), SOON).toBe(true);
    await keepScreenshot(page, 'states-light-en-desktop');
  });

  it('shows a historical correction of a final day as restated', async () => {
    await site.send({ quantity: 5, price: '1.000', agoMs: 5 * DAY_MS, historical: true });
    await go('#/metrics/net-sales?grain=day');
    await openTable();
    const restated = page.locator('.points .badge-restated');
    await expect.poll(() => restated.count(), SOON).toBe(1);
    expect(await page.locator('.points .badge-final').count()).toBeGreaterThan(0);
  });

  it('goes from window to window by arrow keys and says what each rests on', async () => {
    await go('#/metrics/net-sales?grain=minute');
    const chart = page.getByRole('slider');
    await chart.focus();
    await chart.press('End');
    const text = () => chart.getAttribute('aria-valuetext');
    // Back to the minute that was revised: of those between, some hold no events.
    for (let steps = 0; steps < 30 && !(await text())?.includes('107.50'); steps++) {
      const before = await text();
      await chart.press('ArrowLeft');
      await expect.poll(text, SOON).not.toBe(before);
    }
    expect(await text()).toContain('107.50');
    const why = page.locator('.panel', { hasText: 'Why this number' });
    await why.getByText('Log positions counted up to').click();
    await expect.poll(() => why.locator('.cursor').count(), SOON).toBeGreaterThan(0);
    await why.getByRole('button', { name: 'Verify' }).click();
    const verdict = why.locator('.verify');
    await expect.poll(() => verdict.getAttribute('data-verified'), SOON).toBe('equal');
    expect(await verdict.textContent()).toMatch(/0 of [1-9]\d* cells differ/);
  });

  it('breaks a metric down, and keeps the choice in the address', async () => {
    await go('#/metrics/net-sales?grain=hour');
    await page.getByLabel('Breakdown').selectOption('country');
    await expect
      .poll(() => page.locator('.series tbody th').allTextContents(), SOON)
      .toContain('United Kingdom');
    expect(page.url()).toContain('by=country');
    const headline = page.locator('.headline-member');
    expect(await headline.textContent()).toBe('Total');
    await page.locator('.series').getByRole('button', { name: 'United Kingdom' }).click();
    await expect.poll(() => headline.textContent(), SOON).toBe('Country: United Kingdom');
    await page.reload();
    await expect.poll(() => page.getByLabel('Breakdown').inputValue(), SOON).toBe('country');
  });

  it('lets an alert appear by itself, with value, threshold and owner', async () => {
    await go('#/alerts');
    await expect.poll(() => page.locator('.light').textContent(), SOON).toBe('Live');
    const row = page.locator('a.alert-row', { hasText: 'Many cancellations' });
    expect(await row.count()).toBe(0);
    await markPage();
    await site.send({ quantity: -30, price: '12.500', cancels: true });
    await expect.poll(() => row.count(), SOON).toBe(1);
    expect(await isSamePage()).toBe(true);
    await expect
      .poll(() => row.textContent(), SOON)
      .toMatch(/Firing.*United Kingdom.*Critical.*£375\.00Threshold£\d+\.00/);
    await keepScreenshot(page, 'alerts-light-en-desktop');
    await row.click();
    await expect.poll(() => page.locator('.timeline li.at-firing').count(), SOON).toBe(1);
    type Alerts = { alerts: { rule: string; owner: { accountableName: { en: string } } }[] };
    const { alerts } = await site.api<Alerts>('/v1/alerts');
    const told = alerts.find(({ rule }) => rule === 'cancellations-high');
    const side = await page.locator('.metric-side').first().textContent();
    expect(side).toContain(told?.owner.accountableName.en ?? 'nobody');
    expect(side).toContain('cancellations-high');
    expect(side).toContain('value > ');
    await page.getByRole('button', { name: 'Recount' }).click();
    await page.locator('.verify', { hasText: 'As in the log' }).waitFor();
    await keepScreenshot(page, 'alert-light-en-desktop');
  });

  it('takes what people say of an alert: seen, why, worth it, and silent for an hour', async () => {
    const { alerts } = await site.api<{ alerts: { id: string; rule: string }[] }>('/v1/alerts');
    const burning = alerts.find(({ rule }) => rule === 'cancellations-high');
    await go(`#/alerts/${burning?.id ?? ''}`);
    await page.getByRole('button', { name: 'Acknowledge', exact: true }).click();
    await expect.poll(() => page.locator('.timeline li.at-acknowledged').count(), SOON).toBe(1);
    await page.getByLabel('Comment').fill('A customer sent back a whole order.');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.messages', { hasText: 'A customer sent back a whole order.' }).waitFor();
    const assign = page.getByLabel('Assign to');
    const [, somebody] = await assign
      .locator('option')
      .evaluateAll((options) => options.map((one) => (one as HTMLOptionElement).value));
    await assign.selectOption(somebody ?? '');
    await expect.poll(() => page.locator('.timeline li.at-assigned').count(), SOON).toBe(1);
    const real = page.getByRole('button', { name: 'Real', exact: true });
    await page.getByLabel('Cause, if known').fill('A test order.');
    await real.click();
    await expect.poll(() => real.getAttribute('aria-pressed'), SOON).toBe('true');
    type Said = { assignee: string; feedback: { cause: string } };
    expect(await site.api<Said>(`/v1/alerts/${burning?.id ?? ''}`)).toMatchObject({
      assignee: somebody,
      feedback: { cause: 'A test order.' },
    });
    await keepScreenshot(page, 'alert-acknowledged-light-en-desktop');
    await page.getByLabel('Silence').selectOption('PT1H');
    await page.getByText('open alerts: 1').waitFor();
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    await expect.poll(() => page.locator('.timeline li.at-silenced').count(), SOON).toBe(1);
    await go('#/silences');
    const silence = page.locator('.message', {
      has: page.getByTitle('rule=cancellations-high'),
    });
    expect(await silence.textContent()).toMatch(/^Rule: Many cancellations, .*active/);
    await keepScreenshot(page, 'silences-light-en-desktop');
    const end = silence.getByRole('button', { name: 'End it now' });
    await end.click();
    await expect.poll(() => end.count(), SOON).toBe(0);
    const endedBy = (): Promise<string | null> => silence.textContent();
    await expect.poll(endedBy, SOON).toMatch(/over.*ended early by Anna Schmidt/);
    await page.reload();
    await expect.poll(endedBy, SOON).toMatch(/over.*ended early by Anna Schmidt/);
    await keepScreenshot(page, 'silence-ended-light-en-desktop');
    await go(`#/alerts/${burning?.id ?? ''}`);
    await page.getByRole('button', { name: 'Withdraw acknowledgement' }).click();
    await expect.poll(() => page.locator('.timeline li.at-unacknowledged').count(), SOON).toBe(1);
  });

  it.each([
    { looks: LIGHT, name: 'light-en', who: 'People with the role owner' },
    { looks: DARK_CHINESE, name: 'dark-zh', who: '拥有 owner 角色的人员' },
  ])(
    'offers who only reads nothing to do, and says who may: $name',
    async ({ looks, name, who }) => {
      const { alerts } = await site.api<{ alerts: { id: string; rule: string }[] }>('/v1/alerts');
      const burning = alerts.find(({ rule }) => rule === 'cancellations-high');
      const context = await openContext(browser, looks, READER_TOKEN);
      const reader = await context.newPage();
      for (const hash of [`#/alerts/${burning?.id ?? ''}`, '#/silences']) {
        await go(hash, reader);
        await reader.getByText(who).waitFor();
        await reader.locator('.timeline, .message').first().waitFor();
        expect(await reader.locator('.actions, .action-row, .message button').count()).toBe(0);
        await keepScreenshot(
          reader,
          `${hash === '#/silences' ? 'silences' : 'alert'}-reader-${name}`,
        );
      }
      await context.close();
    },
  );

  it('keeps what the alerts are narrowed to in the address', async () => {
    const names = () => page.locator('a.alert-row .alert-name strong').allTextContents();
    const severity = page.getByLabel('Severity');
    await go('#/alerts?show=all');
    await page.getByLabel('Metric').selectOption('cancelled-sales');
    await severity.selectOption('critical');
    await expect.poll(names, SOON).toEqual(['Many cancellations']);
    expect(page.url()).toContain('#/alerts?show=all&metric=cancelled-sales&severity=critical');
    await page.reload();
    await expect.poll(names, SOON).toEqual(['Many cancellations']);
    expect(await severity.inputValue()).toBe('critical');
    await keepScreenshot(page, 'alerts-narrowed-light-en-desktop');
    await severity.selectOption('info');
    await page.getByText('No alert matches').waitFor();
    await keepScreenshot(page, 'alerts-no-match-light-en-desktop');
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await expect.poll(names, SOON).toContain('Many cancellations');
    expect(page.url()).toMatch(/#\/alerts\?show=all$/);
  });

  it('makes a silence from scratch, once it has said what that would cover', async () => {
    await go('#/silences');
    await page.getByLabel('New silence').fill('rule=~cancel*, country=United Kingdom');
    await page.locator('.page').getByRole('combobox').selectOption('PT4H');
    const preview = page.locator('.page .action-row').getByRole('status');
    const matchers = 'rule=~cancel*, country=United Kingdom';
    await expect.poll(() => preview.textContent(), SOON).toMatch(/^open alerts: \d+ /);
    expect(await preview.locator('code').textContent()).toBe(matchers);
    const silence = page.locator('.message', { has: page.getByTitle(matchers) });
    expect(await silence.count()).toBe(0);
    await keepScreenshot(page, 'silence-preview-light-en-desktop');
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    await expect
      .poll(() => silence.textContent(), SOON)
      .toMatch(/active.*Anna Schmidt.*open alerts: \d+/);
    // The stream may tell of the silence before its request is answered.
    await expect.poll(() => preview.count(), SOON).toBe(0);
    await keepScreenshot(page, 'silence-made-light-en-desktop');
    const end = silence.getByRole('button', { name: 'End it now' });
    await end.click();
    await expect.poll(() => end.count(), SOON).toBe(0);
  });

  it('shows that the account of every record is whole', async () => {
    await go('#/pipeline');
    await expect
      .poll(() => page.locator('.verdict-figure').getAttribute('data-difference'), SOON)
      .toBe('0');
    expect(await page.locator('.verdict-title').textContent()).toBe('Every event is accounted for');
    type Pipeline = { eventTypes: { metrics: { metric: string; counted: number }[] }[] };
    const counted = async (): Promise<string> => {
      const { eventTypes } = await site.api<Pipeline>('/v1/pipeline');
      const lines = eventTypes
        .flatMap(({ metrics }) => metrics)
        .find(({ metric }) => metric === 'lines');
      return String(lines?.counted);
    };
    const shown = page.locator('.equation tbody tr', { hasText: 'lines' }).locator('td').nth(1);
    await expect
      .poll(async () => (await shown.textContent()) === (await counted()), SOON)
      .toBe(true);
    await keepScreenshot(page, 'pipeline-light-en-desktop');
  });

  it('says that the live connection is lost, and when it is back', async () => {
    const context = await openContext(browser, LIGHT, TOKEN);
    const cut = await context.newPage();
    await cut.route('**/v1/stream', (route) => route.abort());
    await go('#/metrics', cut);
    const light = cut.locator('.light');
    await expect.poll(() => light.textContent(), SOON).toBe('Reconnecting');
    const banner = cut.getByText('The live connection is down');
    await expect.poll(() => banner.count(), SOON).toBe(1);
    await cut.unroute('**/v1/stream');
    await expect.poll(() => light.textContent(), SOON).toBe('Live');
    await expect.poll(() => banner.count(), SOON).toBe(0);
    await context.close();
  });

  it.each([
    { looks: LIGHT, name: 'light-en', light: 'Not allowed', says: 'Your token may not read' },
    { looks: DARK_CHINESE, name: 'dark-zh', light: '无权限', says: '您的令牌没有读取权限' },
  ])('says that a connection is refused, not lost: $name', async ({ looks, name, light, says }) => {
    const context = await openContext(browser, looks, SENDER_TOKEN);
    const sender = await context.newPage();
    await go('#/metrics', sender);
    await sender.getByText(says).waitFor();
    expect(await sender.locator('.light').textContent()).toBe(light);
    expect(await axeViolations(sender)).toEqual([]);
    await keepScreenshot(sender, `refused-${name}`);
    await context.close();
  });

  it('keeps more tabs live than a browser has connections, and goes on when the one that reads is closed', async () => {
    const context = await openContext(browser, LIGHT, TOKEN);
    const tabs: Page[] = [];
    for (let tab = 0; tab < 8; tab++) {
      const next = await context.newPage();
      await go('#/metrics/net-sales?grain=hour', next);
      await expect.poll(() => next.locator('.light').textContent(), SOON).toBe('Live');
      tabs.push(next);
    }
    const [reader, last] = [tabs[0], tabs.at(-1)];
    if (!reader || !last) throw new Error('no tabs');
    const shows = (): Promise<string | null> =>
      last.locator('.number-headline').getAttribute('data-value');
    const follows = async (): Promise<void> => {
      const before = await shows();
      await site.send({ quantity: 1, price: '17.250' });
      await expect.poll(shows, SOON).not.toBe(before);
    };
    await follows();
    await reader.close();
    await follows();
    expect(await last.locator('.light').textContent()).toBe('Live');
    await context.close();
  });

  it('says what failed, keeps what it had, and says as of when', async () => {
    const context = await openContext(browser, LIGHT, TOKEN);
    const cut = await context.newPage();
    // Without the stream nothing is read again by itself, which would take the button away before it is pressed.
    await cut.route('**/v1/stream*', (route) => route.abort());
    await cut.route('**/v1/pipeline', (route) => route.abort());
    await go('#/pipeline', cut);
    await expect
      .poll(() => cut.getByRole('alert').textContent(), SOON)
      .toContain('could not be loaded');
    await cut.unroute('**/v1/pipeline');
    await cut.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => cut.locator('.verdict').count(), SOON).toBe(1);
    await cut.route('**/v1/pipeline', (route) => route.abort());
    await cut.unroute('**/v1/stream*');
    await expect.poll(() => cut.getByText('the last refresh failed').count(), SOON).toBe(1);
    expect(await cut.locator('.verdict').count()).toBe(1);
    await context.close();
  });

  it('names what does not exist', async () => {
    const context = await openContext(browser, LIGHT, TOKEN);
    const lost = await context.newPage();
    await go('#/metrics/no-such-metric', lost);
    const isNamed = async (name: string): Promise<void> => {
      await lost.getByRole('heading', { level: 1, name }).waitFor();
      expect(await axeViolations(lost), name).toEqual([]);
    };
    await isNamed('There is no metric “no-such-metric”');
    await keepScreenshot(lost, 'no-metric-light-en-desktop');
    await go('#/alerts/no-such-alert', lost);
    await isNamed('There is no alert with this id');
    await go('#/nowhere', lost);
    await isNamed('There is no such page');
    await keepScreenshot(lost, 'no-page-light-en-desktop');
    await context.close();
  });

  it('changes language and theme at a click and remembers both', async () => {
    const context = await openContext(browser, LIGHT, TOKEN);
    const other = await context.newPage();
    await go('#/metrics', other);
    await other.getByRole('button', { name: '中文' }).click();
    await expect.poll(() => other.locator('h1').textContent(), SOON).toBe('指标');
    const root = other.locator('html');
    await expect.poll(() => root.getAttribute('lang'), SOON).toBe('zh-CN');
    await other.getByRole('button', { name: /主题/ }).click();
    await other.getByRole('button', { name: /主题/ }).click();
    await expect.poll(() => root.getAttribute('data-theme'), SOON).toBe('dark');
    await other.reload();
    await expect.poll(() => other.locator('h1').textContent(), SOON).toBe('指标');
    expect(await root.getAttribute('data-theme')).toBe('dark');
    await context.close();
  });

  it('draws Chinese characters, and no boxes in their place', async () => {
    const context = await openContext(browser, DARK_CHINESE, TOKEN);
    const chinese = await context.newPage();
    await go('#/metrics', chinese);
    await expect.poll(() => chinese.locator('h1').textContent(), SOON).toBe('指标');
    expect(await picturesOf(chinese, '指标告警管道目录责任')).toBe(10);
    // Nobody's characters: each is drawn as the same box.
    expect(await picturesOf(chinese, '\u{F0000}\u{F0001}\u{F0002}')).toBe(1);
    await context.close();
  });

  it('calls the tab as the page calls what it shows', async () => {
    const context = await openContext(browser, DARK_CHINESE, TOKEN);
    const chinese = await context.newPage();
    type Metric = { readonly name: { readonly zh: string } };
    const nameOf = async (id: string): Promise<string> =>
      `${(await site.api<Metric>(`/v1/metrics/${id}`)).name.zh} · Tidemark`;
    await go('#/metrics/net-sales', chinese);
    await expect.poll(() => chinese.title(), SOON).toBe(await nameOf('net-sales'));
    await go('#/metrics/cancel-rate', chinese);
    await expect.poll(() => chinese.title(), SOON).toBe(await nameOf('cancel-rate'));
    await go('#/catalog/Metric/cancel-rate', chinese);
    await expect.poll(() => chinese.title(), SOON).toBe(await nameOf('cancel-rate'));
    await go('#/metrics', chinese);
    await expect.poll(() => chinese.title(), SOON).toBe('全部指标 · Tidemark');
    await context.close();
  });

  const VIEWS = [
    { name: 'metrics', hash: '#/metrics', waitFor: '.ledger-link .number-row' },
    {
      name: 'metric',
      hash: '#/metrics/net-sales?grain=hour&by=country',
      waitFor: '.series tbody tr',
    },
    { name: 'ratio', hash: '#/metrics/cancel-rate?grain=hour', waitFor: '.chart canvas' },
    { name: 'alerts', hash: '#/alerts?show=all', waitFor: 'a.alert-row' },
    { name: 'silences', hash: '#/silences', waitFor: '.page h1' },
    { name: 'pipeline', hash: '#/pipeline', waitFor: '.verdict' },
  ];
  const LOOKS = [
    { looks: LIGHT, viewport: DESKTOP, name: 'light-en-desktop' },
    { looks: DARK_CHINESE, viewport: DESKTOP, name: 'dark-zh-desktop' },
    { looks: LIGHT, viewport: PHONE, name: 'light-en-phone' },
    { looks: DARK_CHINESE, viewport: PHONE, name: 'dark-zh-phone' },
  ];
  it.each(LOOKS)('can be read by everyone: $name', async ({ looks, viewport, name }) => {
    const context = await openContext(browser, { ...looks, viewport }, TOKEN);
    const seen = await context.newPage();
    for (const view of VIEWS) {
      await go(view.hash, seen);
      await seen.locator(view.waitFor).first().waitFor();
      expect(await axeViolations(seen), view.name).toEqual([]);
      const overflow = await seen.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(overflow, `${view.name} is wider than its screen`).toBeLessThanOrEqual(0);
      await keepScreenshot(seen, `${view.name}-${name}`);
    }
    expect(await seen.locator('html').getAttribute('lang')).toBe(
      looks.language === 'zh-CN' ? 'zh-CN' : 'en',
    );
    await context.close();
  });

  it('asks no other server, complains of nothing, and is light', async () => {
    expect(watch.addresses.filter((address) => new URL(address).origin !== site.url)).toEqual([]);
    expect(watch.complaints).toEqual([]);
    const context = await openContext(browser, LIGHT, TOKEN);
    const fresh = await context.newPage();
    const watched = watchPage(fresh);
    for (const { hash, waitFor } of VIEWS) {
      await go(hash, fresh);
      await fresh.locator(waitFor).first().waitFor();
    }
    const bytes = await watched.pageBytes();
    expect(bytes).toBeGreaterThan(20_000);
    expect(bytes).toBeLessThanOrEqual(PAGE_BYTES_MAX);
    await context.close();
  });
});

/** Whether the chart has a pixel of the named colour. */
function drawsColour(name: string): Promise<boolean> {
  return page.evaluate((variable) => {
    const canvas = document.querySelector<HTMLCanvasElement>('.chart canvas');
    // A copy: reading the chart's own canvas would change how it is drawn.
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
