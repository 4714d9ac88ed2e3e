import { UNBORN } from '../kernel/catalog/life.ts';
import type { DocumentLife } from '../kernel/catalog/life.ts';
import type { Json } from '../kernel/json.ts';
import type { CatalogEntry, CatalogSource } from '../platform/catalog/entry.ts';
import { impactOfChanges } from '../platform/catalog/impact.ts';
import type { Ledger } from '../platform/catalog/ledger.ts';
import {
  assertCompatible,
  assertFits,
  assertNothingBreaks,
  eventTypesOf,
} from '../platform/catalog/publish.ts';
import type { KnownDocument, PublishedDocument } from './core/catalog/answers.ts';
import type { DocumentNow } from './core/catalog/decide.ts';

/** @param key `KIND/ID`   @returns undefined where there is nothing to show */
export function knownIn({ lives, entries }: Ledger, key: string): KnownDocument | undefined {
  const [entry, life = UNBORN] = [entries.get(key), lives.get(key)];
  if (!entry && isSpent(life)) return undefined;
  const slash = key.indexOf('/');
  return {
    kind: key.slice(0, slash),
    id: key.slice(slash + 1),
    life,
    ...(entry ? { published: publishedOf(entry) } : {}),
  };
}

/** A draft that was discarded before anything was published: nobody looks for it any more. */
const isSpent = ({ draft, publications }: DocumentLife): boolean =>
  draft === undefined && publications.length === 0;

function publishedOf(entry: CatalogEntry): PublishedDocument {
  const { state, document, text, origin, author, at } = entry;
  return {
    state: state === 'retired' ? 'retired' : 'published',
    document,
    ...(typeof text === 'string' ? { text } : {}),
    origin,
    author,
    atMs: at,
  };
}

export function documentNow({ lives, entries }: Ledger, key: string): DocumentNow {
  const [entry, life = UNBORN] = [entries.get(key), lives.get(key)];
  if (!entry) return { key, life };
  const { state, ...published } = publishedOf(entry);
  return { key, life, published: { ...published, isRetired: state === 'retired' } };
}

/**
 * All that `catalog apply` demands of a change; nothing is written.
 * @param change.document canonical JSON; undefined: it is withdrawn
 * @throws catalog_invalid, schema_invalid, change_breaks, registry_unavailable
 */
export async function assertPublishable(
  { source, published }: { source: CatalogSource; published: ReadonlyMap<string, Json> },
  change: {
    readonly key: string;
    readonly document: string | undefined;
    readonly acceptsBreaks: boolean;
  },
): Promise<void> {
  const { key, document: text, acceptsBreaks } = change;
  const document = text === undefined ? undefined : (JSON.parse(text) as Json);
  const changes = [document === undefined ? { key } : { key, document }];
  assertFits(published, changes);
  if (document !== undefined) await assertCompatible(source, eventTypesOf(source, [document]));
  if (!acceptsBreaks) assertNothingBreaks(impactOfChanges(published, changes));
}
