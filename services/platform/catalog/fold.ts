import {
  buildCatalog,
  documentKey,
  EMPTY_CATALOG,
  identityOf,
} from '../../kernel/catalog/build.ts';
import type { BuiltCatalog } from '../../kernel/catalog/build.ts';
import type { Catalog, SimpleMetric } from '../../kernel/definitions.ts';
import type { Json } from '../../kernel/json.ts';
import { catalogTools } from './tools.ts';

export type BrokenDocument = { readonly key: string; readonly message: string };
export type CatalogFold = {
  readonly current: () => Catalog;
  /** The documents that it is built from, by key. */
  readonly documents: () => ReadonlyMap<string, Json>;
  /**
   * Takes the published documents by key. A document that does not fit falls back to the last one under its key that
   * did, or is left out: one bad definition must not stop the others.
   * @param others.earlier by the key of a metric: what was published under it before, oldest first
   * @param others.inReview documents that are in review, by key
   * @returns the documents that were not taken, and why
   */
  readonly update: (
    documents: ReadonlyMap<string, Json>,
    others?: {
      readonly earlier?: ReadonlyMap<string, readonly Json[]>;
      readonly inReview?: ReadonlyMap<string, Json>;
    },
  ) => readonly BrokenDocument[];
};

export function createCatalogFold(): CatalogFold {
  let good: ReadonlyMap<string, Json> = new Map();
  let catalog: Catalog = EMPTY_CATALOG;
  return {
    current: () => catalog,
    documents: () => good,
    update(documents, { earlier = new Map(), inReview = new Map() } = {}) {
      const taken = new Map(documents);
      const broken: BrokenDocument[] = [];
      const fallBack = (key: string): void => {
        const last = good.get(key);
        if (last === undefined || last === taken.get(key)) taken.delete(key);
        else taken.set(key, last);
      };
      for (const [key, document] of documents) {
        const identity = identityOf(document);
        if (identity && documentKey(identity) === key) continue;
        broken.push({ key, message: 'the document is not the one that its key names' });
        fallBack(key);
      }
      let built = build(taken);
      // Each round replaces or removes at least one document, so that it ends.
      for (; built.faults.length > 0; built = build(taken)) {
        const keys = [...taken.keys()];
        for (const { document, message, path } of built.faults)
          broken.push({ key: keys[document] as string, message: `${path.join('.')}: ${message}` });
        for (const index of new Set(built.faults.map(({ document }) => document)))
          fallBack(keys[index] as string);
      }
      good = taken;
      const superseded = supersededBy(built.catalog, taken, earlier);
      const known = superseded.size > 0 ? { ...built.catalog, superseded } : built.catalog;
      const candidates = candidatesOf(known, taken, inReview);
      catalog = candidates.size > 0 ? { ...known, candidates } : known;
      return broken;
    },
  };
}

const build = (documents: ReadonlyMap<string, Json>): BuiltCatalog =>
  buildCatalog([...documents.values()], catalogTools);

/** The newest earlier definition of each metric that has another version, built with all else as it is now. */
function supersededBy(
  { metrics }: Catalog,
  taken: ReadonlyMap<string, Json>,
  earlier: ReadonlyMap<string, readonly Json[]>,
): ReadonlyMap<string, SimpleMetric> {
  const found = new Map<string, SimpleMetric>();
  const isOpen = (key: string): boolean => taken.has(key) && !found.has(idOf(key));
  for (let back = 1; ; back++) {
    const replaced = [...earlier].flatMap(([key, documents]) => {
      const document = documents.at(-back);
      return document !== undefined && isOpen(key) ? [[key, document] as const] : [];
    });
    if (replaced.length === 0) return found;
    const before = build(new Map([...taken, ...replaced])).catalog.metrics;
    for (const [key] of replaced) {
      const [old, now] = [before.get(idOf(key)), metrics.get(idOf(key))];
      if (old?.kind !== 'simple' || now?.kind !== 'simple') continue;
      if (old.version !== now.version && old.event === now.event) found.set(old.id, old);
    }
  }
}

/** In review at once that are filled before they are published; those beyond are filled after. */
const CANDIDATES_MAX = 20;

/** Simple metrics that are sound as they are drafted, each with all else as it is, and have a version that is not counted. */
function candidatesOf(
  { metrics, superseded }: Catalog,
  taken: ReadonlyMap<string, Json>,
  inReview: ReadonlyMap<string, Json>,
): ReadonlyMap<string, SimpleMetric> {
  const drafted = [...inReview].filter(([key]) => key.startsWith('Metric/'));
  const found = drafted.slice(0, CANDIDATES_MAX).flatMap(([key, document]) => {
    const id = idOf(key);
    const draft = build(new Map([...taken, [key, document]])).catalog.metrics.get(id);
    const counted = [metrics.get(id), superseded?.get(id)];
    const isCounted = counted.some((one) => one?.version === draft?.version);
    return draft?.kind === 'simple' && !isCounted ? [[id, draft] as const] : [];
  });
  return new Map(found);
}

const idOf = (key: string): string => key.slice(key.indexOf('/') + 1);
