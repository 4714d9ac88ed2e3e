import avro from 'avsc';
import type { Json } from '../../kernel/json.ts';
import { DecimalType } from './decimal-type.ts';
import { ExactIntType, ExactLongType } from './exact-integers.ts';
import { StrictStringType } from './strict-text.ts';

export type AvroType = avro.Type;
export type AvroResolver = object;

/** Schemas as types, with decimals as exact integers, no integer rounded, no bytes bent to text and unions unwrapped. @throws Error when the schema is not valid Avro */
export function avroType(schema: Json): AvroType {
  return avro.Type.forSchema(schema as never, {
    logicalTypes: { decimal: DecimalType as never },
    wrapUnions: 'never' as never,
    registry: {
      int: new ExactIntType(),
      long: new ExactLongType(),
      string: new StrictStringType(),
    },
  });
}

/** A logical type whose values stay those of the type below it: only its name matters. */
class NamedLogicalType extends avro.types.LogicalType {
  protected override _fromValue(value: unknown): unknown {
    return value;
  }
  protected override _toValue(value: unknown): unknown {
    return value;
  }
}
const NAMED = [
  'date',
  'time-millis',
  'time-micros',
  'timestamp-millis',
  'timestamp-micros',
  'local-timestamp-millis',
  'local-timestamp-micros',
  'uuid',
] as const;

/**
 * As `avroType`, but times, dates and UUIDs are told apart from plain integers and strings: for those who must know how
 * JSON stands for a value, not for reading records, which it would slow down.
 */
export function jsonTypeOf(schema: Json): AvroType {
  const logicalTypes = {
    ...Object.fromEntries(NAMED.map((name) => [name, NamedLogicalType])),
    decimal: DecimalType,
  };
  return avro.Type.forSchema(schema as never, {
    logicalTypes: logicalTypes as never,
    wrapUnions: 'never' as never,
  });
}
