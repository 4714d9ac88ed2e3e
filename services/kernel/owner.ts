import type { Catalog, LocalizedText } from './definitions.ts';

/** The name of `person:ID` or `team:ID`. @returns null where the catalogue has none of them */
export function ownerName(catalog: Catalog, owner: string): LocalizedText | null {
  const [kind, id = ''] = owner.split(':');
  return (kind === 'team' ? catalog.teams : catalog.people).get(id)?.name ?? null;
}
