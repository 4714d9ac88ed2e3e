import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvHead, csvRow, csvText } from '../../../../../services/console/core/export/csv.ts';
import { localTimes } from '../../../../../services/console/core/export/local-time.ts';
import type { Cell } from '../../../../../services/console/core/export/table.ts';

const timeOf = localTimes('Europe/Berlin');
const row = (...cells: readonly Cell[]): string => csvRow(cells, timeOf);
const text = (value: string): Cell => ({ kind: 'text', text: value });
const number = (value: string): Cell => ({ kind: 'number', text: value, as: 'value' });

describe('a text in CSV', () => {
  test.each([
    ['=1+1', `"'=1+1"`],
    ['+49 30 1', `"'+49 30 1"`],
    ['-2+3', `"'-2+3"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\t=1', `"'\t=1"`],
    ['\r=1', `"'\r=1"`],
    ['\n=1', `"'\n=1"`],
    ['＝1', `"'＝1"`],
    ["=cmd|' /C calc'!A0", `"'=cmd|' /C calc'!A0"`],
    // Separators and quotes cannot begin another cell.
    ['a",=1+1,"', '"a"",=1+1,"""'],
    ['a;=1', '"a;=1"'],
    ['plain', 'plain'],
    ['店 1', '店 1'],
    ['a=b', 'a=b'],
    ['1-2', '1-2'],
  ])('%j becomes %s', (value, field) => {
    expect(csvText(value)).toBe(field);
  });

  test('comes back as it was, but for the apostrophe that makes it text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (texts) => {
        const read = parse(row(...texts.map(text)), { relaxQuotes: false }) as string[][];
        expect(read[0]?.map((field) => field.replace(/^'(?=[=+\-@\t\r\n＝＋－＠])/, ''))).toEqual(
          texts.map((one) => one.replace(/^'(?=[=+\-@\t\r\n＝＋－＠])/, '')),
        );
        expect(read[0]?.every((field) => !/^[=+\-@\t\r\n]/.test(field))).toBe(true);
      }),
      { examples: [[['', '']], [['"', '\r\n']]] },
    );
  });
});

test.each([
  ['Asia/Kolkata', '2026-03-01T05:30:00+05:30'],
  ['America/New_York', '2026-02-28T19:00:00-05:00'],
  ['America/St_Johns', '2026-02-28T20:30:00-03:30'],
  ['UTC', '2026-03-01T00:00:00+00:00'],
])('midnight of UTC is %s in %s', (zone, written) => {
  expect(localTimes(zone)(Date.parse('2026-03-01T00:00:00Z')).text).toBe(written);
});

describe('a row of CSV', () => {
  test('has numbers as they are, negative ones too, and times with their offset', () => {
    const cells = [
      number('-12.50'),
      number('90071992547409931234.56'),
      null,
      { kind: 'time', timeMs: Date.parse('2026-03-28T23:00:00Z') },
      { kind: 'time', timeMs: Date.parse('2026-03-29T22:00:00.500Z') },
    ] as const;
    expect(row(...cells)).toBe(
      '-12.50,90071992547409931234.56,,2026-03-29T00:00:00+01:00,2026-03-30T00:00:00.500+02:00\r\n',
    );
  });

  test('trusts no number that is none', () => {
    expect(row(number('-1+cmd'))).toBe(`"'-1+cmd"\r\n`);
  });
});

test('the head says what the table is of, then names the columns; or only these', () => {
  const head = {
    about: [['metric', 'net-sales'] as const, ['name (zh)', '=销售'] as const],
    columns: [
      { name: 'store', widthChars: 1 },
      { name: 'value', widthChars: 1 },
    ],
  };
  expect(csvHead(head, true)).toBe(`metric,net-sales\r\nname (zh),"'=销售"\r\n\r\nstore,value\r\n`);
  expect(csvHead(head, false)).toBe('store,value\r\n');
});
