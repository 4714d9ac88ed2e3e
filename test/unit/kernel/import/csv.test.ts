import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvLines, guessDelimiter } from '../../../../services/kernel/import/csv.ts';
import type { Row } from '../../../../services/kernel/import/row.ts';
import { readTable } from '../../../../services/kernel/import/table.ts';
import { memoryFile } from '../../../support/memory-file.ts';

const linesOf = (text: string, cuts: readonly number[] = []): string[][] => {
  const reader = new CsvLines(',');
  const at = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  const lines = at.slice(1).flatMap((to, i) => reader.push(text.slice(at[i], to)));
  return [...lines, ...reader.end()].map(({ fields }) => [...fields]);
};
const rowsOf = async (bytes: string | Uint8Array, name = 'a.csv'): Promise<Row[]> =>
  Array.fromAsync(readTable(memoryFile(name, bytes)));

describe('lines of CSV', () => {
  test.each([
    [
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\r\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\r1,2\r',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['"a ""x""","b,c"\n', [['a "x"', 'b,c']]],
    ['"a\r\nb",2\n', [['a\r\nb', '2']]],
    [
      'a,,\n\n\n,,b\n',
      [
        ['a', '', ''],
        ['', '', 'b'],
      ],
    ],
    ['""\n', [['']]],
    ['a"b,c\n', [['a"b', 'c']]],
    ['', []],
  ])('%j', (text, lines) => expect(linesOf(text)).toEqual(lines));

  const field = fc.string({ unit: fc.constantFrom('a', '1', ',', '"', '\n', '\r\n', ' ', '好') });
  test('are what an independent parser reads, wherever the text is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 5 }),
        (table, cuts) => {
          const text = table
            .map((line) => line.map((one) => `"${one.replaceAll('"', '""')}"`).join(',') + '\n')
            .join('');
          const theirs = parse(text, { relax_column_count: true }) as string[][];
          expect(linesOf(text, cuts)).toEqual(theirs);
          expect(linesOf(text, cuts)).toEqual(table);
        },
      ),
    );
  });

  test('an open quote names the line where it began, before it takes all memory', () => {
    expect(() => linesOf('a\nb\n"c\nd')).toThrow('line 3: a quote is not closed');
    expect(() => new CsvLines(',').push(`x\n"${'y'.repeat(2 ** 21)}`)).toThrow(
      'line 2: a quote is not closed',
    );
    expect(() => linesOf('"a"b\n')).toThrow('line 1: something stands behind a closing quote');
  });
});

describe('rows of a CSV file', () => {
  test('have the columns of the header, a number without and a line with it', async () => {
    expect(await rowsOf('\ufeffa;b\n1;2\n\n"3\n3";4\n5;6\n')).toMatchObject([
      { number: 1, line: 2, values: { a: '1', b: '2' } },
      { number: 2, line: 4, values: { a: '3\n3', b: '4' } },
      { number: 3, line: 6, values: { a: '5', b: '6' }, share: 1 },
    ]);
  });

  test('a line of another number of fields is a row with a fault, and the others go on', async () => {
    const rows = await rowsOf('a,b\n1\n1,2,3\n1,2\n');
    expect(rows.map(({ fault }) => fault)).toEqual([
      'the line has 1 fields, the header 2',
      'the line has 3 fields, the header 2',
      undefined,
    ]);
  });

  test.each([
    ['a,,c\n', 'column 2 has no name'],
    ['a,b,a\n', 'two columns are called a'],
  ])('a header %j is refused: %s', async (text, fault) => {
    await expect(rowsOf(text)).rejects.toThrow(fault);
  });

  test('what is not UTF-8 is read in the encoding that it is probably in', async () => {
    // 门店,金额 / 上海,1 in GB 18030.
    const chinese = Uint8Array.from(Buffer.from('c3c5b5ea2cbdf0b6ee0ac9cfbaa32c310a', 'hex'));
    expect(await rowsOf(chinese)).toMatchObject([{ values: { 门店: '上海', 金额: '1' } }]);
    const western = Uint8Array.from(Buffer.from('name,x\nCaf\xe9,1\n', 'latin1'));
    expect(await rowsOf(western)).toMatchObject([{ values: { name: 'Café' } }]);
    expect(await rowsOf('name,x\nCafé 上海,1\n')).toMatchObject([
      { values: { name: 'Café 上海' } },
    ]);
  });

  test.each([
    ['a;b;c', ';'],
    ['a\tb', '\t'],
    ['"a;b",c', ','],
    ['a', ','],
  ])('the delimiter of %j is %j', (text, delimiter) => {
    expect(guessDelimiter(text)).toBe(delimiter);
  });
});

describe('rows of an ndjson file', () => {
  test('are its objects; what is none is a row with a fault', async () => {
    const rows = await rowsOf('{"a":1}\n\n[1]\n{"b":\n{"a":2}', 'a.ndjson');
    expect(rows.map(({ number, line, values }) => [number, line, values])).toEqual([
      [1, 1, { a: 1 }],
      [2, 3, {}],
      [3, 4, {}],
      [4, 5, { a: 2 }],
    ]);
    expect(rows.map(({ fault }) => fault !== undefined)).toEqual([false, true, true, false]);
  });
});

test('other files are refused by their names', () => {
  expect(() => readTable(memoryFile('a.pdf', ''))).toThrow('only .csv, .ndjson and .xlsx');
});
