import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { invoiceLineOf, localTimeMs, retailEvent } from '../../../../services/cli/import/retail.ts';
import { contentHash, readRows } from '../../../../services/cli/import/rows.ts';
import type { Row } from '../../../../services/kernel/import/row.ts';

const FILE = fileURLToPath(new URL('../../../data/online-retail-3-days.csv', import.meta.url));
const rows: Row[] = [];
for await (const row of readRows(FILE)) rows.push(row);
const eventOf = (row: Row | undefined) => {
  if (!row) throw new Error('no such row');
  const line = invoiceLineOf(row);
  return retailEvent(line, { timeMs: localTimeMs(line.invoice_time_local) });
};

describe('the retailer’s file', () => {
  test('has 7,419 lines, and its share read ends at the end', () => {
    expect(rows).toHaveLength(7_419);
    expect(rows.at(-1)).toMatchObject({ number: 7_419, share: 1 });
  });

  test('is known by its content', async () => {
    expect(await contentHash(FILE)).toBe(
      '34240d5adf9ce81428e12d1dc7d9fb3e242c4e6f4c2fc84ba6d3d76f3ac5c18c',
    );
  });

  test('has an id of its own for every line', () => {
    expect(new Set(rows.map((row) => eventOf(row)['id'])).size).toBe(7_419);
  });

  test('becomes events in London time', () => {
    expect(eventOf(rows[0])).toEqual({
      specversion: '1.0',
      id: '536365-1',
      source: '/demo/retail',
      type: 'com.example.retail.invoice-line',
      subject: '536365',
      time: '2010-12-01T08:26:00.000Z',
      data: {
        invoice_no: '536365',
        line: 1,
        stock_code: '85123A',
        description: 'WHITE HANGING HEART T-LIGHT HOLDER',
        quantity: 6,
        unit_price: '2.55',
        customer_id: '17850',
        country: 'United Kingdom',
      },
    });
  });

  test('keeps quotes and commas, and says null where there is no customer', () => {
    const quoted = rows.find(
      ({ values }) => values['description'] === 'RECORD FRAME 7" SINGLE SIZE ',
    );
    expect(eventOf(quoted)).toMatchObject({
      data: { description: 'RECORD FRAME 7" SINGLE SIZE ' },
    });
    const anonymous = rows.find(({ values }) => values['customer_id'] === '');
    expect(eventOf(anonymous)).toMatchObject({ data: { customer_id: null } });
  });
});

test('summer time and the hour that comes twice', () => {
  expect(localTimeMs('2011-07-01T09:00:00')).toBe(Date.parse('2011-07-01T08:00:00Z'));
  expect(localTimeMs('2011-10-30T01:30:00')).toBe(Date.parse('2011-10-30T00:30:00Z'));
});

test('a row of another shape is named with what it lacks', () => {
  expect(() =>
    invoiceLineOf({ number: 3, line: 4, values: { invoice_no: '1' }, share: 0 }),
  ).toThrow(/row 3 has no line, stock_code/);
});
