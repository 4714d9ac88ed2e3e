import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { start } from '../../../services/aggregator/main.ts';
import { formatValue, valueOf } from '../../../services/kernel/accumulator.ts';
import { parseDecimal, rescaleExact } from '../../../services/kernel/decimal.ts';
import { manualSources } from '../../../services/kernel/catalog/manual-windows.ts';
import type { SimpleMetric } from '../../../services/kernel/definitions.ts';
import { partitionOf } from '../../../services/kernel/partitioner.ts';
import { checkCatalogFolder } from '../../../services/platform/catalog/files.ts';
import { refOf } from '../../support/aggregation.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { WrittenEvent } from '../../support/event-log.ts';
import { openTestPlatform } from '../../support/platform.ts';
import { storedCells, storedCursors } from '../../support/stored-cells.ts';

const INVOICE_LINE = 'com.example.retail.invoice-line';
const file = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

type Row = Record<
  | 'invoice_no'
  | 'line'
  | 'stock_code'
  | 'description'
  | 'quantity'
  | 'invoice_time_local'
  | 'unit_price_gbp'
  | 'customer_id'
  | 'country',
  string
>;

/** Local time of the day's start or of an hour in London, as epoch ms. */
const london = (local: string): number =>
  Temporal.PlainDateTime.from(local).toZonedDateTime('Europe/London').epochMilliseconds;

function eventOf(row: Row, priceScale: number): WrittenEvent {
  const price = parseDecimal(row.unit_price_gbp);
  return {
    id: `${row.invoice_no}-${row.line}`,
    source: '/demo/retail',
    subject: row.invoice_no,
    time: london(row.invoice_time_local),
    historical: true,
    data: {
      invoice_no: row.invoice_no,
      line: Number(row.line),
      stock_code: row.stock_code,
      description: row.description || null,
      quantity: Number(row.quantity),
      unit_price: price && rescaleExact(price.unscaled, price.scale, priceScale),
      customer_id: row.customer_id || null,
      country: row.country,
    },
  };
}

/** Figures of test/data/README.md: net, cancelled, orders, customers, units, lines. */
const BY_DAY = {
  '2010-12-01': ['58635.56', '325.23', '137', '98', '26814', '3108'],
  '2010-12-02': ['46207.28', '1541.10', '144', '117', '21023', '2109'],
  '2010-12-03': ['45620.46', '1323.25', '101', '55', '14830', '2202'],
} as const;
const NET_BY_HOUR = ['1383.81', '7324.24', '5094.33', '4234.16', '7422.42', '5063.54'];
const NET_BY_COUNTRY = {
  Australia: '358.25',
  EIRE: '555.38',
  France: '855.86',
  Germany: '139.18',
  Netherlands: '192.60',
  Norway: '1919.14',
};

test('three days of a real retailer give exactly the published figures, also when the file comes twice', async () => {
  const { catalog, faults } = await checkCatalogFolder(file('catalog'));
  expect(faults).toEqual([]);
  if (!catalog) throw new Error('the catalogue cannot be read');
  const type = catalog.eventTypes.get(INVOICE_LINE);
  // What people enter is no invoice line, nor what is computed with it.
  const metrics = [...catalog.metrics.values()].filter(
    (metric) => manualSources(metric, catalog).length === 0,
  );
  if (!type) throw new Error(`the catalogue has no ${INVOICE_LINE}`);
  await using platform = await openTestPlatform({ eventTypes: [type], metrics });
  const log = await openEventLog(platform, type);
  const rows = parse(readFileSync(file('test/data/online-retail-3-days.csv')), {
    columns: true,
    bom: true,
  }) as Row[];
  expect(rows).toHaveLength(7_419);
  const byPartition = Map.groupBy(rows, (row) => partitionOf(Buffer.from(row.invoice_no), 4));
  const send = () =>
    Promise.all(
      [...byPartition].map(([partition, list]) =>
        log.events(
          partition,
          list.map((row) => eventOf(row, 3)),
        ),
      ),
    );
  await send();
  await platform.run(start);
  await send();
  await log.heartbeats([0, 1, 2, 3], Date.now());

  const ends = Object.fromEntries((await log.bounds()).map((one) => [one.partition, one.end]));
  const simple = metrics.filter((metric): metric is SimpleMetric => metric.kind === 'simple');
  for (const metric of simple)
    await expect
      .poll(() => storedCursors(platform.redis, refOf(platform.prefix, metric)), {
        timeout: 30_000,
      })
      .toEqual(ends);
  await log.close();

  const cells = new Map(
    await Promise.all(
      simple.map(
        async (metric) =>
          [metric.id, await storedCells(platform.redis, refOf(platform.prefix, metric))] as const,
      ),
    ),
  );
  const value = (id: string, key: string): string | null => {
    const metric = simple.find((one) => one.id === id);
    const { last: _, sketch: __, ...cell } = cells.get(id)?.[key] ?? { contributions: 0 };
    if (!metric) throw new Error(`the catalogue has no ${id}`);
    const scales = { valueScale: metric.valueScale, unitScale: metric.unit.scale };
    return formatValue(valueOf(metric.aggregation, cell, scales), metric.unit.scale);
  };
  const ids = ['net-sales', 'cancelled-sales', 'orders', 'customers', 'units', 'lines'];
  const days = Object.keys(BY_DAY).map((day) => {
    const at = london(`${day}T00:00`);
    return [day, ids.map((id) => value(id, `day|${at}|[]`))];
  });
  expect(Object.fromEntries(days)).toEqual(BY_DAY);
  const hours = [8, 9, 10, 11, 12, 13].map((hour) =>
    london(`2010-12-01T${`${hour}`.padStart(2, '0')}:00`),
  );
  expect(hours.map((at) => value('net-sales', `hour|${at}|[]`))).toEqual(NET_BY_HOUR);
  const day = london('2010-12-01T00:00');
  const countries = Object.keys(NET_BY_COUNTRY).map((country) => [
    country,
    value('net-sales', `day|${day}|${JSON.stringify(['country', country])}`),
  ]);
  expect(Object.fromEntries(countries)).toEqual(NET_BY_COUNTRY);
});
