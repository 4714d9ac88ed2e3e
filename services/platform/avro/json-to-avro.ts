import avro from 'avsc';
import { literalSource } from '../../kernel/exact-json.ts';
import type { Json } from '../../kernel/json.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import { DecimalType } from './decimal-type.ts';
import {
  logicalReader,
  readBoolean,
  readBytes,
  readDecimal,
  readFloat,
  readInt,
  readLong,
  readNull,
  readString,
  readSymbol,
  refuse,
  REFUSED,
} from './json-scalars.ts';
import type { Read, Trail } from './json-scalars.ts';
import { jsonTypeOf } from './types.ts';

/** Where the data do not match, what the schema expects there, and what stands there instead. */
export type ConversionFault = {
  readonly pointer: string;
  readonly expected: string;
  readonly found: string;
};
/** The first fault, and what else is wrong: at most one for each field of the record itself. Absent: nothing. */
export type ConversionFaults = ConversionFault & { readonly others?: readonly ConversionFault[] };
/** JSON data (parsed, numbers exact: kernel/exact-json.ts) as the value that the Avro type writes. */
export type JsonToAvro = (data: unknown) => Result<unknown, ConversionFaults>;

/** Levels of nested records, arrays and maps; recursive schemas have no bound of their own. */
const DEPTH_MAX = 64;

/**
 * Compiles the conversion of JSON data for a schema to closures, once. Decimals come as strings or numbers that are exact
 * at the scale, timestamps as RFC 3339 or epoch milliseconds, unions plain, enums as strings, bytes as base64; a
 * missing field takes its default. Law: what it gives, the Avro type writes, and reads back as the same value
 * (test/property/platform/avro/json-to-avro.test.ts).
 * @throws Error when the schema is not valid Avro
 */
export function compileJsonToAvro(
  schema: Json,
  options: { unknownFields: 'refuse' | 'ignore' },
): JsonToAvro {
  const type = jsonTypeOf(schema);
  const context = { ...options, compiled: new Map() };
  const read = compile(type, context);
  const parts = type instanceof avro.types.RecordType ? fieldReaders(type, context) : [];
  return (data) => {
    const trail = newTrail();
    const value = read(data, trail);
    if (value !== REFUSED) return ok(value);
    const others = isObject(data) ? faultsOf(data, parts, trail.segments.at(-1)) : [];
    return err({ ...faultOf(trail), ...(others.length > 0 ? { others } : {}) });
  };
}

const newTrail = (): Trail => ({ segments: [], expected: '', found: '', depth: 0 });
const faultOf = ({ segments, expected, found }: Trail): ConversionFault => ({
  pointer: segments.toReversed().map(pointerSegment).join(''),
  expected,
  found,
});

/** Beside the first fault of an event: a batch of a thousand bare events of a wide schema must not be answered by megabytes. */
const OTHERS_MAX = 20;

/** Reading ends at the first fault; who mends a row by hand wants all of them. @param first name of the field that has that one */
function faultsOf(
  data: Readonly<Record<string, unknown>>,
  fields: readonly FieldReader[],
  first: string | undefined,
): readonly ConversionFault[] {
  const faults: ConversionFault[] = [];
  for (const field of fields) {
    const { name, hasDefault } = field;
    const isThere = Object.hasOwn(data, name);
    if (name === first || (!isThere && hasDefault)) continue;
    const trail = newTrail();
    const part = isThere ? field : { name, read: refuseAbsent };
    if (nested(trail, part, data[name]) === REFUSED) faults.push(faultOf(trail));
    if (faults.length === OTHERS_MAX) break;
  }
  return faults;
}

/** @see RFC 6901 section 3 */
export const pointerSegment = (name: string): string =>
  `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

type Context = {
  readonly unknownFields: 'refuse' | 'ignore';
  readonly compiled: Map<avro.Type, Read>;
};

function compile(type: avro.Type, context: Context): Read {
  const known = context.compiled.get(type);
  if (known) return known;
  // A record may hold itself: its fields call it by this, which is complete by then.
  context.compiled.set(type, (value, trail) => read(value, trail));
  const read = readerOf(type, context);
  context.compiled.set(type, read);
  return read;
}

function readerOf(type: avro.Type, context: Context): Read {
  if (type instanceof DecimalType) return readDecimal(type);
  if (type instanceof avro.types.LogicalType) {
    const { underlyingType, typeName } = type;
    return (
      logicalReader(typeName.slice('logical:'.length), underlyingType.typeName) ??
      compile(underlyingType, context)
    );
  }
  switch (type.typeName) {
    case 'null':
      return readNull;
    case 'boolean':
      return readBoolean;
    case 'int':
      return readInt;
    case 'long':
      return readLong;
    case 'float':
      return readFloat(Math.fround);
    case 'double':
      return readFloat((value) => value);
    case 'string':
      return readString;
    case 'bytes':
      return readBytes();
    case 'fixed':
      return readBytes((type as avro.types.FixedType).size);
    case 'enum':
      return readSymbol((type as avro.types.EnumType).symbols);
    case 'array':
      return readArray(compile((type as avro.types.ArrayType).itemsType, context));
    case 'map':
      return readMap(compile((type as avro.types.MapType).valuesType, context));
    case 'record':
    case 'error':
      return readRecord(type as avro.types.RecordType, context);
    case 'union:unwrapped':
      return readUnion((type as avro.types.UnwrappedUnionType).types, context);
    default:
      throw new Error(`JSON does not stand for the Avro type ${type.typeName}`);
  }
}

type Part = { readonly name: string | number; readonly read: Read };

function nested(trail: Trail, { name, read }: Part, value: unknown): unknown {
  if (trail.depth >= DEPTH_MAX) return refuse(trail, `at most ${DEPTH_MAX} levels of nesting`, {});
  trail.depth++;
  const converted = read(value, trail);
  trail.depth--;
  if (converted === REFUSED) trail.segments.push(String(name));
  return converted;
}

function readArray(readItem: Read): Read {
  return (value, trail) => {
    if (!Array.isArray(value)) return refuse(trail, 'an array', value);
    const items: unknown[] = [];
    for (const [index, item] of value.entries()) {
      const converted = nested(trail, { name: index, read: readItem }, item);
      if (converted === REFUSED) return REFUSED;
      items.push(converted);
    }
    return items;
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  literalSource(value) === undefined;

const refuseKey: Read = (name, trail) => refuse(trail, 'another key', name);

function readMap(readValue: Read): Read {
  return (value, trail) => {
    if (!isObject(value)) return refuse(trail, 'an object', value);
    const members: Record<string, unknown> = {};
    for (const name of Object.keys(value)) {
      // Decoders build plain objects from map keys: this one would set their prototype.
      const isKey = name !== '__proto__' && name.isWellFormed();
      const converted = isKey
        ? nested(trail, { name, read: readValue }, value[name])
        : nested(trail, { name, read: refuseKey }, name);
      if (converted === REFUSED) return REFUSED;
      members[name] = converted;
    }
    return members;
  };
}

const refuseAbsent: Read = (value, trail) => refuse(trail, 'a value: the field is required', value);

type FieldReader = {
  readonly name: string;
  readonly read: Read;
  readonly hasDefault: boolean;
  readonly defaultValue: () => unknown;
};

const fieldReaders = (type: avro.types.RecordType, context: Context): readonly FieldReader[] =>
  type.fields.map((field) => ({
    name: field.name,
    read: compile(field.type, context),
    hasDefault: field.defaultValue() !== undefined,
    defaultValue: () => field.defaultValue(),
  }));

function readRecord(type: avro.types.RecordType, context: Context): Read {
  const { unknownFields } = context;
  const fields = fieldReaders(type, context);
  const names = new Set(fields.map(({ name }) => name));
  const noSuchField = `no such field: the schema has ${[...names].join(', ')}`;
  const refuseUnknown: Read = (value, trail) => refuse(trail, noSuchField, value);
  return (value, trail) => {
    if (!isObject(value)) return refuse(trail, 'an object', value);
    const record: Record<string, unknown> = {};
    let present = 0;
    for (const field of fields) {
      const { name } = field;
      if (Object.hasOwn(value, name)) {
        present++;
        const converted = nested(trail, field, value[name]);
        if (converted === REFUSED) return REFUSED;
        record[name] = converted;
      } else if (field.hasDefault) record[name] = field.defaultValue();
      else return nested(trail, { name, read: refuseAbsent }, undefined);
    }
    if (unknownFields === 'ignore') return record;
    const keys = Object.keys(value);
    if (keys.length === present) return record;
    const unknown = keys.find((key) => !names.has(key)) ?? '';
    return nested(trail, { name: unknown, read: refuseUnknown }, value[unknown]);
  };
}

/** The first branch that takes the value; with one branch beside null its refusal is the union's. */
function readUnion(types: readonly avro.Type[], context: Context): Read {
  const isNullable = types.some(({ typeName }) => typeName === 'null');
  const reads = types
    .filter(({ typeName }) => typeName !== 'null')
    .map((type) => compile(type, context));
  const [only] = reads;
  if (reads.length === 1 && only) {
    if (!isNullable) return only;
    return (value, trail) => {
      if (value === null) return null;
      const converted = only(value, trail);
      if (converted === REFUSED && trail.segments.length === 0)
        trail.expected = `${trail.expected}, or null`;
      return converted;
    };
  }
  return (value, trail) => {
    if (value === null && isNullable) return null;
    const expectations: string[] = isNullable ? ['null'] : [];
    const { length } = trail.segments;
    for (const read of reads) {
      const converted = read(value, trail);
      if (converted !== REFUSED) return converted;
      expectations.push(trail.expected);
      trail.segments.length = length;
    }
    return refuse(trail, `one of: ${expectations.join('; ')}`, value);
  };
}
