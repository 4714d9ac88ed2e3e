import avro from 'avsc';
import { formatDecimal } from '../../kernel/decimal.ts';
import type { Integer } from '../../kernel/integer.ts';
import type { Json } from '../../kernel/json.ts';
import { formatRfc3339 } from '../../kernel/time.ts';
import { DecimalType } from './decimal-type.ts';
import { jsonTypeOf } from './types.ts';

/**
 * Reads Avro binary as the JSON that ingest would take for it: decimals as strings, timestamps as RFC 3339, bytes as base64.
 * Made for people to look at one record, not for reading many.
 * @param schema the writer's
 * @throws Error when the bytes are no value of the schema
 */
export function avroToJson(schema: Json, bytes: Buffer): Json {
  const type = jsonTypeOf(schema);
  return jsonOf(type, type.fromBuffer(bytes));
}

function jsonOf(type: avro.Type, value: unknown): Json {
  if (type instanceof DecimalType) return formatDecimal(value as Integer, type.scale);
  if (type instanceof avro.types.LogicalType) {
    if (type.typeName === 'logical:timestamp-millis') return formatRfc3339(value as number);
    return jsonOf(type.underlyingType, value);
  }
  if (type instanceof avro.types.UnwrappedUnionType) {
    const branch = type.types.find((one) => one.isValid(value));
    return branch ? jsonOf(branch, value) : null;
  }
  if (type instanceof avro.types.RecordType) {
    const record = value as Readonly<Record<string, unknown>>;
    return Object.fromEntries(
      type.fields.map((field) => [field.name, jsonOf(field.type, record[field.name])]),
    );
  }
  if (type instanceof avro.types.ArrayType)
    return (value as readonly unknown[]).map((item) => jsonOf(type.itemsType, item));
  if (type instanceof avro.types.MapType)
    return Object.fromEntries(
      Object.entries(value as object).map(([key, item]) => [key, jsonOf(type.valuesType, item)]),
    );
  return Buffer.isBuffer(value) ? value.toString('base64') : (value as Json);
}
