import { DAY_MS } from '../time.ts';
import type { XmlPart } from './xml.ts';

/** By style: whether numbers are shown as dates, as times, or as what they are. */
export type CellStyles = readonly ('number' | 'date' | 'date-time')[];

/** Formats that every workbook has without naming them. @see ECMA-376 part 1, section 18.8.30 */
const BUILT_IN: Readonly<Record<number, 'date' | 'date-time'>> = {
  14: 'date',
  15: 'date',
  16: 'date',
  17: 'date',
  18: 'date-time',
  19: 'date-time',
  20: 'date-time',
  21: 'date-time',
  22: 'date-time',
  27: 'date',
  30: 'date',
  31: 'date',
  36: 'date',
  45: 'date-time',
  46: 'date-time',
  47: 'date-time',
  57: 'date',
};

/** Which styles show numbers as dates. */
export async function stylesOf(parts: AsyncIterable<XmlPart> | undefined): Promise<CellStyles> {
  const formats = new Map<number, 'number' | 'date' | 'date-time'>();
  const styles: ('number' | 'date' | 'date-time')[] = [];
  let isWithin = false;
  for await (const part of parts ?? []) {
    if (part.kind === 'text') continue;
    if (part.name === 'cellXfs') isWithin = part.kind === 'open' && !part.isEmpty;
    if (part.kind === 'close') continue;
    const id = Number(part.attributes['numFmtId']);
    if (part.name === 'numFmt') formats.set(id, shownAs(part.attributes['formatCode'] ?? ''));
    if (part.name === 'xf' && isWithin) styles.push(formats.get(id) ?? BUILT_IN[id] ?? 'number');
  }
  return styles;
}

/** By the letters of a format that are not in quotes or brackets: `yyyy\-mm\-dd hh:mm`, `[$-409]d/m/yy`. */
function shownAs(format: string): 'number' | 'date' | 'date-time' {
  const bare = format.replaceAll(/"[^"]*"|\[(?![hms]+\])[^\]]*\]|\\.|_.|\*./gi, '').toLowerCase();
  if (/[hs]/.test(bare)) return 'date-time';
  return /[yd]/.test(bare) || /m{2,}/.test(bare) ? 'date' : 'number';
}

export type Cell = {
  /** `n` number, `s` shared text, `str` and `inlineStr` text, `b` boolean, `e` error, `d` date. */
  readonly type: string;
  readonly style: number;
  readonly text: string;
};

/** A cell as the text that a CSV file would have. */
export function cellText(
  { type, style, text }: Cell,
  book: {
    readonly texts: readonly string[];
    readonly styles: CellStyles;
    readonly isFrom1904: boolean;
  },
): string {
  if (type === 's') return book.texts[Number(text)] ?? '';
  if (type === 'b') return text === '1' ? 'true' : 'false';
  if (type !== 'n' || text === '') return text;
  const value = Number(text);
  if (!Number.isFinite(value)) return text;
  const shown = book.styles[style] ?? 'number';
  return shown === 'number' ? numberText(value) : dateText(value, shown, book.isFrom1904);
}

/** Seventeen digits are stored (2.5499999999999998); the shortest that mean the same number are what was typed. */
const numberText = (value: number): string => {
  const text = String(value);
  return text.includes('e') ? value.toLocaleString('en-US', PLAIN) : text;
};
const PLAIN = { useGrouping: false, maximumSignificantDigits: 17 } as const;

/** Days from the epoch of 1970 back to day 0; Excel counts a 29 February 1900 that never was. */
const DAY_0 = 25_569;
const DAY_0_OF_1904 = 24_107;
const FIRST_RIGHT_DAY = 61;

function dateText(days: number, shown: 'date' | 'date-time', isFrom1904: boolean): string {
  const epoch = isFrom1904 ? DAY_0_OF_1904 : days < FIRST_RIGHT_DAY ? DAY_0 - 1 : DAY_0;
  const at = new Date(Math.round((days - epoch) * DAY_MS));
  if (Number.isNaN(at.getTime())) return numberText(days);
  const text = at.toISOString();
  if (shown === 'date' && Number.isInteger(days)) return text.slice(0, 10);
  return text.endsWith('.000Z') ? text.slice(0, 19) : text.slice(0, 23);
}
