import type { EventTypeDefinition } from '../definitions.ts';
import type { Json } from '../json.ts';
import { checkOwner } from './context.ts';
import type { Context } from './context.ts';
import type { EventTypeDocument } from './documents.ts';
import { textOf } from './fields.ts';

/** @returns undefined when the document has a fault, which is reported */
export function eventTypeOf(
  { metadata, spec }: EventTypeDocument,
  context: Context,
): EventTypeDefinition | undefined {
  checkOwner(metadata.owner, ['metadata', 'owner'], context);
  const { avro } = spec;
  const at = spec.schema === undefined ? ['spec', 'avro'] : ['spec', 'schema'];
  if (avro === undefined) {
    if (spec.schema === undefined)
      context.report(['spec'], { code: 'field_missing', message: 'spec.schema is missing' });
    return undefined;
  }
  const fault = schemaFaultOf(avro, context);
  if (fault !== undefined) {
    context.report(at, { code: 'schema_invalid', message: fault });
    return undefined;
  }
  return {
    id: metadata.id,
    schema: avro,
    outOfOrdernessMs: spec.outOfOrderness,
    duplicateHorizonMs: spec.duplicateHorizon,
    maxFutureMs: spec.maxFuture,
    timeFrom: spec.timeFrom,
    unknownFields: spec.unknownFields,
    ...(metadata.owner === undefined ? {} : { owner: metadata.owner }),
    ...(metadata.name === undefined ? {} : { name: textOf(metadata.name) }),
    ...(spec.idleTimeout === undefined ? {} : { idleTimeoutMs: spec.idleTimeout }),
  };
}

function schemaFaultOf(avro: Json, { tools }: Context): string | undefined {
  const isRecord =
    typeof avro === 'object' &&
    avro !== null &&
    !Array.isArray(avro) &&
    (avro as { type?: unknown }).type === 'record';
  if (!isRecord) return 'the schema must be an Avro record, the one under data';
  return tools.schemaFault(avro);
}
