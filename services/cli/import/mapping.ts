import { TidemarkError } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import { parseLossless } from './json.ts';
import type { Row } from './rows.ts';
import type { EventJson } from './send-events.ts';
import { localTimeMs } from './retail.ts';

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
  /** Field of the schema → column. A field without an entry takes the column of its own name, if there is one. */
  readonly columns: ReadonlyMap<string, string>;
};

/** @throws invalid_parameter unless it is `field=column` */
export function parseColumn(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new TidemarkError('invalid_parameter', `--map ${text}: write field=column`);
}

type Field = { readonly name: string; readonly type: Json; readonly default?: Json };
/** What a text of a CSV file becomes for a field; undefined leaves the field out. */
type Convert = (text: string) => unknown;

/**
 * Compiles a mapping for the event type's record schema: texts become what JSON has for the field's type, and what cannot is
 * sent as it is, so that ingest names the field and what it expects there.
 * @throws invalid_parameter naming mapped fields that the schema does not have
 */
export function compileMapping(
  mapping: Mapping,
  schema: Json,
): (row: Row, hash: string) => EventJson {
  const { fields } = schema as unknown as { readonly fields: readonly Field[] };
  const names = new Set(fields.map(({ name }) => name));
  const unknown = [...mapping.columns.keys()].filter((name) => !names.has(name));
  if (unknown.length > 0)
    throw new TidemarkError(
      'invalid_parameter',
      `--map: ${mapping.type} has no field ${unknown.join(', ')}; it has ${[...names].join(', ')}`,
    );
  const parts = fields.map((field) => ({
    name: field.name,
    column: mapping.columns.get(field.name) ?? field.name,
    convert: converterOf(field, mapping.timezone),
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
      mapping.time === undefined ? undefined : timeOf(row, mapping.time, mapping.timezone);
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
const filled = (template: string, row: Row): string =>
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

const timeOf = (row: Row, column: string, timezone: string | undefined): string =>
  instantText(textOf(row, column), timezone);

const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/;

/** RFC 3339 of a local date-time; other texts as they are. */
function instantText(text: string, timezone: string | undefined): string {
  if (timezone === undefined || !LOCAL_TIME.test(text)) return text;
  try {
    return new Date(localTimeMs(text.replace(' ', 'T'), timezone)).toISOString();
  } catch {
    return text; // 30 February: ingest refuses it by name.
  }
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** An empty text is no value where the field can do without one. */
const orElse =
  (empty: unknown, convert: Convert): Convert =>
  (text) =>
    text === '' ? empty : convert(text);

function converterOf(field: Field, timezone: string | undefined): Convert {
  const branches: readonly Json[] = Array.isArray(field.type) ? field.type : [field.type];
  const type = branches.find((branch) => branch !== 'null') ?? 'null';
  const convert = typeConverter(type, timezone);
  if (branches.includes('null')) return orElse(null, convert);
  if (field.default !== undefined) return orElse(undefined, convert);
  return convert;
}

function typeConverter(type: Json, timezone: string | undefined): Convert {
  const declared = type as { readonly type?: string; readonly logicalType?: string };
  const name = typeof type === 'string' ? type : (declared.type ?? '');
  const logicalType = declared.logicalType ?? '';
  if (logicalType === 'decimal') return (text) => text;
  if (logicalType.startsWith('timestamp-'))
    return (text) => (/^-?\d+$/.test(text) ? jsonOf(text) : instantText(text, timezone));
  if (NUMERIC.has(name)) return (text) => (NUMBER.test(text) ? jsonOf(text) : text);
  if (name === 'boolean') return (text) => (/^(?:true|false)$/.test(text) ? jsonOf(text) : text);
  return NESTED.has(name) ? jsonOf : (text) => text;
}
const NUMERIC: ReadonlySet<string> = new Set(['int', 'long', 'float', 'double']);
const NESTED: ReadonlySet<string> = new Set(['array', 'map', 'record']);

/** @returns the text itself when it is no JSON */
function jsonOf(text: string): unknown {
  try {
    return parseLossless(text);
  } catch {
    return text;
  }
}
