import { buildCatalog, identityOf } from '../../kernel/catalog/build.ts';
import type { DocumentPath } from '../../kernel/catalog/fault.ts';
import type { Impact } from '../../kernel/catalog/impact.ts';
import { envelopeSchema } from '../../kernel/envelope.ts';
import { TidemarkError } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import type { Codec } from '../avro/codec.ts';
import { createRecordProducer } from '../kafka/producer.ts';
import type { RecordProducer } from '../kafka/producer.ts';
import { ensureTopics, eventTopicSpec, systemTopicSpec } from '../kafka/topics.ts';
import { compatibilityFault } from './compatibility.ts';
import type { CatalogEntry, CatalogSource } from './entry.ts';
import { withChanges } from './impact.ts';
import type { CatalogChange } from './plan.ts';
import { catalogTools } from './tools.ts';

/** The files alone are sound; with what the console published they must be as well. @throws catalog_invalid */
export function assertFits(
  published: ReadonlyMap<string, Json>,
  changes: readonly Pick<CatalogChange, 'key' | 'document'>[],
): void {
  const after = withChanges(published, changes);
  const keys = [...after.keys()];
  const { faults } = buildCatalog([...after.values()], catalogTools);
  if (faults.length === 0) return;
  throw new TidemarkError(
    'catalog_invalid',
    faults
      .map(({ document, path, message }) => `${keys[document]} ${path.join('.')}: ${message}`)
      .join('; '),
  );
}

/**
 * Definitions that are not sound any more were refused before; `force` takes the rest.
 * @param placeOf where a part of a document stands in files, where it does
 * @throws change_breaks
 */
export function assertNothingBreaks(
  impacts: readonly Impact[],
  placeOf?: (key: string, path: DocumentPath) => string | undefined,
): void {
  const breaking = impacts.filter(({ isBreaking }) => isBreaking);
  if (breaking.length === 0) return;
  throw new TidemarkError(
    'change_breaks',
    breaking
      .map(({ code, subject, path = [], message, affects }) =>
        `${placeOf?.(subject, path) ?? ''} ${subject} ${path.join('.')} ${code} ${message} (affects ${affects.join(', ')})`.trimStart(),
      )
      .join('; '),
  );
}

/** An event type as its topic and its schema. */
export type EventTypeOnKafka = {
  readonly topic: ReturnType<typeof eventTopicSpec>;
  readonly subject: string;
  readonly schema: Json;
};

export const eventTypesOf = (
  { config }: CatalogSource,
  documents: readonly Json[],
): readonly EventTypeOnKafka[] =>
  documents.flatMap((document) => {
    const identity = identityOf(document);
    if (identity?.kind !== 'EventType') return [];
    const { avro } = (document as { spec: { avro: Json } }).spec;
    const topic = eventTopicSpec(config, identity.id);
    return [{ topic, subject: `${topic.topic}-value`, schema: envelopeSchema(identity.id, avro) }];
  });

/** All schemas are tried before the first is registered. @throws schema_invalid, registry_unavailable */
export async function assertCompatible(
  { config }: CatalogSource,
  types: readonly EventTypeOnKafka[],
): Promise<void> {
  const url = config.SCHEMA_REGISTRY_URL;
  const faults = await Promise.all(types.map((type) => compatibilityFault(url, type)));
  const incompatible = faults.filter((fault) => fault !== undefined);
  if (incompatible.length > 0) throw new TidemarkError('schema_invalid', incompatible.join('; '));
}

/** Their topics, then their schemas. @throws broker_unavailable, registry_unavailable, schema_invalid */
export async function prepareEventTypes(
  { kafka, schemas }: CatalogSource,
  types: readonly EventTypeOnKafka[],
): Promise<void> {
  await ensureTopics(
    kafka,
    types.map(({ topic }) => topic),
  );
  for (const { subject, schema } of types) await schemas.register(subject, schema);
}

/** `entry` null is a tombstone. */
export type EntryRecord = { readonly key: string; readonly entry: CatalogEntry | null };

/**
 * Appends records to the topic in their order.
 * @returns the offset of the last one, -1 where there is none   @throws broker_unavailable
 */
export async function writeEntries(
  source: CatalogSource,
  codec: Codec<CatalogEntry>,
  records: readonly EntryRecord[],
): Promise<number> {
  if (records.length === 0) return -1;
  const producer = createRecordProducer(source.kafka, { logger: source.logger });
  try {
    return await appendEntries(producer, { config: source.config, codec, records });
  } finally {
    await producer.close();
  }
}

/** As `writeEntries`, by a producer that goes on. */
export async function appendEntries(
  producer: RecordProducer,
  {
    config,
    codec,
    records,
  }: {
    readonly config: CatalogSource['config'];
    readonly codec: Codec<CatalogEntry>;
    readonly records: readonly EntryRecord[];
  },
): Promise<number> {
  const { topic } = systemTopicSpec(config, 'catalog');
  // Handed over in one go: the producer makes one batch of them, which readers get whole.
  const written = await Promise.all(
    records.map(({ key, entry }) => {
      const value = entry === null ? null : codec.encode(entry);
      return producer.send({ topic, partition: 0, key: Buffer.from(key), value });
    }),
  );
  return written.at(-1)?.offset ?? -1;
}
