import { describe, expect, test } from 'vitest';
import { localTimes } from '../../../../../services/console/core/export/local-time.ts';
import { sheetWriter, workbookParts } from '../../../../../services/console/core/export/sheet.ts';
import type { Cell } from '../../../../../services/console/core/export/table.ts';

const head = {
  about: [['metric', 'net-sales'] as const],
  columns: Array.from({ length: 28 }, (_, i) => ({ name: `c${i}`, widthChars: 9 })),
};
const writer = (hasAbout = true) =>
  sheetWriter(head, { hasAbout, timeOf: localTimes('Asia/Shanghai') });
const rowOf = (...cells: readonly Cell[]): string => {
  const sheet = writer(false);
  sheet.begin();
  return sheet.row(cells);
};
const number = (text: string): Cell => ({ kind: 'number', text, as: 'value' });
const text = (value: string): Cell => ({ kind: 'text', text: value });

describe('a number', () => {
  test.each([
    '0.00',
    '-12.50',
    '123456789012345',
    '1234567890123.45',
    '120000000000000.00',
    '0.000000000000001',
  ])('%s is a number', (value) => {
    expect(rowOf(number(value))).toContain(`<c r="A2" s="4"><v>${value}</v></c>`);
  });

  test.each(['1234567890123456', '-12345678901234.56', '90071992547409931234.56'])(
    '%s has more digits than a double keeps, and is text',
    (value) => {
      expect(rowOf(number(value))).toContain(`t="inlineStr"><is><t xml:space="preserve">${value}`);
    },
  );
});

describe('a text', () => {
  test.each(['=1+1', '+1', '-1', '@x', '\t=1', '\r=1', '＝1'])('%j is kept text', (value) => {
    expect(rowOf(text(value))).toContain('s="2" t="inlineStr"');
  });

  test('is one cell whatever is in it', () => {
    expect(rowOf(text('a<b>&"\r\n\u0001\uD800'))).toContain(
      '<t xml:space="preserve">a&lt;b&gt;&amp;&quot;&#13;\n\uFFFD\uFFFD</t>',
    );
  });
});

test('a time is a date on the clock of the zone', () => {
  const cell = rowOf({ kind: 'time', timeMs: Date.parse('2026-03-27T16:00:00Z') });
  // 28 March 2026, midnight in Shanghai.
  expect(cell).toContain('<c r="A2" s="3"><v>46109</v></c>');
});

test('rows are numbered, the head stays in sight, and the table can be filtered', () => {
  const sheet = writer();
  const begin = sheet.begin();
  expect(begin).toContain('ySplit="3" topLeftCell="A4"');
  expect(begin).toContain('<row r="3"><c r="A3" s="1"');
  expect(begin).toContain('<c r="AB3"');
  expect(sheet.row([null, number('1')])).toBe('<row r="4"><c r="B4" s="4"><v>1</v></c></row>');
  expect(sheet.row([])).toBe('<row r="5"></row>');
  expect(sheet.end()).toContain('<autoFilter ref="A3:AB5"/>');
});

test('the parts name a sheet that Excel takes, and show as many places as the unit has', () => {
  const parts = workbookParts('a/b[c]:d*e?f\\g and more than thirty-one characters', 3);
  expect(parts['xl/workbook.xml']).toContain('name="a b c  d e f g and more than th"');
  expect(parts['xl/styles.xml']).toContain('formatCode="#,##0.000"');
  expect(workbookParts('a', 0)['xl/styles.xml']).toContain('formatCode="#,##0"');
});
