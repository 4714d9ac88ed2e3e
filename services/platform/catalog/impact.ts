import { buildCatalog } from '../../kernel/catalog/build.ts';
import { impactOf } from '../../kernel/catalog/impact.ts';
import type { Impact } from '../../kernel/catalog/impact.ts';
import type { Json } from '../../kernel/json.ts';
import type { CatalogChange } from './plan.ts';
import { catalogTools } from './tools.ts';

/** The published documents with changes made to them, by key. */
export function withChanges(
  published: ReadonlyMap<string, Json>,
  changes: readonly Pick<CatalogChange, 'key' | 'document'>[],
): ReadonlyMap<string, Json> {
  const after = new Map(published);
  for (const { key, document } of changes)
    if (document === undefined) after.delete(key);
    else after.set(key, document);
  return after;
}

/** What changes would do to those who rely on what is published; nothing is written. */
export function impactOfChanges(
  published: ReadonlyMap<string, Json>,
  changes: readonly Pick<CatalogChange, 'key' | 'document'>[],
): readonly Impact[] {
  if (changes.length === 0) return [];
  const after = withChanges(published, changes);
  const keys = [...after.keys()];
  const { catalog, faults } = buildCatalog([...after.values()], catalogTools);
  const before = buildCatalog([...published.values()], catalogTools).catalog;
  const keyOf = (document: number): string => keys[document] as string;
  return impactOf({ before, after: catalog, faults, keyOf }, catalogTools);
}
