import { randomUUID } from 'node:crypto';
import type { DocumentPath } from '../../kernel/catalog/fault.ts';
import { UNBORN } from '../../kernel/catalog/life.ts';
import type { DocumentLife, Step } from '../../kernel/catalog/life.ts';
import { canonicalJson } from '../../kernel/json.ts';
import type { Json } from '../../kernel/json.ts';
import type { Codec } from '../avro/codec.ts';
import { ensureTopics, systemTopicSpec } from '../kafka/topics.ts';
import { entryOfStep, openEntryCodec, stepKey } from './entry.ts';
import type { CatalogEntry, CatalogSource } from './entry.ts';
import { createLedgerFold } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import { followCatalogLog } from './log.ts';
import { keyOf, planChanges, publishedOf } from './plan.ts';
import type { CatalogChange, CatalogPlan } from './plan.ts';
import {
  assertCompatible,
  assertFits,
  assertNothingBreaks,
  eventTypesOf,
  prepareEventTypes,
  writeEntries,
} from './publish.ts';
import type { EntryRecord } from './publish.ts';

export type ApplyOptions = {
  /** As `checkCatalogFolder` gives them, without faults. */
  readonly documents: readonly Json[];
  /** What was written of them, comments and all; kept with them, so that it can be taken out again. */
  readonly textOf?: (key: string) => string | undefined;
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
  options: Pick<ApplyOptions, 'documents' | 'textOf' | 'force'>,
): Promise<CatalogPlan> {
  const codec = await openEntryCodec(source);
  const { entries } = await readLedger(source, codec);
  return planChanges(options.documents, entries, options);
}

/** What is published or retired, by `KIND/ID`. @throws broker_unavailable, registry_unavailable */
export async function readCatalog(
  source: CatalogSource,
): Promise<ReadonlyMap<string, CatalogEntry>> {
  const { entries } = await readLedger(source, await openEntryCodec(source));
  return entries;
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
  const { entries, lives } = await readLedger(source, codec);
  const plan = planChanges(options.documents, entries, options);
  assertFits(publishedOf(entries), plan.changes);
  const kept = new Set(plan.conflicts.map(({ key }) => key));
  const types = eventTypesOf(
    source,
    options.documents.filter((document) => !kept.has(keyOf(document))),
  );
  await assertCompatible(source, types);
  if (options.force !== true && options.acceptsBreaks !== true)
    assertNothingBreaks(plan.impacts, options.placeOf);
  await prepareEventTypes(source, types);
  const records = plan.changes.flatMap((change) => recordsOf(change, lives, options));
  await writeEntries(source, codec, records);
  return plan;
}

async function readLedger(
  { config, kafka, logger }: CatalogSource,
  codec: Codec<CatalogEntry>,
): Promise<Ledger> {
  const spec = systemTopicSpec(config, 'catalog');
  await ensureTopics(kafka, [spec]);
  let fold = createLedgerFold();
  const log = await followCatalogLog(kafka, spec.topic, {
    onStart() {
      fold = createLedgerFold();
    },
    async onRecords(records) {
      const into = fold;
      for (const { key, value } of records) {
        const decoded = value === null ? undefined : await codec.decode(value);
        into.take(key, decoded?.ok ? decoded.value : null);
      }
    },
    onFault: (error) => logger.debug({ err: error }, 'reading the catalogue begins anew'),
  });
  await log.stop();
  return fold.ledger();
}

/** What the topic is told of a change: that it was made, and what is published from then on. */
function recordsOf(
  { key, action, document, previous, text }: CatalogChange,
  lives: ReadonlyMap<string, DocumentLife>,
  { author, now }: ApplyOptions,
): readonly EntryRecord[] {
  const step: Step = {
    sequence: (lives.get(key) ?? UNBORN).sequence + 1,
    action: action === 'withdraw' ? 'removed' : 'applied',
    document: canonicalJson(document ?? previous),
    ...(text === undefined ? {} : { text }),
    author,
    atMs: now(),
  };
  const { action: _action, ...entry } = entryOfStep(key, step);
  return [
    { key: stepKey(key, randomUUID()), entry: entryOfStep(key, step) },
    { key, entry: document === undefined ? null : entry },
  ];
}
