import type { LocalTime } from './local-time.ts';
import type { Cell, TableHead } from './table.ts';

/**
 * A workbook of one sheet in Office Open XML: the parts that every reader asks for, and no more.
 * @see ECMA-376 part 1, sections 12.3 and 18
 */

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const DOCUMENT = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** Formats of cells, in the order in which styles.xml lists them. */
const FORMATS = ['general', 'head', 'kept', 'date', 'value', 'share'] as const;
const formatOf = (name: (typeof FORMATS)[number]): number => FORMATS.indexOf(name);

/** A double keeps so many decimal digits; a number with more is written as text. */
const DIGITS_MAX = 15;
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** Characters of one cell that Excel shows. */
const TEXT_MAX = 32_767;
// oxlint-disable-next-line no-control-regex -- XML 1.0 has no place for these, whatever a label holds
const NO_XML = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

/** The parts of the file but for the sheet, by path. @param scale of the unit */
export function workbookParts(title: string, scale: number): Readonly<Record<string, string>> {
  const value = scale === 0 ? '#,##0' : `#,##0.${'0'.repeat(scale)}`;
  const font = '<font><sz val="11"/><name val="Calibri"/></font>';
  const bold = '<font><b/><sz val="11"/><name val="Calibri"/></font>';
  const cellFormats = [
    '<xf xfId="0"/>',
    '<xf xfId="0" fontId="1" applyFont="1"/>',
    // An apostrophe in front, as people type it: what looks like a formula stays text also when the cell is edited.
    '<xf xfId="0" quotePrefix="1"/>',
    '<xf xfId="0" numFmtId="164" applyNumberFormat="1"/>',
    '<xf xfId="0" numFmtId="165" applyNumberFormat="1"/>',
    '<xf xfId="0" numFmtId="10" applyNumberFormat="1"/>',
  ];
  return {
    '[Content_Types].xml': `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${DOCUMENT}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${DOCUMENT}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${DOCUMENT}.styles+xml"/></Types>`,
    '_rels/.rels': relations([['officeDocument', 'xl/workbook.xml']]),
    'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="${sheetName(title)}" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations([
      ['worksheet', 'worksheets/sheet1.xml'],
      ['styles', 'styles.xml'],
    ]),
    'xl/styles.xml': `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/><numFmt numFmtId="165" formatCode="${value}"/></numFmts><fonts count="2">${font}${bold}</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="${cellFormats.length}">${cellFormats.join('')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`,
  };
}

const relations = (list: readonly (readonly [type: string, target: string])[]): string =>
  `${XML}<Relationships xmlns="${PACKAGE}/relationships">${list
    .map(
      ([type, target], i) =>
        `<Relationship Id="r${i + 1}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
    )
    .join('')}</Relationships>`;

/** Excel takes 31 characters, of which some mean something to it. */
const sheetName = (title: string): string =>
  xmlText(title.replaceAll(/[[\]:*?/\\']/g, ' ').slice(0, 31));

/** Writes the sheet from its beginning to its end; rows come in order. */
export type SheetWriter = {
  readonly begin: () => string;
  readonly row: (cells: readonly Cell[]) => string;
  readonly end: () => string;
};

export function sheetWriter(
  { about, columns }: TableHead,
  options: { readonly hasAbout: boolean; readonly timeOf: (timeMs: number) => LocalTime },
): SheetWriter {
  let at = 0;
  const rowOf = (cells: readonly (string | undefined)[]): string => {
    at++;
    const written = cells.map((cell, i) => cell?.replace('<c', `<c r="${columnName(i)}${at}"`));
    return `<row r="${at}">${written.join('')}</row>`;
  };
  const above = options.hasAbout ? about.length + 1 : 0;
  return {
    begin() {
      const pane = `<sheetViews><sheetView workbookViewId="0"><pane ySplit="${above + 1}" topLeftCell="A${above + 2}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`;
      const widths = columns.map(
        ({ widthChars }, i) =>
          `<col min="${i + 1}" max="${i + 1}" width="${widthChars}" customWidth="1"/>`,
      );
      const rows = options.hasAbout
        ? [
            ...about.map(([name, value]) => rowOf([textCell(name, 'head'), textCell(value)])),
            rowOf([]),
          ]
        : [];
      rows.push(rowOf(columns.map(({ name }) => textCell(name, 'head'))));
      return `${XML}<worksheet xmlns="${MAIN}">${pane}<cols>${widths.join('')}</cols><sheetData>${rows.join('')}`;
    },
    row: (cells) => rowOf(cells.map((cell) => cellXml(cell, options.timeOf))),
    end: () =>
      `</sheetData><autoFilter ref="A${above + 1}:${columnName(columns.length - 1)}${at}"/></worksheet>`,
  };
}

function cellXml(cell: Cell, timeOf: (timeMs: number) => LocalTime): string | undefined {
  if (cell === null) return undefined;
  if (cell.kind === 'text') return textCell(cell.text);
  if (cell.kind === 'time')
    return `<c s="${formatOf('date')}"><v>${timeOf(cell.timeMs).serial}</v></c>`;
  if (significantDigits(cell.text) > DIGITS_MAX) return textCell(cell.text, 'general');
  const format = cell.as === 'plain' ? 'general' : cell.as;
  return `<c s="${formatOf(format)}"><v>${cell.text}</v></c>`;
}

/** Of a decimal: what a double must hold for the number to come back as it was. */
const significantDigits = (text: string): number =>
  text
    .replace('-', '')
    .replace(/(\.\d*?)0+$/, '$1')
    .replace('.', '')
    .replace(/^0+/, '').length;

const textCell = (
  text: string,
  format: 'general' | 'head' | 'kept' = FORMULA.test(text) ? 'kept' : 'general',
): string =>
  `<c s="${formatOf(format)}" t="inlineStr"><is><t xml:space="preserve">${xmlText(text.slice(0, TEXT_MAX))}</t></is></c>`;

const xmlText = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(NO_XML, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    // A line feed alone survives the normalization of XML.
    .replaceAll('\r', '&#13;');

/** `A` to `Z`, then `AA`. */
function columnName(index: number): string {
  const last = String.fromCodePoint(65 + (index % 26));
  return index < 26 ? last : columnName(Math.floor(index / 26) - 1) + last;
}
