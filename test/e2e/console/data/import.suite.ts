import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryDir } from '../../../../infra/bootstrap/prepare.mjs';
import type { PipelineAnswer } from '../../../../services/console/core/answers.ts';
import {
  PHONE,
  SOON,
  keepScreenshot,
  openContext,
  axeViolations,
  watchPage,
} from '../../../support/browser.ts';
import type { Looks, Watch } from '../../../support/browser.ts';
import { workbookOf } from '../../../support/workbook.ts';
import { READER_TOKEN, TOKEN } from './site.ts';
import type { Shared } from '../shared-site.ts';
import type { DataSite } from './site.ts';

const LIGHT: Looks = { language: 'en-GB', scheme: 'light' };
const DARK_CHINESE: Looks = { language: 'zh-CN', scheme: 'dark' };
/** Three days of a real retailer, and what is right of them (test/data/README.md). */
const FILE = join(repositoryDir, 'test', 'data', 'online-retail-3-days.csv');
const LINES = 7_419;
const RIGHT = {
  'net-sales': ['58635.56', '46207.28', '45620.46'],
  'cancelled-sales': ['325.23', '1541.10', '1323.25'],
  orders: ['137', '144', '101'],
  units: ['26814', '21023', '14830'],
} as const;

let site: DataSite;
let browser: Browser;
let page: Page;
let watch: Watch;

type Upload = { readonly name: string; readonly mimeType: string; readonly buffer: Buffer };
const csv = (text: string, name = 'lines.csv'): Upload => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(text),
});
const open = async (file: string | Upload, on: Page = page): Promise<void> => {
  // By way of another page: the same address would not be loaded anew.
  await on.goto(`${site.url}/#/pipeline`);
  await on.goto(`${site.url}/#/import`);
  await on.locator('input[type="file"]').setInputFiles(file);
};
const stage = (): Promise<string | null> => page.locator('.run').getAttribute('data-stage');
const outcome = async (): Promise<readonly (string | null)[]> => {
  const found = page.locator('.run-outcome');
  return [await found.getAttribute('data-accepted'), await found.getAttribute('data-rejected')];
};
const check = async (): Promise<void> => {
  await page.getByRole('button', { name: 'Check the file' }).click();
  await expect.poll(stage, SOON).toBe('checked');
};
const zone = async (name: string): Promise<void> => {
  const field = page.getByLabel('Zone of the times');
  await field.fill(name);
  await field.press('Tab');
};
/** Values by day of the three days. */
const valuesOf = async (metric: string): Promise<readonly (string | null)[]> => {
  type Answer = { series: { points: { value: string | null }[] }[] };
  const path = `/v1/metrics/${metric}/values?grain=day&from=2010-12-01T00:00:00Z&to=2010-12-04T00:00:00Z`;
  const { series } = await site.api<Answer>(path);
  return series[0]?.points.map(({ value }) => value) ?? [];
};
/** How many events it knew already. */
const duplicatesOf = async (metric: string): Promise<number | undefined> => {
  const { eventTypes } = await site.api<PipelineAnswer>('/v1/pipeline');
  const accounts = eventTypes.flatMap(({ metrics }) => metrics);
  return accounts.find((account) => account.metric === metric)?.duplicate;
};
/** The file's lines as a workbook: numbers and times are cells of their kinds. */
function workbook(): Upload {
  const [header = '', ...lines] = readFileSync(FILE, 'utf8').trim().split('\n').slice(0, 41);
  const columns = header.split(',');
  const rows = lines
    .filter((line) => !line.includes('"'))
    .map((line) =>
      line.split(',').map((text, i) => {
        if (columns[i] === 'invoice_time_local')
          return { days: Date.parse(`${text}Z`) / 86_400_000 + 25_569 };
        return /^(quantity|line|unit_price_gbp)$/.test(columns[i] ?? '') ? Number(text) : text;
      }),
    );
  return {
    name: 'lines.xlsx',
    mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    buffer: workbookOf({ Lines: [columns, ...rows] }),
  };
}
const HEADER =
  'invoice_no,line,stock_code,description,quantity,invoice_time_local,unit_price_gbp,customer_id,country';

const line = (rest: string): string => `${rest},2010-11-30T08:00:00,1.50,,France`;
/** Its third row is its first one, its fourth contradicts its second one. */
const REPEATING = csv(
  [HEADER, ...['R1,1,X,,2', 'R1,2,X,,2', 'R1,1,X,,2', 'R1,2,X,,3'].map(line)].join('\n'),
  'twice.csv',
);

export function describeImport(shared: () => Shared<DataSite>): void {
  describe('files in a browser', () => {
    beforeAll(async () => {
      ({ site, browser } = shared());
      page = await (await openContext(browser, LIGHT, TOKEN)).newPage();
      watch = watchPage(page);
    });
    afterAll(() => page?.context().close());

    it('shows every fault of a file with its row, its column and what was expected', async () => {
      const bad = [
        HEADER,
        'A1,1,X,,2,2010-11-30T08:00:00,1.50,,France',
        'A1,2,X,,two,2010-11-30T08:00:00,1.50,,France',
        'A1,3,X,,2,2010-02-30T08:00:00,1.50,,France',
        'A1,4,X,,2',
        'A1,5,X,,2,2010-11-30T08:00:00,1.2345,,France',
      ].join('\n');
      await open(csv(bad));
      await zone('Europe/London');
      await check();
      expect(await outcome()).toEqual(['1', '4']);
      const rows = await page.locator('.faults tbody tr').allTextContents();
      expect(rows).toHaveLength(4);
      expect(rows.find((row) => row.startsWith('3'))).toMatch(/quantity.*two.*integer/);
      expect(rows.find((row) => row.startsWith('4'))).toMatch(/invoice_time_local.*date-time/);
      expect(rows.find((row) => row.startsWith('5'))).toContain('5 fields, the header 9');
      expect(rows.find((row) => row.startsWith('6'))).toMatch(/unit_price_gbp.*1\.2345.*decimal/);
      await keepScreenshot(page, 'import-faults-light-en-desktop');
      expect(await axeViolations(page)).toEqual([]);
      // A rehearsal wrote nothing.
      const { imports } = await site.api<{ imports: unknown[] }>('/v1/imports');
      expect(imports).toEqual([]);
    });

    it('tells rows whose ids repeat, with the rows that had them first', async () => {
      await open(REPEATING);
      await zone('Europe/London');
      await page.getByLabel('Id of an event').fill('{invoice_no}-{line}');
      await page.getByLabel('Id of an event').press('Tab');
      await check();
      expect(await outcome()).toEqual(['2', '1']);
      expect(await page.locator('.run-outcome').getAttribute('data-repeated')).toBe('1');
      expect(await page.locator('.repeats tbody tr').allTextContents()).toEqual([
        '4R1-1Same as row 2, counts once.',
      ]);
      const faults = page.locator('.faults:not(.repeats) tbody tr');
      expect(await faults.allTextContents()).toEqual([
        expect.stringMatching(/^5.*R1-2Row 3 has this id with other contents\..*conflict$/),
      ]);
      await keepScreenshot(page, 'import-repeats-light-en-desktop');
      expect(await axeViolations(page)).toEqual([]);
    });

    it("maps the retailer's file by itself, checks it whole, and imports it to the known answers", async () => {
      await open(FILE);
      const field = page.locator('[data-field="unit_price"] select');
      await expect.poll(() => field.inputValue(), SOON).toBe('unit_price_gbp');
      expect(await page.getByLabel('Id of an event').inputValue()).toBe('{invoice_no}-{line}');
      await zone('Europe/London');
      await keepScreenshot(page, 'import-mapping-light-en-desktop');
      await check();
      expect(await outcome()).toEqual([String(LINES), '0']);
      await page.getByRole('button', { name: /^Import 7,419 rows/ }).click();
      await expect.poll(stage, SOON).toBe('done');
      expect(await outcome()).toEqual([String(LINES), '0']);
      for (const [metric, right] of Object.entries(RIGHT))
        await expect.poll(() => valuesOf(metric), SOON).toEqual(right);
      await keepScreenshot(page, 'import-done-light-en-desktop');
    });

    it('does not import the same content again unless that is said, and then nothing counts twice', async () => {
      const buffer = readFileSync(FILE);
      await open({ name: 'renamed.csv', mimeType: 'text/csv', buffer });
      await expect
        .poll(() => page.locator('.run').textContent(), SOON)
        .toContain('was imported on');
      await zone('Europe/London');
      await check();
      const button = page.getByRole('button', { name: /^Import 7,419 rows/ });
      expect(await button.isDisabled()).toBe(true);
      await page.getByLabel('Source').fill('/import/online-retail-3-days.csv');
      await page.getByLabel('Source').press('Tab');
      await page.getByLabel('Import it all the same').check();
      await check();
      await button.click();
      await expect.poll(stage, SOON).toBe('done');
      await expect.poll(() => duplicatesOf('net-sales'), SOON).toBe(LINES);
      expect(await valuesOf('net-sales')).toEqual(RIGHT['net-sales']);
    });

    it('goes on where it was stopped', async () => {
      const lines = Array.from(
        { length: 4_000 },
        (_, i) => `B${i},1,X,,1,2010-11-20T08:00:00,1.00,,France`,
      );
      const file = csv([HEADER, ...lines].join('\n'), 'stopped.csv');
      await open(file);
      await zone('Europe/London');
      await check();
      let batches = 0;
      await page.route('**/v1/events?historical=true', async (route) => {
        batches++;
        if (batches > 3) await route.abort();
        else await route.continue();
      });
      await page.getByRole('button', { name: /^Import 4,000 rows/ }).click();
      await expect.poll(() => batches, SOON).toBeGreaterThan(3);
      await page.getByRole('button', { name: 'Stop' }).click();
      await expect.poll(stage, SOON).toBe('stopped');
      expect(await page.locator('.run').textContent()).toContain('Stopped after row 1,500');
      await page.unroute('**/v1/events?historical=true');
      await page.getByRole('button', { name: /^(Go on after row|Import)/ }).click();
      await expect.poll(stage, SOON).toBe('done');
      expect(await outcome()).toEqual(['4000', '0']);
    });

    it('reads a workbook: its numbers and times are what was typed', async () => {
      await open(workbook());
      await zone('Europe/London');
      await page.locator('.mapper-preview summary').click();
      const preview = await page.locator('.mapper-preview pre').textContent();
      expect(preview).toContain('"time": "2010-12-01T08:26:00.000Z"');
      expect(preview).toContain('"unit_price": "2.55"');
      await check();
      expect((await outcome())[1]).toBe('0');
    });

    it('reads the sheet that is chosen, and imports each once', async () => {
      const row = (invoice: string): readonly string[] =>
        `${invoice},1,X,,2,2010-11-30T08:00:00,1.50,,France`.split(',');
      const header = HEADER.split(',');
      const book = {
        ...workbook(),
        name: 'months.xlsx',
        buffer: workbookOf({
          Notes: [['written by hand'], []],
          五月: [header, row('S1'), row('S2'), row('S2')],
        }),
      };
      await open(book);
      const sheet = page.getByLabel('Sheet');
      await expect.poll(() => sheet.inputValue(), SOON).toBe('Notes');
      // Its first sheet holds no rows: another one may.
      expect(await page.locator('.mapper [role="alert"]').textContent()).toContain('has no rows');
      await sheet.selectOption('五月');
      await expect
        .poll(() => page.getByLabel('Source').inputValue(), SOON)
        .toBe('/import/months.xlsx/五月');
      await zone('Europe/London');
      await check();
      expect(await outcome()).toEqual(['2', '0']);
      await keepScreenshot(page, 'import-sheet-light-en-desktop');
      await page.getByRole('button', { name: /^Import 2 rows/ }).click();
      await expect.poll(stage, SOON).toBe('done');
      await page.getByRole('button', { name: 'Another file' }).last().click();
      await expect
        .poll(() => page.locator('.import-before tbody tr').first().textContent(), SOON)
        .toContain('months.xlsx · 五月');
    });

    it('refuses what is no file of rows, in words', async () => {
      await open(csv('hello', 'notes.pdf'));
      await expect
        .poll(() => page.getByRole('alert').textContent(), SOON)
        .toContain('only .csv, .ndjson and .xlsx');
      await open({ name: 'fake.xlsx', mimeType: '', buffer: Buffer.from('no workbook') });
      await expect.poll(() => page.getByRole('alert').textContent(), SOON).toContain('no workbook');
    });

    it('tells a reader without the role what is needed', async () => {
      const context = await openContext(browser, LIGHT, READER_TOKEN);
      const reader = await context.newPage();
      await reader.goto(`${site.url}/#/import`);
      await expect
        .poll(() => reader.locator('.notice').textContent(), SOON)
        .toContain('needs the role historical');
      await context.close();
    });

    it('reads well in Chinese, at night and on a phone', async () => {
      const context = await openContext(browser, { ...DARK_CHINESE, viewport: PHONE }, TOKEN);
      const phone = await context.newPage();
      await phone.goto(`${site.url}/#/import`);
      await expect.poll(() => phone.locator('.import-before tbody tr').count(), SOON).toBe(3);
      expect(await phone.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
      await keepScreenshot(phone, 'import-dark-zh-phone');
      await open(FILE, phone);
      await expect.poll(() => phone.locator('.mapping-fields tbody tr').count(), SOON).toBe(8);
      expect(await phone.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
      expect(await axeViolations(phone)).toEqual([]);
      await keepScreenshot(phone, 'import-mapping-dark-zh-phone');
      await open(REPEATING, phone);
      await phone.getByLabel('事件标识').fill('{invoice_no}-{line}');
      await phone.getByLabel('事件标识').press('Tab');
      await phone.getByRole('button', { name: '检查文件' }).click();
      await expect
        .poll(() => phone.locator('.repeats tbody tr').allTextContents(), SOON)
        .toEqual(['4R1-1与第 2 行相同，只计一次。']);
      expect(await phone.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
      await keepScreenshot(phone, 'import-repeats-dark-zh-phone');
      await context.close();
      expect(watch.complaints.filter((text) => !/404|ERR_FAILED/.test(text))).toEqual([]);
    });
  });
}
