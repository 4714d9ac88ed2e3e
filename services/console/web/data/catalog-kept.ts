const PREFIX = 'tidemark.catalog ';

/** A text as its author left it, not saved yet, and what it was begun from. */
export type Kept = { readonly text: string; readonly base?: string | undefined };

/**
 * What was typed and not saved outlives a change of page and a reload of the tab, but not the tab.
 * @param of document that is edited
 */
export function keptText(of: string): Kept | undefined {
  const stored = sessionStorage.getItem(PREFIX + of);
  return stored === null ? undefined : (JSON.parse(stored) as Kept);
}

/** @param kept undefined: it is saved, or not wanted any more */
export function keepText(of: string, kept: Kept | undefined): void {
  if (kept === undefined) sessionStorage.removeItem(PREFIX + of);
  else sessionStorage.setItem(PREFIX + of, JSON.stringify(kept));
}
