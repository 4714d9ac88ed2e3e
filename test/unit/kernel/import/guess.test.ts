import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batches, BATCH_EVENTS_MAX } from '../../../../services/kernel/import/batch.ts';
import { guessMapping } from '../../../../services/kernel/import/guess.ts';
import { isoLocal, localTimeMs } from '../../../../services/kernel/import/local-time.ts';
import type { Row } from '../../../../services/kernel/import/row.ts';
import { Sha256 } from '../../../../services/kernel/import/sha256.ts';
import { readTable } from '../../../../services/kernel/import/table.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { memoryFile } from '../../../support/memory-file.ts';

const read = (path: string): Buffer =>
  readFileSync(new URL(`../../../../${path}`, import.meta.url));
const INVOICE_LINE = JSON.parse(read('schemas/retail/invoice-line.avsc').toString()) as Json;
const rowOf = (values: Record<string, string>, number = 1): Row => ({
  number,
  line: number + 1,
  values,
  share: 0,
});

test("the retailer's file is mapped by itself", async () => {
  const rows: Row[] = [];
  const bytes = read('test/data/online-retail-3-days.csv');
  for await (const row of readTable(memoryFile('a.csv', bytes, 65_536))) {
    rows.push(row);
    if (rows.length === 200) break;
  }
  const guess = guessMapping(rows, { schema: INVOICE_LINE, timeFrom: 'event' });
  expect(guess).toMatchObject({
    id: '{invoice_no}-{line}',
    subject: '{invoice_no}',
    time: 'invoice_time_local',
    decimalComma: false,
    dateOrder: 'ymd',
    hasZones: false,
  });
  expect(Object.fromEntries(guess.columns)).toEqual({
    invoice_no: 'invoice_no',
    line: 'line',
    stock_code: 'stock_code',
    description: 'description',
    quantity: 'quantity',
    unit_price: 'unit_price_gbp',
    customer_id: 'customer_id',
    country: 'country',
  });
});

test('a row that stands there twice says nothing against an id, another content of it does', () => {
  const schema: Json = { type: 'record', name: 'R', fields: [{ name: 'amount', type: 'double' }] };
  const idOf = (...rows: Record<string, string>[]) =>
    guessMapping(rows.map(rowOf), { schema, timeFrom: 'append' }).id;
  const [one, two] = [
    { order_no: 'A', amount: '1' },
    { order_no: 'B', amount: '1' },
  ];
  expect(idOf(one, two, one)).toBe('{order_no}');
  expect(idOf(one, two, { ...one, amount: '2' })).toBeUndefined();
  expect(idOf(one, one)).toBeUndefined();
});

test('a column that is called a time is one though a cell of it is wrong', () => {
  const schema = { type: 'record', name: 'r', fields: [] };
  const timeOf = (...rows: Record<string, string>[]): string | undefined =>
    guessMapping(rows.map(rowOf), { schema, timeFrom: 'event' }).time;
  const at = '2026-01-31 08:00';
  expect(timeOf({ 日期: at }, { 日期: 'soon' }, { 日期: at })).toBe('日期');
  expect(timeOf({ note: at }, { note: 'soon' }, { note: at })).toBeUndefined();
  expect(timeOf({ booked_at: 'soon' }, { booked_at: 'later' }, { booked_at: at })).toBeUndefined();
  const whole = { seen: at, booked_at: 'soon' };
  expect(timeOf(whole, whole, { seen: at, booked_at: at })).toBe('seen');
});

test('decimal commas, the order of dates and zones show in the values', () => {
  const schema: Json = { type: 'record', name: 'R', fields: [{ name: 'amount', type: 'double' }] };
  const guess = (values: Record<string, string>) =>
    guessMapping([rowOf(values)], { schema, timeFrom: 'event' });
  expect(guess({ Amount: '1.234,50', when: '31.01.2026 08:00' })).toMatchObject({
    decimalComma: true,
    dateOrder: 'dmy',
    time: 'when',
  });
  expect(guess({ Amount: '1234.50', when: '1/31/2026 8:00 AM' })).toMatchObject({
    decimalComma: false,
    dateOrder: 'mdy',
  });
  expect(guess({ Amount: '1', when: '2026-01-31T08:00:00+08:00' })).toMatchObject({
    hasZones: true,
  });
  expect(
    guessMapping([rowOf({ when: '2026-01-31' })], { schema, timeFrom: 'append' }).time,
  ).toBeUndefined();
});

describe('a local date-time', () => {
  test.each([
    ['2026-01-31 08:00', 'dmy', '2026-01-31T08:00:00'],
    ['2026-01-31T08:00:01.5', 'dmy', '2026-01-31T08:00:01.5'],
    ['31.1.2026 8:05', 'dmy', '2026-01-31T08:05:00'],
    ['1/31/26 8:05 PM', 'mdy', '2026-01-31T20:05:00'],
    ['1/31/2026 12:05 am', 'mdy', '2026-01-31T00:05:00'],
    ['2026年1月31日 08:00', 'dmy', '2026-01-31T08:00:00'],
    ['2026/1/31', 'mdy', '2026-01-31T00:00:00'],
    ['31/1/2026', 'mdy', undefined],
    ['today', 'dmy', undefined],
    ['1.2.3.4', 'dmy', undefined],
  ] as const)('%s, %s: %s', (text, order, iso) => expect(isoLocal(text, order)).toBe(iso));

  test('is the instant that Temporal finds, also where clocks change', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 * 365 * 24 * 60 }),
        fc.constantFrom(
          'Europe/London',
          'Asia/Shanghai',
          'America/New_York',
          'Australia/Lord_Howe',
        ),
        (minutes, zone) => {
          const text = new Date(Date.UTC(2000, 0, 1) + minutes * 60_000).toISOString().slice(0, 16);
          const theirs = Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds;
          expect(localTimeMs(text, zone)).toBe(theirs);
        },
      ),
      { numRuns: 500 },
    );
    for (const text of ['2026-03-29T01:30', '2026-10-25T01:30'])
      expect(localTimeMs(text, 'Europe/London')).toBe(
        Temporal.PlainDateTime.from(text).toZonedDateTime('Europe/London').epochMilliseconds,
      );
    expect(localTimeMs('2026-02-30T08:00', 'UTC')).toBeUndefined();
  });
});

test('SHA-256 is that of the platform, whatever the pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }), (pieces) => {
      const ours = new Sha256();
      const theirs = createHash('sha256');
      for (const piece of pieces) {
        ours.update(piece);
        theirs.update(piece);
      }
      expect(ours.hex()).toBe(theirs.digest('hex'));
    }),
  );
});

test('batches hold what one request takes, and rows without an event are passed over', async () => {
  async function* rows(): AsyncIterable<Row> {
    for (let number = 1; number <= 1_203; number++) yield rowOf({ a: 'x' }, number);
  }
  const passed: number[] = [];
  const all = await Array.fromAsync(
    batches(rows(), 100, {
      toEvent: (row) => (row.number % 1_000 === 0 ? undefined : { id: row.number }),
      passBy: ({ number }) => passed.push(number),
    }),
  );
  expect(all.map(({ events }) => events.length)).toEqual([BATCH_EVENTS_MAX, BATCH_EVENTS_MAX, 102]);
  expect(all.map(({ lastRow }) => lastRow)).toEqual([600, 1_101, 1_203]);
  expect(all[0]?.rows[0]?.number).toBe(101);
  expect(passed).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  const large = await Array.fromAsync(
    batches(rows(), 0, {
      toEvent: ({ number }) => ({ id: number, text: 'x'.repeat(100_000) }),
    }),
  );
  expect(Math.max(...large.map(({ events }) => JSON.stringify(events).length))).toBeLessThan(
    2 * 1024 * 1024,
  );
});
