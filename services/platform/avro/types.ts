import avro from 'avsc';
import type { Json } from '../../kernel/json.ts';
import { DecimalType } from './decimal-type.ts';

export type AvroType = avro.Type;
export type AvroResolver = object;

/** Schemas as types, with decimals as exact integers and unions unwrapped. @throws Error when the schema is not valid Avro */
export function avroType(schema: Json): AvroType {
  return avro.Type.forSchema(schema as never, { logicalTypes: { decimal: DecimalType as never }, wrapUnions: 'never' as never });
}
