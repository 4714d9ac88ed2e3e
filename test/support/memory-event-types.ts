import type { EventTypeDefinition } from '../../services/kernel/definitions.ts';
import { envelopeSchema } from '../../services/kernel/envelope.ts';
import { TidemarkError } from '../../services/kernel/errors.ts';
import { err, ok } from '../../services/kernel/result.ts';
import type { EventTypes, OpenEventType } from '../../services/ingest/ports.ts';
import { frame } from '../../services/platform/avro/codec.ts';
import { compileJsonToAvro } from '../../services/platform/avro/json-to-avro.ts';
import { avroType } from '../../services/platform/avro/types.ts';

/** Event types without Kafka and registry; those that were not opened before cannot be while `isAway`. */
export type MemoryEventTypes = EventTypes & {
  readonly publish: (definitions: readonly EventTypeDefinition[]) => void;
  readonly setAway: (isAway: boolean) => void;
};

export function memoryEventTypes(
  definitions: readonly EventTypeDefinition[],
  { partitions = 4 }: { partitions?: number } = {},
): MemoryEventTypes {
  let published = new Map(definitions.map((one) => [one.id, one]));
  const open = new Map<EventTypeDefinition, OpenEventType>();
  let isAway = false;

  const openNow = (definition: EventTypeDefinition): OpenEventType => {
    const type = avroType(envelopeSchema(definition.id, definition.schema));
    const schemaId = open.size + 1;
    return {
      definition,
      topic: `events.${definition.id}`,
      partitions,
      convert: compileJsonToAvro(definition.schema, definition),
      encode: (envelope) => frame(schemaId, type.toBuffer(envelope)),
    };
  };

  return {
    async open(id) {
      const definition = published.get(id);
      if (!definition) return err({ code: 'type_unknown', detail: `no event type ${id}` });
      const known = open.get(definition);
      if (known) return ok(known);
      if (isAway) throw new TidemarkError('registry_unavailable', 'the registry is away');
      try {
        const opened = openNow(definition);
        open.set(definition, opened);
        return ok(opened);
      } catch (error) {
        return err({ code: 'schema_unknown', detail: (error as Error).message });
      }
    },
    opened: () => [...published.values()].flatMap((one) => open.get(one) ?? []),
    publish(next) {
      published = new Map(next.map((one) => [one.id, one]));
    },
    setAway(value) {
      isAway = value;
    },
  };
}
