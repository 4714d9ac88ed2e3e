import type {
  Catalog,
  OwnerRef,
  Severity,
  SubscriptionDefinition,
} from '../../../kernel/definitions.ts';
import type { Labels } from '../../../kernel/series.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { personOf } from './directory.ts';
import type { Recipient } from '../plan/plan.ts';
import { quietUntil } from './quiet-hours.ts';
import { recipientsBy } from './recipients.ts';

/** An alert as far as following and quiet hours depend on it. */
export type Heard = {
  readonly metric: string;
  readonly rule: string;
  readonly labels: Labels;
  readonly severity: Severity;
};

/** Higher is worse. */
const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

/**
 * Everyone who follows this alert without answering for it, each marked with the subscription by which he does. Somebody
 * who is away is not told: what he missed is no duty of his.
 */
export const subscribersOf = (
  catalog: Catalog,
  heard: Heard,
  atMs: EpochMs,
): readonly Recipient[] =>
  [...(catalog.subscriptions?.values() ?? [])]
    .filter((subscription) => follows(subscription, heard))
    .flatMap(({ id, who, receiver }) =>
      recipientsBy(catalog, who, { receiver, atMs }).map((one) => ({ ...one, subscription: id })),
    );

export const follows = (
  {
    metric,
    rule,
    where,
    severity,
  }: Pick<SubscriptionDefinition, 'metric' | 'rule' | 'where' | 'severity'>,
  heard: Heard,
): boolean =>
  (metric === undefined || metric === heard.metric) &&
  (rule === undefined || rule === heard.rule) &&
  RANK[heard.severity] >= RANK[severity] &&
  Object.entries(where).every(([name, member]) => heard.labels[name] === member);

/**
 * Until when somebody is left alone with a message of this severity: the end of a person's quiet hours. Critical ones
 * come always; a team's own receivers have no hours, since somebody else may be there.
 * @returns null: not at all
 */
export function heldUntil(
  catalog: Catalog,
  { to, severity }: { to: string | null; severity: Severity },
  atMs: EpochMs,
): EpochMs | null {
  if (to === null || severity === 'critical') return null;
  const person = personOf(catalog, to as OwnerRef);
  return person?.quietHours ? quietUntil(person.quietHours, person.timezone, atMs) : null;
}
