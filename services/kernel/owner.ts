import type { Catalog, LocalizedText, OwnerRef } from './definitions.ts';

/** Whether it is written as one, whether or not the catalogue has it. */
export const isOwnerRef = (value: unknown): value is OwnerRef =>
  typeof value === 'string' && /^(person|team):[a-z0-9][a-z0-9-]{0,99}$/.test(value);

/** The name of `person:ID` or `team:ID`. @returns null where the catalogue has none of them */
export function ownerName(catalog: Catalog, owner: string): LocalizedText | null {
  const [kind, id = ''] = owner.split(':');
  return (kind === 'team' ? catalog.teams : catalog.people).get(id)?.name ?? null;
}
