import { TidemarkError } from '../errors.ts';
import type { Json } from '../json.ts';
import { isoLocal, localTimeMs } from './local-time.ts';
import type { DateOrder } from './local-time.ts';
import { parseLossless } from './lossless-json.ts';
import type { Row } from './row.ts';

/** A CloudEvent as JSON. */
export type EventJson = Readonly<Record<string, unknown>>;

/** How a row becomes an event of a type. `{column}` in a template stands for that column's text. */
export type Mapping = {
  readonly type: string;
  readonly source: string;
  /** Template; undefined: the content's hash and the row's number, so that the same file gives the same ids. */
  readonly id: string | undefined;
  readonly subject: string | undefined;
  /** Column of the event time; undefined for types that take the append time. */
  readonly time: string | undefined;
  /** IANA zone of times without one; undefined: they are sent as they are. */
  readonly timezone: string | undefined;
  /**
   * Field of the schema → column; an empty name leaves the field out. A field without an entry takes the column of its own
   * name, if there is one.
   */
  readonly columns: ReadonlyMap<string, string>;
  /** `1.234,50` is 1234.50. */
  readonly decimalComma?: boolean;
  /** Of dates with dots or slashes; undefined: only years that stand first are read. */
  readonly dateOrder?: DateOrder | undefined;
};

/** Says what is made of a file's content: another mapping of it is another import. */
export const planOf = (mapping: Mapping, isHistorical: boolean): string =>
  JSON.stringify({
    ...mapping,
    columns: [...mapping.columns],
    historical: isHistorical,
  });

export type Field = { readonly name: string; readonly type: Json; readonly default?: Json };
/** What a text of a CSV file becomes for a field; undefined leaves the field out. */
type Convert = (text: string) => unknown;

export const fieldsOf = (schema: Json): readonly Field[] =>
  (schema as unknown as { readonly fields: readonly Field[] }).fields;

/** Whether an event lacks something when it has no value for the field. */
export const isRequired = ({ type, default: fallback }: Field): boolean =>
  fallback === undefined && !(Array.isArray(type) && type.includes('null'));

/**
 * Compiles a mapping for the event type's record schema: texts become what JSON has for the field's type, and what cannot is
 * sent as it is, so that ingest names the field and what it expects there.
 * @throws invalid_parameter naming mapped fields that the schema does not have, or a zone that there is not
 */
export function compileMapping(
  mapping: Mapping,
  schema: Json,
): (row: Row, hash: string) => EventJson {
  const fields = fieldsOf(schema);
  const names = new Set(fields.map(({ name }) => name));
  const unknown = [...mapping.columns.keys()].filter((name) => !names.has(name));
  if (unknown.length > 0)
    throw new TidemarkError(
      'invalid_parameter',
      `${mapping.type} has no field ${unknown.join(', ')}; it has ${[...names].join(', ')}`,
    );
  requireZone(mapping.timezone);
  const parts = fields.map((field) => ({
    name: field.name,
    column: mapping.columns.get(field.name) ?? field.name,
    convert: converterOf(field, mapping),
  }));
  return (row, hash) => {
    const data: Record<string, unknown> = {};
    for (const { name, column, convert } of parts) {
      if (!Object.hasOwn(row.values, column)) continue;
      const value = row.values[column];
      const converted = typeof value === 'string' ? convert(value) : value;
      if (converted !== undefined) data[name] = converted;
    }
    const subject = mapping.subject && filled(mapping.subject, row);
    const time =
      mapping.time === undefined ? undefined : instantText(textOf(row, mapping.time), mapping);
    return {
      specversion: '1.0',
      id: mapping.id === undefined ? `${hash.slice(0, 16)}-${row.number}` : filled(mapping.id, row),
      source: mapping.source,
      type: mapping.type,
      ...(subject === undefined ? {} : { subject }),
      ...(time === undefined ? {} : { time }),
      data,
    };
  };
}

/** @throws invalid_parameter when the row lacks a column that the template names */
export const filled = (template: string, row: Row): string =>
  template.replaceAll(/\{([^}]+)\}/g, (_, column: string) => textOf(row, column));

function textOf(row: Row, column: string): string {
  const value = row.values[column];
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TidemarkError(
    'invalid_parameter',
    `row ${row.number} has no text in column ${column}; its columns are ${Object.keys(row.values).join(', ')}`,
  );
}

function requireZone(zone: string | undefined): void {
  if (zone === undefined) return;
  try {
    localTimeMs('2026-01-01T00:00', zone);
  } catch (cause) {
    throw new TidemarkError('invalid_parameter', `there is no time zone ${zone}`, { cause });
  }
}

type Reading = Pick<Mapping, 'timezone' | 'decimalComma' | 'dateOrder'>;

/** With the year first, as ISO 8601 has it: this can be read in one way only. */
const YEAR_FIRST = /^\d{4}\D/;

/** RFC 3339 of a local date-time; other texts as they are: ingest refuses them by name. */
function instantText(text: string, { timezone, dateOrder }: Reading): string {
  if (timezone === undefined || (dateOrder === undefined && !YEAR_FIRST.test(text))) return text;
  const local = isoLocal(text, dateOrder ?? 'ymd');
  const atMs = local === undefined ? undefined : localTimeMs(local, timezone);
  return atMs === undefined ? text : new Date(atMs).toISOString();
}

/** `YYYY-MM-DD` of a date that is written otherwise. */
function dateText(text: string, { dateOrder }: Reading): string {
  if (dateOrder === undefined && !YEAR_FIRST.test(text)) return text;
  return isoLocal(text, dateOrder ?? 'ymd')?.slice(0, 10) ?? text;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** An empty text is no value where the field can do without one. */
const orElse =
  (empty: unknown, convert: Convert): Convert =>
  (text) =>
    text === '' ? empty : convert(text);

function converterOf(field: Field, reading: Reading): Convert {
  const branches: readonly Json[] = Array.isArray(field.type) ? field.type : [field.type];
  const type = branches.find((branch) => branch !== 'null') ?? 'null';
  const convert = typeConverter(type, reading);
  if (branches.includes('null')) return orElse(null, convert);
  if (field.default !== undefined) return orElse(undefined, convert);
  return convert;
}

function typeConverter(type: Json, reading: Reading): Convert {
  const declared = type as { readonly type?: string; readonly logicalType?: string };
  const name = typeof type === 'string' ? type : (declared.type ?? '');
  const logicalType = declared.logicalType ?? '';
  const plain = numberReader(reading);
  if (logicalType === 'decimal') return plain;
  if (logicalType === 'date') return (text) => dateText(text, reading);
  if (logicalType.startsWith('timestamp-'))
    return (text) => (/^-?\d+$/.test(text) ? jsonOf(text) : instantText(text, reading));
  if (NUMERIC.has(name)) return (text) => (NUMBER.test(plain(text)) ? jsonOf(plain(text)) : text);
  if (name === 'boolean') return (text) => (/^(?:true|false)$/.test(text) ? jsonOf(text) : text);
  return NESTED.has(name) ? jsonOf : (text) => text;
}
const NUMERIC: ReadonlySet<string> = new Set(['int', 'long', 'float', 'double']);
const NESTED: ReadonlySet<string> = new Set(['array', 'map', 'record']);

const WITH_COMMA = /^([+-]?)(\d{1,3}(?:[.\s\u00a0\u202f']\d{3})+|\d+)(?:,(\d+))?$/;

/** A number's text as JSON has it. Other texts stay as they are. */
function numberReader({ decimalComma }: Reading): (text: string) => string {
  if (decimalComma !== true) return (text) => text;
  return (text) => {
    const match = WITH_COMMA.exec(text.trim());
    if (!match) return text;
    const [, sign = '', whole = '', fraction] = match;
    const digits = whole.replaceAll(/\D/g, '');
    return `${sign === '-' ? '-' : ''}${digits}${fraction === undefined ? '' : `.${fraction}`}`;
  };
}

/** @returns the text itself when it is no JSON */
function jsonOf(text: string): unknown {
  try {
    return parseLossless(text);
  } catch {
    return text;
  }
}
