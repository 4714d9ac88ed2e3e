import type { LocalTime } from './local-time.ts';
import type { Cell, TableHead } from './table.ts';

/** Excel reads UTF-8 as such only after it: without it Chinese is garbled there. */
export const BYTE_ORDER_MARK = '\uFEFF';

const LINE_END = '\r\n';
/**
 * Spreadsheets take a cell that begins so for a formula, in full width too.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const NEEDS_QUOTES = /[",;\t\r\n']|^\s|\s$/;
/** What the numbers of an answer are: nothing else is written without a look at its beginning. */
const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** Rows of CSV (RFC 4180), with line ends. */
export const csvHead = ({ about, columns }: TableHead, hasAbout: boolean): string =>
  [
    ...(hasAbout ? [...about, []] : []).map((row) => row.map(csvText)),
    columns.map(({ name }) => csvText(name)),
  ]
    .map((row) => row.join() + LINE_END)
    .join('');

export const csvRow = (cells: readonly Cell[], timeOf: (timeMs: number) => LocalTime): string =>
  cells
    .map((cell) => {
      if (cell === null) return '';
      if (cell.kind === 'time') return timeOf(cell.timeMs).text;
      return cell.kind === 'number' && NUMBER.test(cell.text) ? cell.text : csvText(cell.text);
    })
    .join() + LINE_END;

/**
 * A text as a field. One that a spreadsheet would compute gets an apostrophe in front, which makes it text there; quotes
 * keep separators and line ends within the field, so that nothing after them begins another.
 */
export function csvText(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
