import type { Json } from '../../kernel/json.ts';
import { envelopeReader, heartbeatReader } from '../../platform/avro/event-reader.ts';
import { schemaPolicyFault } from '../../platform/avro/schema-policy.ts';
import type { SchemaStore } from '../../platform/schema-registry.ts';
import type { RecordReader } from '../core/judge.ts';
import type { ReaderSource } from '../ports.ts';

/** Readers by the registry's schemas. An id that the registry does not know refuses its records; a registry that does not answer throws. */
export function schemaReaders(schemas: SchemaStore): ReaderSource {
  return {
    async readerOf(schemaId, plan): Promise<RecordReader> {
      const writer = await schemas.schemaById(schemaId);
      if (writer === undefined)
        return {
          kind: 'refused',
          code: 'schema_unknown',
          detail: `schema id ${schemaId} is not in the registry`,
        };
      const fault = faultOf(writer);
      if (fault !== undefined) return { kind: 'refused', code: 'schema_invalid', detail: fault };
      const heartbeat = heartbeatReader(writer);
      if (heartbeat) return { kind: 'heartbeat', read: heartbeat };
      const reader = envelopeReader(writer, plan.schema, plan.fields);
      return reader.ok
        ? { kind: 'event', readData: reader.value }
        : { kind: 'refused', code: 'schema_invalid', detail: reader.error };
    },
  };
}

/** Anyone who may write to the registry can have a schema there: it is looked at before its records are decoded. */
function faultOf(writer: Json): string | undefined {
  try {
    return schemaPolicyFault(writer);
  } catch (error) {
    return `the writer schema is not valid Avro: ${(error as Error).message}`;
  }
}
