import type { Catalog, OwnerRef } from '../definitions.ts';
import type { Refusal } from '../errors.ts';
import type { ManualMetric } from './manual-windows.ts';

/** Who wants to enter a value. */
export type Enterer = { readonly person: string; readonly roles: ReadonlySet<string> };

/**
 * Values are entered by those who answer for the metric or maintain it: its owner, steward and deputy, or a member of the
 * team that is. A role alone is not enough, for everyone's own metrics are somebody else's.
 * @returns why not; undefined when he may
 */
export function entryRefusal(
  { person, roles }: Enterer,
  metric: ManualMetric,
  { teams }: Pick<Catalog, 'teams'>,
): Refusal | undefined {
  if (roles.has('admin')) return undefined;
  if (!roles.has('owner') && !roles.has('steward'))
    return { code: 'forbidden', detail: 'this needs the role owner or steward' };
  const isHe = (who: OwnerRef | undefined): boolean =>
    who === person ||
    (who?.startsWith('team:') === true &&
      (teams.get(who.slice('team:'.length))?.members.includes(person as OwnerRef) ?? false));
  if ([metric.owner, metric.steward, metric.deputy].some(isHe)) return undefined;
  return {
    code: 'forbidden',
    detail: `values of ${metric.id} are entered by its owner (${metric.owner}), steward or deputy`,
  };
}
