import type { Kafka } from 'kafkajs';
import type { EventTypeDefinition } from '../../kernel/definitions.ts';
import { envelopeSchema } from '../../kernel/envelope.ts';
import { TidemarkError } from '../../kernel/errors.ts';
import type { Refusal } from '../../kernel/errors.ts';
import { canonicalJson } from '../../kernel/json.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import { framed } from '../../platform/avro/codec.ts';
import { compileJsonToAvro } from '../../platform/avro/json-to-avro.ts';
import { avroType } from '../../platform/avro/types.ts';
import type { Config } from '../../platform/config.ts';
import { ensureTopics, eventTopicSpec } from '../../platform/kafka/topics.ts';
import type { Logger } from '../../platform/logger.ts';
import type { CatalogView } from '../../platform/platform.ts';
import type { SchemaStore } from '../../platform/schema-registry.ts';
import type { EventTypes, OpenEventType } from '../ports.ts';

/** How long a type that could not be opened is left alone in the background; a request for it tries at once. */
const RETRY_AFTER_MS = 1_000;

type Entry = {
  /** Of the definition: a type whose definition changes is opened anew. */
  readonly version: string;
  readonly definition: EventTypeDefinition;
  state: Result<OpenEventType, Refusal> | undefined;
  opening: Promise<Result<OpenEventType, Refusal>> | undefined;
  /** Why the last try to open it failed. */
  fault: string | undefined;
};

export type CatalogEventTypes = EventTypes & {
  /** One sentence for each published type that cannot take events now. */
  readonly missing: () => readonly string[];
  readonly close: () => void;
};

/**
 * The event types of the catalogue: each is opened when it is published, and again in the background while Kafka or the
 * registry is away, so that requests find it open.
 */
export function catalogEventTypes(world: {
  readonly catalog: CatalogView;
  readonly kafka: Kafka;
  readonly schemas: SchemaStore;
  readonly config: Config;
  readonly logger: Logger;
}): CatalogEventTypes {
  const entries = new Map<string, Entry>();
  const partitionsOf = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const partitionCount = async (definition: EventTypeDefinition): Promise<number> => {
    const spec = eventTopicSpec(world.config, definition.id);
    const known = partitionsOf.get(spec.topic);
    if (known !== undefined) return known;
    const count = (await ensureTopics(world.kafka, [spec])).get(spec.topic);
    if (count === undefined)
      throw new TidemarkError('broker_unavailable', `Kafka did not describe ${spec.topic}`);
    partitionsOf.set(spec.topic, count);
    return count;
  };

  const openNow = async (
    definition: EventTypeDefinition,
  ): Promise<Result<OpenEventType, Refusal>> => {
    const { topic } = eventTopicSpec(world.config, definition.id);
    const schema = envelopeSchema(definition.id, definition.schema);
    try {
      const type = avroType(schema);
      const convert = compileJsonToAvro(definition.schema, definition);
      const [partitions, schemaId] = await Promise.all([
        partitionCount(definition),
        world.schemas.register(`${topic}-value`, schema),
      ]);
      return ok({ definition, topic, partitions, convert, encode: framed(schemaId, type) });
    } catch (error) {
      if (error instanceof TidemarkError && error.code !== 'schema_invalid') throw error;
      return err({
        code: 'schema_unknown',
        detail: `event type ${definition.id} cannot take events: ${(error as Error).message}`,
      });
    }
  };

  const openEntry = (entry: Entry): Promise<Result<OpenEventType, Refusal>> =>
    (entry.opening ??= openNow(entry.definition)
      .then((state) => {
        entry.state = state;
        entry.fault = state.ok ? undefined : state.error.detail;
        return state;
      })
      .catch((error: unknown) => {
        entry.fault = `event type ${entry.definition.id} is not open: ${(error as Error).message}`;
        throw error;
      })
      .finally(() => {
        entry.opening = undefined;
      }));

  const openAll = async (): Promise<void> => {
    clearTimeout(timer);
    const waiting = [...entries.values()].filter(({ state }) => state === undefined);
    const outcomes = await Promise.allSettled(waiting.map(openEntry));
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        world.logger.warn({ err: outcome.reason as Error }, 'an event type cannot be opened yet');
    if (isClosed || outcomes.every(({ status }) => status === 'fulfilled')) return;
    clearTimeout(timer);
    timer = setTimeout(() => void openAll(), RETRY_AFTER_MS);
  };

  const fold = (): void => {
    const { eventTypes } = world.catalog.current();
    for (const id of entries.keys()) if (!eventTypes.has(id)) entries.delete(id);
    for (const [id, definition] of eventTypes) {
      const version = canonicalJson({ ...definition });
      if (entries.get(id)?.version === version) continue;
      entries.set(id, {
        version,
        definition,
        state: undefined,
        opening: undefined,
        fault: undefined,
      });
    }
    void openAll();
  };
  const unsubscribe = world.catalog.onChange(fold);
  fold();

  return {
    async open(id) {
      const entry = entries.get(id);
      if (!entry)
        return err({
          code: 'type_unknown',
          detail: `no event type ${JSON.stringify(id)} is published`,
        });
      return entry.state ?? (await openEntry(entry));
    },
    opened: () => [...entries.values()].flatMap(({ state }) => (state?.ok ? [state.value] : [])),
    missing: () =>
      [...entries.values()].flatMap(({ state, fault, definition }) =>
        state?.ok ? [] : [fault ?? `event type ${definition.id} is being opened`],
      ),
    close() {
      isClosed = true;
      unsubscribe();
      clearTimeout(timer);
    },
  };
}
