import { readFileSync } from 'node:fs';
import type { Step, StepAction } from '../../kernel/catalog/life.ts';
import type { Json } from '../../kernel/json.ts';
import { systemTopic } from '../../kernel/topics.ts';
import { openCodec } from '../avro/codec.ts';
import type { Codec } from '../avro/codec.ts';
import type { Platform } from '../platform.ts';

/**
 * A record of the `catalog` topic; `document` is canonical JSON, `at` epoch ms. Under `KIND/ID` stands what is published,
 * under `step/KIND/ID/UUID` one step of the work on it. What has no such key is for versions to come.
 */
export type CatalogEntry = {
  readonly kind: string;
  readonly id: string;
  readonly state: 'draft' | 'in_review' | 'published' | 'retired';
  readonly document: string;
  readonly origin: 'file' | 'console';
  readonly author: string;
  readonly at: number;
  readonly text?: string | null;
  readonly action?: StepAction | null;
  readonly sequence?: number;
  readonly note?: string | null;
};

/** What the catalogue's topic is reached with. */
export type CatalogSource = Pick<Platform, 'config' | 'logger' | 'kafka' | 'schemas'>;

const SCHEMA = new URL('../../../schemas/tidemark/catalog-entry.avsc', import.meta.url);

/** @throws registry_unavailable */
export function openEntryCodec({ config, schemas }: CatalogSource): Promise<Codec<CatalogEntry>> {
  const schema = JSON.parse(readFileSync(SCHEMA, 'utf8')) as Json;
  const topic = systemTopic(config.TIDEMARK_TOPIC_PREFIX, 'catalog');
  return openCodec<CatalogEntry>(schemas, { subject: `${topic}-value`, schema });
}

/** What stands under a key: a published document, or a step of one. `of` is `KIND/ID`. */
export type EntryKey =
  | { readonly is: 'document'; readonly of: string }
  | { readonly is: 'step'; readonly of: string };

/** Kinds begin with a capital, which tells a document from all else that the topic holds or will hold. */
const DOCUMENT_KEY = /^[A-Z][^/]*\/[^/]+$/;
const STEP_KEY = /^step\/([A-Z][^/]*\/[^/]+)\/[^/]+$/;

/** @returns undefined for a key that this version does not know: nothing is to be made of it */
export function readKey(key: string): EntryKey | undefined {
  if (DOCUMENT_KEY.test(key)) return { is: 'document', of: key };
  const of = STEP_KEY.exec(key)?.[1];
  return of === undefined ? undefined : { is: 'step', of };
}

/** No two steps have one key: compaction, which keeps the last of each, must not choose between them. */
export const stepKey = (of: string, uuid: string): string => `step/${of}/${uuid}`;

const STATE_AFTER: Readonly<Record<StepAction, CatalogEntry['state']>> = {
  saved: 'draft',
  discarded: 'draft',
  submitted: 'in_review',
  withdrawn: 'draft',
  rejected: 'draft',
  approved: 'published',
  rolled_back: 'published',
  retired: 'retired',
  applied: 'published',
  removed: 'retired',
};

/** @param of `KIND/ID` */
export function entryOfStep(of: string, step: Step): CatalogEntry {
  const slash = of.indexOf('/');
  const { action } = step;
  return {
    kind: of.slice(0, slash),
    id: of.slice(slash + 1),
    state: STATE_AFTER[action],
    document: step.document,
    origin: action === 'applied' || action === 'removed' ? 'file' : 'console',
    author: step.author,
    at: step.atMs,
    text: step.text ?? null,
    action,
    sequence: step.sequence,
    note: step.note ?? null,
  };
}

/** @returns undefined for an entry that is no step */
export function stepOfEntry(entry: CatalogEntry): Step | undefined {
  const { action, sequence = 0, document, text, author, at, note } = entry;
  if (action === null || action === undefined) return undefined;
  return {
    sequence,
    action,
    document,
    ...(typeof text === 'string' ? { text } : {}),
    author,
    atMs: at,
    ...(typeof note === 'string' ? { note } : {}),
  };
}
