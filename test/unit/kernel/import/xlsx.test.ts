import { expect, test } from 'vitest';
import type { Row, TableOptions } from '../../../../services/kernel/import/row.ts';
import { contentId, otherSheet, sourceOf } from '../../../../services/kernel/import/content.ts';
import { readTable, sheetsOf } from '../../../../services/kernel/import/table.ts';
import { cellText } from '../../../../services/kernel/import/xlsx-cells.ts';
import { zipContent, zipEntries } from '../../../../services/kernel/import/zip.ts';
import { memoryFile } from '../../../support/memory-file.ts';
import { workbookOf, zipOf } from '../../../support/workbook.ts';

const rowsOf = (bytes: Buffer, options: TableOptions = {}): Promise<Row[]> =>
  Array.fromAsync(readTable(memoryFile('a.xlsx', bytes, 61), options));
const ONE = { Data: [['a'], ['x']] };

test('cells become the texts that were typed', async () => {
  const rows = await rowsOf(
    workbookOf({
      Data: [
        [],
        ['name', 'amount', 'at', 'paid', 'note'],
        ['a < b & "c"', 2.5499999999999998, { days: 40513.35138888889 }, true, null],
        [],
        ['上海', 1e-7, { days: 40513 }, false, 'x'],
      ],
    }),
  );
  expect(rows).toMatchObject([
    {
      number: 1,
      line: 3,
      values: {
        name: 'a < b & "c"',
        amount: '2.55',
        at: '2010-12-01T08:26:00',
        paid: 'true',
        note: '',
      },
    },
    {
      number: 2,
      line: 5,
      values: { name: '上海', amount: '0.0000001', at: '2010-12-01T00:00:00', note: 'x' },
    },
  ]);
});

test('the first sheet is read, or the one that is named', async () => {
  const book = workbookOf({ One: [['a'], ['1']], Two: [['a'], ['2']] });
  expect((await rowsOf(book)).map(({ values }) => values)).toEqual([{ a: '1' }]);
  expect((await rowsOf(book, { sheet: 'Two' })).map(({ values }) => values)).toEqual([{ a: '2' }]);
  await expect(rowsOf(book, { sheet: 'Three' })).rejects.toThrow(
    'has no sheet Three; it has One, Two',
  );
});

test('the sheets of a workbook are known without reading any; a chart in a tab of its own is none', async () => {
  const sheets = (name: string, content: Buffer | string) =>
    sheetsOf(memoryFile(name, content, 61));
  expect(await sheets('a.xlsx', workbookOf({ 一月: [['a']], 'R & D': [] }))).toEqual([
    '一月',
    'R & D',
  ]);
  expect(await sheets('a.csv', 'a,b\n1,2\n')).toEqual([]);
  const type = (name: string) => `http://schemas.openxmlformats.org/relationships/${name}`;
  const withChart = zipOf({
    'xl/workbook.xml':
      '<workbook><sheets><sheet name="Chart" id="r1"/><sheet name="Data" id="r2"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="r1" Type="${type('chartsheet')}" Target="chartsheets/sheet1.xml"/><Relationship Id="r2" Type="${type('worksheet')}" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml':
      '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row></sheetData>',
  });
  expect(await sheets('a.xlsx', withChart)).toEqual(['Data']);
  expect((await rowsOf(withChart)).map(({ values }) => values)).toEqual([{ a: '1' }]);
});

test('each sheet of a file is a content of its own, with a source of its own; the first is the file', () => {
  const sheets = ['One', 'Two'];
  expect([undefined, 'One', 'Two'].map((name) => otherSheet(name, sheets))).toEqual([
    undefined,
    undefined,
    'Two',
  ]);
  expect(otherSheet('Two', [])).toBeUndefined();
  expect(contentId('f'.repeat(64), undefined)).toBe('f'.repeat(64));
  const others = ['Two', '二'].map((sheet) => contentId('f'.repeat(64), sheet));
  expect(others).toEqual(others.map(() => expect.stringMatching(/^[0-9a-f]{64}$/)));
  expect(new Set(others).size).toBe(2);
  expect([undefined, '二'].map((sheet) => sourceOf('a.xlsx', sheet))).toEqual([
    '/import/a.xlsx',
    '/import/a.xlsx/二',
  ]);
});

test('a cell beyond the header is a fault of its row', async () => {
  const rows = await rowsOf(workbookOf({ Data: [['a'], ['1', 'stray'], ['2']] }));
  expect(rows.map(({ fault }) => fault)).toEqual(['cell 2 lies beyond the 1 columns', undefined]);
});

test('days are dates also before March 1900 and from 1904 on', () => {
  const at = (text: string, isFrom1904: boolean, style: 'date' | 'date-time' = 'date'): string =>
    cellText({ type: 'n', style: 0, text }, { texts: [], styles: [style], isFrom1904 });
  expect(at('1', false)).toBe('1900-01-01');
  expect(at('59', false)).toBe('1900-02-28');
  expect(at('61', false)).toBe('1900-03-01');
  expect(at('0', true)).toBe('1904-01-01');
  expect(at('40513.5', false, 'date-time')).toBe('2010-12-01T12:00:00');
});

test('a bomb is stopped at its bound, long before it has unpacked', async () => {
  const bomb = zipOf({ 'xl/big.xml': Buffer.alloc(64 * 1024 * 1024) });
  expect(bomb.length).toBeLessThan(100_000);
  const file = memoryFile('a.xlsx', bomb, 4096);
  const entry = (await zipEntries(file)).get('xl/big.xml');
  if (!entry) throw new Error('the entry is listed');
  let unpacked = 0;
  const read = async (): Promise<void> => {
    for await (const part of zipContent(file, entry, 1024 * 1024)) unpacked += part.length;
  };
  await expect(read()).rejects.toThrow('unpacks to more than 1 MiB');
  expect(unpacked).toBeLessThanOrEqual(1024 * 1024);
});

test('shared texts beyond their bound are refused', async () => {
  const entries = await partsOf(workbookOf(ONE));
  const text = `<si><t>${'x'.repeat(1024)}</t></si>`;
  const bomb = zipOf({
    ...entries,
    'xl/sharedStrings.xml': `<sst>${text.repeat(66 * 1024)}</sst>`,
  });
  await expect(
    Array.fromAsync(readTable(memoryFile('a.xlsx', bomb, 65_536))),
  ).rejects.toMatchObject({ code: 'too_large' });
});

test.each<[string, (parts: Record<string, string>) => Buffer, string]>([
  ['no archive', () => Buffer.from('PK no, it is not'), 'the end of an archive is missing'],
  ['an archive of other things', () => zipOf({ 'a.txt': 'hello' }), 'is no workbook'],
  [
    'a document type',
    (parts) =>
      zipOf({
        ...parts,
        'xl/workbook.xml': `<!DOCTYPE x [<!ENTITY a "aa">]>${parts['xl/workbook.xml']}`,
      }),
    'document types are not read',
  ],
  [
    'a cell beyond every worksheet',
    (parts) =>
      zipOf({
        ...parts,
        'xl/worksheets/sheet1.xml': '<row><c r="ZZZ1"><v>1</v></c></row>',
      }),
    'lies beyond every worksheet',
  ],
])('refuses %s', async (_, make, message) => {
  const bytes = make(await partsOf(workbookOf(ONE)));
  await expect(rowsOf(bytes)).rejects.toThrow(message);
});

test('a damaged entry is named', async () => {
  const bytes = workbookOf(ONE);
  bytes.fill(0xff, 60, 80);
  await expect(rowsOf(bytes)).rejects.toThrow('xl/workbook.xml is damaged');
});

/** The files of an archive, unpacked. */
async function partsOf(bytes: Buffer): Promise<Record<string, string>> {
  const file = memoryFile('a.xlsx', bytes, 65_536);
  const parts: Record<string, string> = {};
  for (const entry of (await zipEntries(file)).values()) {
    let text = '';
    for await (const part of zipContent(file, entry, 1 << 20))
      text += Buffer.from(part).toString('utf8');
    parts[entry.name] = text;
  }
  return parts;
}
