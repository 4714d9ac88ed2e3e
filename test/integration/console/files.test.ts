import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { redisProjectionStore } from '../../../services/aggregator/adapters/redis-projection-store.ts';
import type { ValuesAnswer } from '../../../services/console/core/answers.ts';
import { start } from '../../../services/console/main.ts';
import { DAY_MS, HOUR_MS } from '../../../services/kernel/time.ts';
import { aMetric } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { projectionFiller } from '../../support/projection-filler.ts';
import { readZip } from '../../support/zip-reader.ts';

const FROM = Date.parse('2026-03-28T16:00:00Z');
const sales = aMetric({
  id: 'sales',
  name: { en: 'Net sales', zh: '销售净额' },
  timezone: 'Asia/Shanghai',
  dimensions: { store: 'data.store_id' },
  breakdowns: [[], ['store']],
  retentionMs: { minute: 4_000 * DAY_MS, hour: 4_000 * DAY_MS, day: 4_000 * DAY_MS },
});
const STORES = ['=HYPERLINK("x")', '-5', '店,1', 'S1'];
const QUESTION = {
  grain: 'hour',
  by: 'store',
  from: '2026-03-29',
  to: '2026-03-31',
  compare: 'previous',
};
let platform: TestPlatform;

beforeAll(async () => {
  platform = await openTestPlatform({ metrics: [sales] });
  const store = redisProjectionStore(platform.redis, platform.prefix);
  const filler = await projectionFiller(store, sales);
  await filler.count(
    Array.from({ length: 200 }, (_, i) => ({
      timeMs: FROM + i * HOUR_MS * 0.25,
      value: i === 3 ? 12_345_678_901_234_567n : ((i * 7_919) % 1_000) - 600,
      labels: { store: STORES[i % STORES.length] as string },
    })),
  );
  await filler.passTo(FROM + 5 * DAY_MS);
  await platform.run(start);
  await platform.http.ready();
});
afterAll(() => platform.close());

const ask = (query: Record<string, string>, accept?: string) =>
  platform.http.inject({
    url: `/v1/metrics/sales/values?${new URLSearchParams({ ...QUESTION, ...query }).toString()}`,
    ...(accept === undefined ? {} : { headers: { accept } }),
  });
const points = async () => {
  const { series } = (await ask({ limit: '10000' })).json<ValuesAnswer>();
  return series.flatMap(({ labels, points: own }) => own.map((point) => ({ labels, ...point })));
};

test('CSV holds the very points of the answer', async () => {
  const response = await ask({ format: 'csv', about: 'false' });
  expect(response.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="sales-hour.csv"',
    'cache-control': 'no-store',
  });
  const rows = parse(response.body, { columns: true }) as Record<string, string>[];
  const expected = await points();
  expect(rows).toHaveLength(expected.length);
  for (const [i, { labels, compare, ...point }] of expected.entries()) {
    const row = rows[i] as Record<string, string>;
    const member = labels['store'] ?? '';
    expect(row['store']).toBe(/^[=-]/.test(member) ? `'${member}` : member);
    expect(Date.parse(row['start'] ?? '')).toBe(Date.parse(point.start));
    expect(row['start']).toContain('+08:00');
    expect(row['value']).toBe(point.value);
    expect(row['state']).toBe(point.state);
    expect(row['previous_difference']).toBe(compare?.previous?.difference ?? '');
    expect(row['previous_note']).toBe(compare?.previous?.reason ?? '');
  }
});

test('what the table is of stands above it, after the mark that Excel needs for Chinese', async () => {
  const { rawPayload } = await ask({ bom: 'true' }, 'text/csv');
  expect([...rawPayload.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const [about] = rawPayload.toString().slice(1).split('\r\n\r\n');
  expect(about?.split('\r\n')).toEqual([
    'metric,sales',
    'name (en),Net sales',
    'name (zh),销售净额',
    'version,v1',
    'unit,"CNY, 2 decimal places"',
    'time zone,Asia/Shanghai',
    'grain,hour',
    'watermark,2026-04-02T16:00:00.000Z',
  ]);
});

test('Excel gets numbers as numbers, exactly, and dates of the zone', async () => {
  const response = await ask({ format: 'xlsx' });
  expect(response.headers['content-type']).toContain('spreadsheetml');
  const sheet = readZip(response.rawPayload).get('xl/worksheets/sheet1.xml') ?? '';
  const expected = await points();
  const rows = sheet.match(/<row r="\d+">.*?<\/row>/gs) ?? [];
  const table = rows.slice(-expected.length);
  for (const [i, { value, start: from }] of expected.entries()) {
    const row = table[i] ?? '';
    const wanted = value !== null && value.length > 16 ? `>${value}</t>` : `<v>${value}</v>`;
    expect(row).toContain(wanted);
    const serial = (Date.parse(from) + 8 * HOUR_MS) / DAY_MS + 25_569;
    expect(row).toContain(`<v>${serial}</v>`);
  }
  expect(sheet).toContain(
    's="2" t="inlineStr"><is><t xml:space="preserve">=HYPERLINK(&quot;x&quot;)',
  );
  expect(sheet).not.toContain('<f>');
});

test('a question that is refused is no file', async () => {
  const response = await ask({ format: 'csv', by: 'region' });
  expect(response.statusCode).toBe(422);
  expect(response.json()).toMatchObject({ code: 'breakdown_unavailable' });
});
