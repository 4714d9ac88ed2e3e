import { TidemarkError } from '../errors.ts';
import { headerOf } from './csv.ts';
import type { FileSource, Row, TableOptions } from './row.ts';
import { readWorkbook } from './xlsx-book.ts';
import type { Workbook } from './xlsx-book.ts';
import { cellText } from './xlsx-cells.ts';
import { xmlParts } from './xml.ts';
import { zipContent, zipEntries } from './zip.ts';
import type { ZipEntry } from './zip.ts';

/** What may come of each part when it is unpacked: sheets pass by, shared texts stay in memory. */
const SHEET_BYTES_MAX = 1024 * 1024 * 1024;
const TEXTS_BYTES_MAX = 64 * 1024 * 1024;
/** Excel's own. */
const COLUMNS_MAX = 16_384;

/**
 * Rows of a worksheet whose first row that is not empty names the columns. Numbers are as Excel shows them when they are
 * not rounded, dates and times `2026-01-31T08:00:00` without a zone. Nothing is calculated: formulas have the values that
 * were saved.
 * @throws not_parseable, too_large; invalid_parameter when there is no such sheet
 * @see ECMA-376 part 1, sections 18.3 (worksheets), 18.4 (shared strings), 18.8 (styles)
 */
export async function* xlsxRows(source: FileSource, options: TableOptions): AsyncIterable<Row> {
  const entries = await zipEntries(source);
  const book = await readWorkbook(source, entries);
  const sheet =
    options.sheet === undefined
      ? book.sheets[0]
      : book.sheets.find(({ name }) => name === options.sheet);
  const entry = sheet && entries.get(sheet.path);
  if (!entry)
    throw new TidemarkError(
      'invalid_parameter',
      `${source.name} has no sheet ${options.sheet ?? 'at all'}; it has ${book.sheets.map(({ name }) => name).join(', ')}`,
    );
  const texts = await sharedTexts(source, entries.get('xl/sharedStrings.xml'));
  let columns: readonly string[] | undefined;
  let number = 0;
  for await (const { fields, line, share } of sheetLines(source, entry, { ...book, texts })) {
    if (fields.every((field) => (field ?? '') === '')) continue;
    if (!columns) {
      columns = headerOf(Array.from(fields, (field) => field ?? ''));
      continue;
    }
    const header = columns;
    const beyond = fields.findIndex((field, i) => i >= header.length && (field ?? '') !== '');
    const at = { number: ++number, line, share };
    if (beyond >= 0)
      yield {
        ...at,
        values: {},
        fault: `cell ${beyond + 1} lies beyond the ${header.length} columns`,
      };
    else
      yield {
        ...at,
        values: Object.fromEntries(header.map((column, i) => [column, fields[i] ?? ''])),
      };
  }
}

async function sharedTexts(
  source: FileSource,
  entry: ZipEntry | undefined,
): Promise<readonly string[]> {
  const texts: string[] = [];
  if (!entry) return texts;
  let text = '';
  /** Readings of Japanese and Chinese stand beside the text, not in it. */
  let isText = false;
  let isReading = false;
  for await (const part of xmlParts(zipContent(source, entry, TEXTS_BYTES_MAX))) {
    if (part.kind === 'text') {
      if (isText && !isReading) text += part.text;
    } else if (part.name === 'si') {
      if (part.kind === 'open') text = '';
      if (part.kind === 'close' || part.isEmpty) texts.push(text);
    } else if (part.name === 'rPh') isReading = part.kind === 'open' && !part.isEmpty;
    else if (part.name === 't') isText = part.kind === 'open' && !part.isEmpty;
  }
  return texts;
}

type SheetLine = {
  readonly fields: readonly (string | undefined)[];
  readonly line: number;
  readonly share: number;
};
type SheetContext = Pick<Workbook, 'isFrom1904' | 'styles'> & { readonly texts: readonly string[] };

async function* sheetLines(
  source: FileSource,
  entry: ZipEntry,
  context: SheetContext,
): AsyncIterable<SheetLine> {
  let read = 0;
  const counted: FileSource = {
    ...source,
    async *read(from, to) {
      for await (const part of source.read(from, to)) {
        read += part.length;
        yield part;
      }
    },
  };
  let fields: (string | undefined)[] = [];
  let line = 0;
  let cell = { column: 0, type: 'n', style: 0, text: '' };
  let isValue = false;
  for await (const part of xmlParts(zipContent(counted, entry, SHEET_BYTES_MAX))) {
    if (part.kind === 'text') {
      if (isValue) cell.text += part.text;
      continue;
    }
    const { name } = part;
    if (part.kind === 'open') {
      if (name === 'row') {
        line = Number(part.attributes['r'] ?? line + 1);
        fields = [];
      } else if (name === 'c') {
        const { r, t = 'n', s = '0' } = part.attributes;
        cell = { column: columnOf(r, fields.length), type: t, style: Number(s), text: '' };
      }
      isValue = !part.isEmpty && (name === 'v' || name === 't');
    } else {
      isValue = false;
      if (name === 'c') fields[cell.column] = cellText(cell, context);
      if (name === 'row')
        yield {
          fields: Array.from(fields),
          line,
          share: Math.min(1, read / (entry.compressedBytes || 1)),
        };
    }
  }
}

/** `BC12` → 54. @throws not_parseable beyond the columns that a worksheet has */
function columnOf(reference: string | undefined, next: number): number {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0];
  if (letters === undefined) return next;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  if (column > COLUMNS_MAX)
    throw new TidemarkError('not_parseable', `cell ${reference} lies beyond every worksheet`);
  return column - 1;
}
