import avro from 'avsc';
import type { Json } from '../../kernel/json.ts';
import { avroType } from './types.ts';
import type { AvroType } from './types.ts';

/**
 * Why records of a schema must not be decoded, though it is valid Avro: items of an array that take no bytes. Five bytes
 * then stand for any number of items, and decoding or skipping them blocks the process (20 million nulls: 113 ms and 164
 * MB). Every other type takes at least a byte per value, so that a record's size bounds the work.
 * @returns undefined when there is nothing against it   @throws Error when the schema is not valid Avro
 */
export function schemaPolicyFault(schema: Json): string | undefined {
  const seen = new Set<AvroType>();
  const faultOf = (type: AvroType): string | undefined => {
    if (seen.has(type)) return undefined;
    seen.add(type);
    const below = partsOf(type);
    if (type instanceof avro.types.ArrayType && below.some((items) => takesNoBytes(items)))
      return `the schema has an array of ${below[0]?.typeName} items, which take no bytes: five bytes would stand for millions of them`;
    for (const part of below) {
      const fault = faultOf(part);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
  return faultOf(avroType(schema));
}

/** Types whose values a value of this one holds. */
function partsOf(type: AvroType): readonly AvroType[] {
  if (type instanceof avro.types.LogicalType) return [type.underlyingType];
  if (type instanceof avro.types.ArrayType) return [type.itemsType];
  if (type instanceof avro.types.MapType) return [type.valuesType];
  if (type instanceof avro.types.RecordType) return type.fields.map((field) => field.type);
  if (type instanceof avro.types.UnwrappedUnionType) return type.types;
  return [];
}

function takesNoBytes(type: AvroType, within: readonly AvroType[] = []): boolean {
  if (type instanceof avro.types.LogicalType) return takesNoBytes(type.underlyingType, within);
  if (type instanceof avro.types.FixedType) return type.size === 0;
  // A record that holds itself without a union has no value at all.
  if (type instanceof avro.types.RecordType)
    return (
      !within.includes(type) &&
      type.fields.every((field) => takesNoBytes(field.type, [...within, type]))
    );
  return type.typeName === 'null';
}
