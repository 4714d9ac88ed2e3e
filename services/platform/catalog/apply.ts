import { buildCatalog, identityOf } from '../../kernel/catalog/build.ts';
import type { DocumentPath } from '../../kernel/catalog/fault.ts';
import { envelopeSchema } from '../../kernel/envelope.ts';
import { TidemarkError } from '../../kernel/errors.ts';
import { canonicalJson } from '../../kernel/json.ts';
import type { Json } from '../../kernel/json.ts';
import type { Codec } from '../avro/codec.ts';
import { ensureTopics, eventTopicSpec, systemTopicSpec } from '../kafka/topics.ts';
import { createRecordProducer } from '../kafka/producer.ts';
import { compatibilityFault } from './compatibility.ts';
import { openEntryCodec } from './entry.ts';
import type { CatalogEntry, CatalogSource } from './entry.ts';
import { followCatalogLog } from './log.ts';
import { keyOf, planChanges } from './plan.ts';
import type { CatalogChange, CatalogPlan } from './plan.ts';
import { catalogTools } from './tools.ts';

export type ApplyOptions = {
  /** As `checkCatalogFolder` gives them, without faults. */
  readonly documents: readonly Json[];
  /** Who publishes: `person:ID`. */
  readonly author: string;
  readonly now: () => number;
  /** Replaces newer versions that were made in the console, and publishes what breaks others. */
  readonly force?: boolean;
  /** Publishes what breaks others, and nothing else that `force` does. */
  readonly acceptsBreaks?: boolean;
  /** Where a part of a document stands, for messages: `FILE:LINE:COLUMN`. */
  readonly placeOf?: (key: string, path: DocumentPath) => string | undefined;
};

/** What the topic holds now, and what would change. Creates the topic when it is missing, writes nothing else. */
export async function diffCatalog(
  source: CatalogSource,
  options: Pick<ApplyOptions, 'documents' | 'force'>,
): Promise<CatalogPlan> {
  const codec = await openEntryCodec(source);
  return planChanges(options.documents, await readEntries(source, codec), options);
}

/** What is on the topic, by key. @throws broker_unavailable, registry_unavailable */
export async function readCatalog(
  source: CatalogSource,
): Promise<ReadonlyMap<string, CatalogEntry>> {
  return readEntries(source, await openEntryCodec(source));
}

/**
 * Publishes the documents of the files: creates the topics of event types, registers their schemas, then writes what
 * differs. Done twice, the second time changes nothing.
 * @returns what was changed, and which documents were kept because the console published a newer version
 * @throws schema_invalid when the registry refuses a schema as incompatible; catalog_invalid when the files do not fit what
 *   the console published; change_breaks when others would be broken: in all cases nothing was written. broker_unavailable, registry_unavailable, topic_mismatch
 */
export async function applyCatalog(
  source: CatalogSource,
  options: ApplyOptions,
): Promise<CatalogPlan> {
  const codec = await openEntryCodec(source);
  const entries = await readEntries(source, codec);
  const plan = planChanges(options.documents, entries, options);
  assertFits(plan, entries);
  const kept = new Set(plan.conflicts.map(({ key }) => key));
  const types = eventTypesOf(
    source,
    options.documents.filter((document) => !kept.has(keyOf(document))),
  );
  await assertCompatible(source, types);
  if (options.force !== true && options.acceptsBreaks !== true) assertNothingBreaks(plan, options);
  await prepareEventTypes(source, types);
  await write(source, { codec, changes: plan.changes, options });
  return plan;
}

async function readEntries(
  { config, kafka, logger }: CatalogSource,
  codec: Codec<CatalogEntry>,
): Promise<ReadonlyMap<string, CatalogEntry>> {
  const spec = systemTopicSpec(config, 'catalog');
  await ensureTopics(kafka, [spec]);
  const entries = new Map<string, CatalogEntry>();
  const log = await followCatalogLog(kafka, spec.topic, {
    onStart: () => entries.clear(),
    async onRecords(records) {
      for (const { key, value } of records) {
        const decoded = value === null ? undefined : await codec.decode(value);
        if (decoded?.ok) entries.set(key, decoded.value);
        else entries.delete(key);
      }
    },
    onFault: (error) => logger.debug({ err: error }, 'reading the catalogue begins anew'),
  });
  await log.stop();
  return entries;
}

/** The files alone are sound; with what the console published they must be as well. */
function assertFits({ changes }: CatalogPlan, entries: ReadonlyMap<string, CatalogEntry>): void {
  const after = new Map<string, Json>();
  for (const [key, { document, state }] of entries)
    if (state === 'published') after.set(key, JSON.parse(document) as Json);
  for (const { key, document } of changes) {
    if (document === undefined) after.delete(key);
    else after.set(key, document);
  }
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

/** Definitions that are not sound any more were refused before; `force` takes the rest. */
function assertNothingBreaks(
  { impacts }: CatalogPlan,
  { placeOf }: Pick<ApplyOptions, 'placeOf'>,
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

type EventTypeOnKafka = {
  readonly topic: ReturnType<typeof eventTopicSpec>;
  readonly subject: string;
  readonly schema: Json;
};

const eventTypesOf = (
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

/** All schemas are tried before the first is registered. */
async function assertCompatible(
  { config }: CatalogSource,
  types: readonly EventTypeOnKafka[],
): Promise<void> {
  const url = config.SCHEMA_REGISTRY_URL;
  const faults = await Promise.all(types.map((type) => compatibilityFault(url, type)));
  const incompatible = faults.filter((fault) => fault !== undefined);
  if (incompatible.length > 0) throw new TidemarkError('schema_invalid', incompatible.join('; '));
}

async function prepareEventTypes(
  { kafka, schemas }: CatalogSource,
  types: readonly EventTypeOnKafka[],
): Promise<void> {
  await ensureTopics(
    kafka,
    types.map(({ topic }) => topic),
  );
  for (const { subject, schema } of types) await schemas.register(subject, schema);
}

async function write(
  { config, kafka, logger }: CatalogSource,
  {
    codec,
    changes,
    options,
  }: { codec: Codec<CatalogEntry>; changes: readonly CatalogChange[]; options: ApplyOptions },
): Promise<void> {
  if (changes.length === 0) return;
  const { topic } = systemTopicSpec(config, 'catalog');
  const producer = createRecordProducer(kafka, { logger });
  try {
    // Handed over in one go: the producer makes one batch of them, which readers get whole.
    await Promise.all(
      changes.map(({ key, document }) => {
        const value = document === undefined ? null : codec.encode(entryOf(document, options));
        return producer.send({ topic, partition: 0, key: Buffer.from(key), value });
      }),
    );
  } finally {
    await producer.close();
  }
}

function entryOf(document: Json, { author, now }: ApplyOptions): CatalogEntry {
  const { kind, id } = identityOf(document) as { kind: string; id: string };
  return {
    kind,
    id,
    state: 'published',
    document: canonicalJson(document),
    origin: 'file',
    author,
    at: now(),
  };
}
