import type { Json } from '../json.ts';
import { isoLocal } from './local-time.ts';
import type { DateOrder } from './local-time.ts';
import { fieldsOf } from './mapping.ts';
import type { Mapping } from './mapping.ts';
import type { Row } from './row.ts';

/** What a mapping probably is, from the names and the first rows. It is shown, and may be overruled. */
export type Guess = Pick<Mapping, 'id' | 'subject' | 'time' | 'columns'> & {
  readonly decimalComma: boolean;
  readonly dateOrder: DateOrder;
  /** Whether times say in which zone they are. */
  readonly hasZones: boolean;
};

export function guessMapping(
  sample: readonly Row[],
  type: { readonly schema: Json; readonly timeFrom: 'event' | 'append' },
): Guess {
  const rows = sample.filter(({ fault }) => fault === undefined);
  const columns = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  const texts = (column: string): readonly string[] =>
    rows.map(({ values }) => String(values[column] ?? '')).filter((text) => text !== '');
  const time = type.timeFrom === 'append' ? undefined : guessTime(columns, texts);
  const id = guessId(columns, rows);
  return {
    columns: guessColumns(
      fieldsOf(type.schema).map(({ name }) => name),
      columns,
    ),
    time,
    ...id,
    decimalComma: columns.some((column) => isCommaNumber(texts(column))),
    dateOrder: guessOrder(time === undefined ? [] : texts(time)),
    hasZones:
      time !== undefined &&
      texts(time)
        .filter(isDate)
        .every((text) => ZONED.test(text)),
  };
}

/** Small letters and digits alone: `Unit Price`, `unit_price` and `unitPrice` are one name. */
const bare = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/** Each field its column: of the same name, else the one that begins or ends with it. A column serves one field. */
function guessColumns(
  fields: readonly string[],
  columns: readonly string[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const free = new Set(columns);
  const take = (matches: (field: string, column: string) => boolean): void => {
    for (const field of fields) {
      if (found.has(field)) continue;
      const column = [...free].find((one) => matches(bare(field), bare(one)));
      if (column === undefined) continue;
      found.set(field, column);
      free.delete(column);
    }
  };
  take((field, column) => field === column);
  take((field, column) => column.startsWith(field) || column.endsWith(field));
  take(
    (field, column) => column.length > 2 && (field.startsWith(column) || field.endsWith(column)),
  );
  return new Map(fields.map((field) => [field, found.get(field) ?? '']));
}

const TIME_NAME = /time|date|zeit|datum|时间|日期|_at$|\bat$/i;
const ZONED = /(?:Z|[+-]\d{2}:?\d{2})$/;
const isTime = (text: string): boolean =>
  ZONED.test(text) ? !Number.isNaN(Date.parse(text)) : isoLocal(text, 'dmy') !== undefined;

const isDate = (text: string): boolean => isTime(text) || isoLocal(text, 'mdy') !== undefined;

/** The column that is called a time and mostly holds them, as a cell may be wrong; else the first that holds nothing else. */
function guessTime(
  columns: readonly string[],
  texts: (column: string) => readonly string[],
): string | undefined {
  const shareOf = (column: string): number => {
    const all = texts(column);
    return all.length === 0 ? 0 : all.filter(isDate).length / all.length;
  };
  const named = columns.filter((column) => TIME_NAME.test(column));
  return (
    named.find((column) => shareOf(column) === 1) ??
    named.find((column) => shareOf(column) >= 0.5) ??
    columns.find((column) => shareOf(column) === 1)
  );
}

const ID_NAME =
  /(?:^|[_\s-])(?:id|no|nr|num|number|key|code|line|pos|seq)$|(?:Id|No|Nr|Number)$|编号|单号|行号/;
/** Others name who or where, not which. */
const OTHER_NAME = /customer|store|shop|user|client|stock|product|item|sku|country|客户|门店|商品/i;

/**
 * The first column, or two of them, whose values tell the rows apart; undefined: none does.
 * The first of two is the subject: what belongs together stays in order.
 */
function guessId(columns: readonly string[], rows: readonly Row[]): Pick<Guess, 'id' | 'subject'> {
  const names = columns
    .filter((column) => ID_NAME.test(column))
    .sort((a, b) => Number(OTHER_NAME.test(a)) - Number(OTHER_NAME.test(b)));
  // A row that stands there twice says nothing against an id: it is one event.
  const kinds = new Set(rows.map(({ values }) => JSON.stringify(values))).size;
  const isUnique = (keys: readonly string[]): boolean =>
    kinds > 1 &&
    new Set(rows.map(({ values }) => JSON.stringify(keys.map((key) => values[key])))).size ===
      kinds &&
    rows.every(({ values }) => keys.every((key) => String(values[key] ?? '') !== ''));
  const single = names.find((name) => isUnique([name]));
  if (single !== undefined) return { id: `{${single}}`, subject: undefined };
  for (const first of names)
    for (const second of names)
      if (first !== second && isUnique([first, second]))
        return { id: `{${first}}-{${second}}`, subject: `{${first}}` };
  return { id: undefined, subject: undefined };
}

/** Days above 12 tell; where none does, as most of the world writes it. */
function guessOrder(times: readonly string[]): DateOrder {
  const parts = times.map((text) => /^(\d{1,4})[-/.](\d{1,2})[-/.]/.exec(text));
  if (parts.some((part) => part?.[1]?.length === 4)) return 'ymd';
  return parts.some((part) => Number(part?.[2]) > 12) ? 'mdy' : 'dmy';
}

const isCommaNumber = (texts: readonly string[]): boolean =>
  texts.some((text) => text.includes(',')) &&
  texts.every((text) => /^[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?$/.test(text));
