import type { CatalogEvent } from '../answers.ts';

/** What is known of documents, by `KIND/ID`; what changes is another object. */
export type Known = readonly ReadonlyMap<string, unknown>[];

/** Names of the documents of which something else is known now, in order; each once. */
export function changedNames(before: Known, after: Known): readonly string[] {
  const changed = new Set<string>();
  for (const [i, now] of after.entries()) {
    const then = before[i] ?? new Map<string, unknown>();
    for (const [name, one] of now) if (then.get(name) !== one) changed.add(name);
    for (const name of then.keys()) if (!now.has(name)) changed.add(name);
  }
  return [...changed].sort();
}

/** Names that one event tells; more than that is a `reset`. */
export const NAMES_MAX = 500;

export const catalogEvent = (names: readonly string[]): CatalogEvent => ({
  documents: names.map((name) => {
    const slash = name.indexOf('/');
    return { kind: name.slice(0, slash), id: name.slice(slash + 1) };
  }),
});
