import { TidemarkError } from '../kernel/errors.ts';
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
import { secretFaults } from '../platform/catalog/secret-faults.ts';
import type { SecretPlaces } from '../platform/webhook/secret.ts';
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
 * All that `catalog apply` demands of a change; nothing is written. Which secrets may be named is judged here too: what
 * was sound when it was handed in, or published long ago, may be so no more.
 * @param by.places where this installation has the secrets that definitions may name
 * @param change.document canonical JSON; undefined: it is withdrawn
 * @throws catalog_invalid, schema_invalid, change_breaks, registry_unavailable
 */
export async function assertPublishable(
  by: {
    readonly source: CatalogSource;
    readonly published: ReadonlyMap<string, Json>;
    readonly places: SecretPlaces;
  },
  change: {
    readonly key: string;
    readonly document: string | undefined;
    readonly acceptsBreaks: boolean;
  },
): Promise<void> {
  const { source, published, places } = by;
  const { key, document: text, acceptsBreaks } = change;
  const document = text === undefined ? undefined : (JSON.parse(text) as Json);
  const changes = [document === undefined ? { key } : { key, document }];
  assertFits(published, changes);
  if (document !== undefined) assertReadable(key, document, places);
  if (document !== undefined) await assertCompatible(source, eventTypesOf(source, [document]));
  if (!acceptsBreaks) assertNothingBreaks(impactOfChanges(published, changes));
}

/** @throws catalog_invalid where it names a secret that no definition may read, or shows one */
function assertReadable(key: string, document: Json, places: SecretPlaces): void {
  const faults = secretFaults(document, places);
  if (faults.length === 0) return;
  const said = faults.map(({ path, message }) => `${key} ${path.join('.')}: ${message}`);
  throw new TidemarkError('catalog_invalid', said.join('; '));
}
