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

const DAY_MS = 86_400_000;

let site: CatalogSite;
let browser: Browser;
/** Two people at their own browsers. */
let writer: Page;
let approver: Page;
/** Looks at a metric while others work on it. */
let follower: Page;
let watch: Watch;

/** As if it were opened anew: an address that the page has already would leave it as it is. */
const go = async (page: Page, to: string): Promise<void> => {
  await page.goto(`${site.url}/#/nowhere`);
  await page.goto(`${site.url}/${to}`);
};
const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click();
const source = (page: Page) => page.getByLabel('Definition as YAML');
const verdict = (page: Page): Promise<string | null> => page.locator('.verdict-line').textContent();
const settled = (page: Page) => expect.poll(() => verdict(page), SOON);
const versions = (page: Page) => page.locator('[data-version]');
const pills = (page: Page): Promise<readonly string[]> =>
  page.locator('.document-head .pill').allTextContents();

const METRIC = `apiVersion: tidemark/v1
kind: Metric
metadata:
  id: french-sales
  name: { en: Sales in France, zh: 法国销售额 }
  domain: finance
  owner: team:sales
spec:
  type: simple
  event: com.example.retail.invoice-line
  where: data.country == "France"
  value: data.quantity * data.unit_price
  aggregation: sum
  unit: { code: GBP, scale: 2 }
  breakdowns: [[]]
  grains: [minute, hour]
  timezone: Europe/London
  lateness: P1D
`;

export function describeDocuments(shared: () => Shared<CatalogSite>): void {
  describe('its definitions', () => {
    beforeAll(async () => {
      ({ site, browser } = shared());
      writer = await (await openContext(browser, LIGHT, PEOPLE.writer.token)).newPage();
      watch = watchPage(writer);
      approver = await (await openContext(browser, LIGHT, PEOPLE.approver.token)).newPage();
    });
    afterAll(async () => {
      await writer?.context().close();
      await approver?.context().close();
    });

    it('finds definitions by words, kind, domain and state, and keeps the choice in the address', async () => {
      await go(writer, '#/catalog');
      const rows = writer.locator('.catalog-link');
      await expect.poll(() => rows.count(), SOON).toBeGreaterThan(20);
      const all = await rows.count();
      expect(await writer.locator('.catalog-count').textContent()).toBe(`${all} of ${all}`);
      await writer.getByLabel('Kind').selectOption('Metric');
      await writer.getByLabel('Domain').selectOption('finance');
      await writer.getByLabel('Find a definition').fill('销售 net');
      await expect.poll(() => rows.count(), SOON).toBe(1);
      expect(await rows.textContent()).toContain('Net sales');
      await writer.reload();
      await expect.poll(() => rows.count(), SOON).toBe(1);
      await writer.getByLabel('State').selectOption('retired');
      await writer.getByText('No definition matches').waitFor();
      await press(writer, 'Show all');
      await expect.poll(() => rows.count(), SOON).toBe(all);
    });

    it('shows a definition with its fields, what it comes from and what uses it', async () => {
      await go(writer, '#/catalog/Metric/net-sales');
      await writer.locator('.field-list').first().waitFor();
      expect(await writer.locator('.read-view').textContent()).toContain(
        'data.quantity * data.unit_price',
      );
      const lineage = writer.locator('.lineage-side');
      await expect.poll(() => lineage.nth(0).textContent(), SOON).toContain('data.unit_price');
      await lineage.nth(1).getByText('Sales below plan').click();
      await expect.poll(() => writer.locator('h1').textContent(), SOON).toBe('Sales below plan');
      await go(writer, '#/catalog/EventType/com.example.retail.invoice-line');
      await lineage.getByRole('link', { name: 'Net sales', exact: true }).click();
      await expect.poll(() => writer.locator('h1').textContent(), SOON).toBe('Net sales');
    });

    it('says in Chinese what fields are and what each document is for another', async () => {
      const context = await openContext(browser, DARK_CHINESE, PEOPLE.admin.token);
      const seen = await context.newPage();
      await go(seen, '#/catalog/Metric/net-sales');
      const fields = seen.locator('.read-view dt');
      await expect.poll(() => fields.first().textContent(), SOON).toBe('用途 purpose');
      expect(await seen.locator('.read-view').textContent()).toContain('全部发票行的收入');
      const sources = seen.locator('.lineage-side').first();
      await expect.poll(() => sources.textContent(), SOON).toContain('取值');
      await go(seen, '#/catalog/new');
      const typed = METRIC.replace('data.unit_price', 'data.unit_prise').replace(
        '[minute,',
        '[minit,',
      );
      await seen.getByLabel('YAML 定义').fill(typed);
      const faults = seen.locator('.fault-list');
      await expect
        .poll(() => faults.textContent(), SOON)
        .toContain('须为以下之一：minute, hour, day');
      await seen.getByLabel('YAML 定义').fill(typed.replace('[minit,', '[minute,'));
      await expect
        .poll(() => faults.textContent(), SOON)
        .toContain('data 没有字段 unit_prise；是否指 unit_price？');
      await keepScreenshot(seen, 'catalog-fault-dark-zh-desktop');
      await context.close();
    });

    it('says of which calendar the years of a metric are, with a way there and back', async () => {
      await site.publish(
        'Calendar/fiscal',
        () =>
          'apiVersion: tidemark/v1\nkind: Calendar\nmetadata: { id: fiscal, name: { en: Fiscal year, zh: 财年 } }\nspec: { firstMonth: 4 }\n',
      );
      await site.publish('Metric/customers', (text) =>
        text.replace('  timezone:', '  calendar: fiscal\n  timezone:'),
      );
      await go(writer, '#/catalog/Metric/customers');
      const calendar = writer
        .locator('.lineage-side')
        .first()
        .getByRole('link', { name: 'Fiscal year' });
      await calendar.waitFor();
      await keepScreenshot(writer, 'lineage-calendar-light-en-desktop');
      const context = await openContext(browser, DARK_CHINESE, PEOPLE.admin.token);
      const seen = await context.newPage();
      await go(seen, '#/metrics/customers?grain=day');
      const link = seen.locator('.metric-side').getByRole('link', { name: '财年' });
      await link.waitFor();
      await keepScreenshot(seen, 'metric-calendar-dark-zh-desktop');
      await link.click();
      await expect.poll(() => seen.locator('h1').textContent(), SOON).toBe('财年');
      for (const [grain, name] of Object.entries(fiscalPeriods())) {
        await go(seen, `#/metrics/customers?grain=${grain}`);
        await expect
          .poll(() => seen.locator('.headline-window').textContent(), SOON)
          .toContain(name);
      }
      await keepScreenshot(seen, 'metric-fiscal-year-dark-zh-desktop');
      await context.close();
    });

    it('checks what is typed, leads to the fault, and warns of what is much the same', async () => {
      await go(writer, '#/catalog/new');
      // What is begun has faults before it has a name.
      await expect.poll(() => writer.locator('.fault-place').count(), SOON).toBeGreaterThan(1);
      await source(writer).fill(METRIC.replace('data.unit_price', 'data.unit_prise'));
      await settled(writer).toBe('Faults: 1');
      const place = writer.locator('.fault-place');
      const [line, column] = ((await place.textContent()) ?? '').split(':').map(Number);
      expect(METRIC.split('\n')[(line ?? 0) - 1]).toContain('value:');
      expect(await writer.locator('.line-marked').textContent()).toBe(String(line));
      await place.click();
      const selected = (): Promise<string> =>
        source(writer).evaluate((field: HTMLTextAreaElement) =>
          field.value.slice(field.selectionStart, field.selectionEnd),
        );
      await expect.poll(selected, SOON).toContain('unit_prise');
      expect(column).toBeGreaterThan(1);
      await keepScreenshot(writer, 'catalog-fault-light-en-desktop');
      await source(writer).fill(METRIC);
      await settled(writer).toBe('No faults');
      await writer.locator('.consequences', { hasText: 'Net sales' }).waitFor();
    });

    it('keeps what was typed until it is saved, whatever page was looked at meanwhile', async () => {
      await go(writer, '#/catalog');
      await go(writer, '#/catalog/new');
      await expect.poll(() => source(writer).inputValue(), SOON).toBe(METRIC);
      await expect
        .poll(() => writer.getByRole('button', { name: 'Save draft' }).isEnabled(), SOON)
        .toBe(true);
      await press(writer, 'Save draft');
      await expect.poll(() => writer.url(), SOON).toContain('#/catalog/Metric/french-sales');
      await expect.poll(() => pills(writer), SOON).toEqual(['Draft']);
    });

    it('breaks a new line as deep as the one before, and Undo takes it back', async () => {
      await go(writer, '#/catalog/Metric/french-sales?tab=draft');
      await expect.poll(() => source(writer).inputValue(), SOON).toBe(METRIC);
      await source(writer).focus();
      await source(writer).press('Control+End');
      await source(writer).press('ArrowLeft');
      await source(writer).press('Enter');
      expect(await source(writer).inputValue()).toBe(METRIC.replace(/\n$/, '\n  \n'));
      await source(writer).press('Control+z');
      expect(await source(writer).inputValue()).toBe(METRIC);
    });

    it('is submitted by one and approved by another, and the metric is there', async () => {
      await writer.getByLabel('Note or reason').fill('Asked for by the French team.');
      await go(approver, '#/catalog/reviews');
      await approver.locator('.empty').waitFor();
      await press(writer, 'Submit for review');
      await expect.poll(() => pills(writer), SOON).toEqual(['In review']);
      expect(await writer.getByRole('button', { name: 'Approve and publish' }).count()).toBe(0);
      // The queue follows.
      const waiting = approver.locator('.message', { hasText: 'Sales in France' });
      await waiting.waitFor();
      expect(await waiting.textContent()).toContain('submitted by Li Wei');
      await keepScreenshot(approver, 'catalog-queue-light-en-desktop');
      await waiting.getByRole('link').click();
      await expect
        .poll(() => approver.locator('.diff-added').count(), SOON)
        .toBe(METRIC.trimEnd().split('\n').length);
      await expect
        .poll(() => approver.locator('.changes').textContent(), SOON)
        .toContain('Asked for by');
      await press(approver, 'Approve and publish');
      await expect.poll(() => pills(approver), SOON).toEqual(['Published']);
      const metrics = async (): Promise<readonly string[]> =>
        (await site.api<{ metrics: { id: string }[] }>('/v1/metrics')).metrics.map(({ id }) => id);
      await expect.poll(metrics, SOON).toContain('french-sales');
    });

    it('tells the author why a draft was rejected', async () => {
      await edit('french-sales', (text) => text.replace('Sales in France', 'French sales'));
      await go(approver, '#/catalog/Metric/french-sales');
      await expect.poll(() => approver.locator('.diff-removed').count(), SOON).toBe(1);
      expect(await approver.locator('.diff-count').textContent()).toBe('+1 −1');
      await keepScreenshot(approver, 'catalog-changes-light-en-desktop');
      const reject = approver.getByRole('button', { name: 'Reject' });
      expect(await reject.isDisabled()).toBe(true);
      await approver.getByLabel('Note or reason').fill('Keep the name.');
      await reject.click();
      await expect.poll(() => pills(approver), SOON).toEqual(['Published', 'Draft']);
      await go(writer, '#/catalog/Metric/french-sales?tab=changes');
      await expect
        .poll(() => writer.locator('.changes').textContent(), SOON)
        .toContain('Rejected · Zhang Min');
      expect(await writer.locator('.changes').textContent()).toContain('Keep the name.');
    });

    it('says that somebody else saved meanwhile, and lets the reader choose', async () => {
      await go(writer, '#/catalog/Metric/french-sales?tab=draft');
      await source(writer).fill(METRIC.replace('Sales in France', 'Mine'));
      const theirs = METRIC.replace('Sales in France', 'Theirs');
      await site.api('/v1/catalog/drafts/Metric/french-sales', { text: theirs }, 'PUT');
      await press(writer, 'Save draft');
      await writer.getByText('Somebody saved another text meanwhile.').waitFor();
      await press(writer, 'Go on with mine');
      await expect.poll(() => writer.getByText('Somebody saved').count(), SOON).toBe(0);
      expect(await source(writer).inputValue()).toContain('Mine');
      await press(writer, 'Save draft');
      await expect
        .poll(async () => (await draftText('french-sales'))?.includes('Mine'), SOON)
        .toBe(true);
      await press(writer, 'Discard draft');
      await expect.poll(() => pills(writer), SOON).toEqual(['Published']);
    });

    it('publishes what breaks others only when that is accepted', async () => {
      await edit('french-sales', (text) =>
        text.replace('grains: [minute, hour]', 'grains: [hour]'),
      );
      follower = await writer.context().newPage();
      await go(follower, '#/metrics/french-sales');
      await expect.poll(() => versions(follower).count(), SOON).toBe(1);
      await expect
        .poll(() => versions(follower).textContent(), SOON)
        .toContain('Li Wei · approved by Zhang Min');
      await go(approver, '#/catalog/Metric/french-sales');
      await approver.locator('.consequences .pill-critical').waitFor();
      const approve = approver.getByRole('button', { name: 'Approve and publish' });
      expect(await approve.isDisabled()).toBe(true);
      await approver.getByLabel('I accept that this breaks').check();
      await approve.click();
      await expect.poll(() => pills(approver), SOON).toEqual(['Published']);
    });

    it('marks on the time line of the metric when another version was published', async () => {
      await expect.poll(() => versions(follower).count(), SOON).toBe(2);
      const [newest, first] = await versions(follower).locator('code').allTextContents();
      expect(newest).not.toBe(first);
      expect(await follower.locator('.legend').textContent()).toContain('Version published');
      expect(await axeViolations(follower)).toEqual([]);
      await keepScreenshot(follower, 'metric-versions-light-en-desktop');
      await follower.close();
      const chinese = await openContext(browser, DARK_CHINESE, PEOPLE.writer.token);
      const seen = await chinese.newPage();
      await go(seen, '#/metrics/net-sales?grain=minute');
      await expect.poll(() => versions(seen).count(), SOON).toBe(1);
      await seen.locator('.chart canvas').waitFor();
      await keepScreenshot(seen, 'metric-versions-dark-zh-desktop');
      await versions(seen).getByRole('link').click();
      await expect.poll(() => seen.locator('.revisions > li').count(), SOON).toBe(1);
      await chinese.close();
    });

    it('shows which windows a changed metric would change, before it is approved, and follows', async () => {
      const past = { everyMs: DAY_MS, endAgoMs: 2 * DAY_MS, isHistorical: true };
      await site.sell([10, 20, 30], past);
      await expect.poll(daysWithUnits, SOON).toEqual(['1', '1', '1']);
      await edit('units', (text) => text.replace(/value: .*/, 'value: data.quantity * 2'));
      await go(approver, '#/catalog/Metric/units');
      const report = approver.locator('[data-changed]');
      await expect.poll(() => report.getAttribute('data-changed'), SOON).toBe('3');
      expect(await report.locator('tbody tr').count()).toBe(3);
      expect(await report.textContent()).toContain('3 → 6');
      await keepScreenshot(approver, 'catalog-difference-light-en-desktop');
      // It is not told for good: what is counted meanwhile shows by itself.
      await approver.evaluate('window.isStillHere = true');
      await site.sell([40], { ...past, endAgoMs: 6 * DAY_MS });
      await expect.poll(() => report.getAttribute('data-changed'), SOON).toBe('4');
      expect(await approver.evaluate('window.isStillHere === true')).toBe(true);
    });

    it('lays an earlier text beside what stands, and makes it stand again', async () => {
      await go(approver, '#/catalog/Metric/french-sales?tab=history');
      const rows = approver.locator('.revisions > li');
      await expect.poll(() => rows.count(), SOON).toBe(2);
      const first = rows.nth(1);
      await first.getByRole('button', { name: /^Compare/ }).click();
      expect(await first.locator('.diff-added').textContent()).toContain('[minute, hour]');
      await keepScreenshot(approver, 'catalog-history-light-en-desktop');
      await first.getByRole('button', { name: /^Publish #\d+ again$/ }).click();
      await expect.poll(() => rows.count(), SOON).toBe(3);
      const shown = await site.api<{ published: { text: string } }>(
        '/v1/catalog/documents/Metric/french-sales',
      );
      expect(shown.published.text).toContain('[minute, hour]');
    });

    it('names what could go, with the reason and what to do', async () => {
      type Prune = { metrics: number; findings: { metric: string; reason: string }[] };
      const answer = await site.api<Prune>('/v1/catalog/prune');
      const finding = {
        metric: 'net-sales',
        code: 'unused',
        reason: 'not read since it was seen',
        action: 'remove net-sales',
      };
      // Thirty days pass before a metric is unused: to the real answer one finding is added.
      await writer.route('**/v1/catalog/prune', (route) =>
        route.fulfill({ json: { ...answer, findings: [...answer.findings, finding] } }),
      );
      await go(writer, '#/catalog/prune');
      const named = new Set([...answer.findings.map(({ metric }) => metric), finding.metric]);
      await expect
        .poll(() => writer.locator('.lead').textContent(), SOON)
        .toContain(`${String(named.size)} of ${String(answer.metrics)} metrics`);
      const shown = writer.locator('.prune .message', { hasText: finding.reason });
      await expect
        .poll(() => shown.textContent(), SOON)
        .toMatch(/^Net salesUnused.*remove net-sales$/);
      await keepScreenshot(writer, 'catalog-prune-light-en-desktop');
      await writer.unroute('**/v1/catalog/prune');
    });

    it('retires a definition for a reason, and says so', async () => {
      await go(approver, '#/catalog/Metric/french-sales?tab=published');
      await approver.getByLabel('Note or reason').fill('Nobody asked for it in the end.');
      await press(approver, 'Retire');
      await expect.poll(() => pills(approver), SOON).toEqual(['Retired']);
      await go(writer, '#/catalog?state=retired');
      await writer.locator('.catalog-link', { hasText: 'french-sales' }).waitFor();
    });

    it('names a definition that does not exist', async () => {
      await go(writer, '#/catalog/Metric/no-such-metric');
      await writer.getByText('There is no definition “Metric/no-such-metric”').waitFor();
    });

    const VIEWS = [
      { name: 'catalog', hash: '#/catalog', waitFor: '.catalog-link' },
      { name: 'catalog-document', hash: '#/catalog/Metric/net-sales', waitFor: '.lineage-side' },
      { name: 'catalog-draft', hash: '#/catalog/Metric/orders?tab=draft', waitFor: '.fault-place' },
      { name: 'catalog-changes', hash: '#/catalog/Metric/orders?tab=changes', waitFor: '.diff' },
      {
        name: 'catalog-history',
        hash: '#/catalog/Metric/orders?tab=history',
        waitFor: '.revisions',
      },
      { name: 'catalog-new', hash: '#/catalog/new', waitFor: '.fault-place' },
      { name: 'catalog-reviews', hash: '#/catalog/reviews', waitFor: '.page h1' },
      { name: 'catalog-prune', hash: '#/catalog/prune', waitFor: '.lead' },
    ];
    const LOOKS = [
      { looks: LIGHT, viewport: DESKTOP, name: 'light-en-desktop' },
      { looks: DARK_CHINESE, viewport: DESKTOP, name: 'dark-zh-desktop' },
      { looks: LIGHT, viewport: PHONE, name: 'light-en-phone' },
      { looks: DARK_CHINESE, viewport: PHONE, name: 'dark-zh-phone' },
    ];
    it.each(LOOKS)('can be read by everyone: $name', async ({ looks, viewport, name }) => {
      const { published } = await site.api<{ published: { text: string } }>(
        '/v1/catalog/documents/Metric/orders',
      );
      const text = published.text.replace('aggregation: ', 'aggregation: no-such-');
      await site.api('/v1/catalog/drafts/Metric/orders', { text }, 'PUT');
      const context = await openContext(browser, { ...looks, viewport }, PEOPLE.admin.token);
      const seen = await context.newPage();
      for (const view of VIEWS) {
        await go(seen, view.hash);
        await seen.locator(view.waitFor).first().waitFor();
        expect(await axeViolations(seen), view.name).toEqual([]);
        const overflow = await seen.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect(overflow, `${view.name} is wider than its screen`).toBeLessThanOrEqual(0);
        await keepScreenshot(seen, `${view.name}-${name}`);
      }
      await context.close();
    });

    it('complains of nothing but what it asked for and was refused', () => {
      const refused = /status of (404|409)/;
      expect(watch.complaints.filter((complaint) => !refused.test(complaint))).toEqual([]);
    });
  });
}

/** The writer changes a definition in the editor and submits it. */
async function edit(id: string, change: (text: string) => string): Promise<void> {
  await go(writer, `#/catalog/Metric/${id}?tab=draft`);
  await source(writer).waitFor();
  await source(writer).fill(change(await source(writer).inputValue()));
  await press(writer, 'Save draft');
  await expect
    .poll(() => writer.getByRole('button', { name: 'Submit for review' }).isEnabled(), SOON)
    .toBe(true);
  await press(writer, 'Submit for review');
  await expect.poll(() => pills(writer), SOON).toEqual(['Published', 'In review']);
}

const draftText = async (id: string): Promise<string | undefined> =>
  (await site.api<{ draft?: { text: string } }>(`/v1/catalog/documents/Metric/${id}`)).draft?.text;

/** Units by day, of the days before yesterday on which any were sold, as everyone reads them. */
async function daysWithUnits(): Promise<readonly (string | null)[]> {
  type Answer = { series: { points: { value: string | null }[] }[] };
  const [from, to] = [9, 1].map((days) => new Date(Date.now() - days * DAY_MS).toISOString());
  const path = `/v1/metrics/units/values?grain=day&from=${from}&to=${to}`;
  const points = (await site.api<Answer>(path)).series[0]?.points ?? [];
  return points.map(({ value }) => value).filter((value) => value !== null && value !== '0');
}

/** What holds now is called in a year that begins in April and is named by its end. */
function fiscalPeriods(): Readonly<Record<string, string>> {
  const { year, month } = Temporal.Now.plainDateISO('Europe/London');
  const index = (month + 8) % 12;
  const name = `FY${String(month >= 4 ? year + 1 : year)}`;
  return {
    month: `${name} M${String(index + 1).padStart(2, '0')}`,
    quarter: `${name} Q${String(Math.floor(index / 3) + 1)}`,
    year: name,
  };
}
