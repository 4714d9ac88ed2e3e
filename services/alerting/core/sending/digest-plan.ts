import type {
  Catalog,
  DigestTime,
  OwnerRef,
  Severity,
  SubscriptionDefinition,
} from '../../../kernel/definitions.ts';
import { canonicalJson } from '../../../kernel/json.ts';
import type { Labels } from '../../../kernel/series.ts';
import { unsubscribedKey } from '../people/unsubscribed.ts';
import type { Unsubscribed } from '../people/unsubscribed.ts';
import type { DueDigest } from './digest-time.ts';

/** What a digest tells of: series of a metric, or alerts of a rule, or whatever has these members. */
export type DigestTopic = {
  readonly metric?: string;
  readonly rule?: string;
  readonly where: Labels;
  readonly severity: Severity;
  /** Where it is there because somebody follows it: until he follows no more. */
  readonly subscription?: string;
};
/** A digest that somebody wants. */
export type DigestPlan = {
  /** `person:ID` or `subscription:ID`: one digest each and date. */
  readonly id: string;
  readonly who: OwnerRef;
  readonly subscription: string | null;
  /** Absent: his own ones. */
  readonly receiver?: string;
  readonly time: DigestTime;
  readonly timezone: string;
  readonly topics: readonly DigestTopic[];
};
export type Due = DueDigest & { readonly plan: DigestPlan };

/**
 * A person's digest tells of what he answers for (as accountable or deputy of an entry, or as a metric's owner) and of what
 * he follows; a subscription's of that alone. The time is that of whoever it is for.
 */
export function digestPlansOf(catalog: Catalog): readonly DigestPlan[] {
  const subscriptions = [...(catalog.subscriptions?.values() ?? [])];
  const ofPeople = [...catalog.people.values()].flatMap(
    ({ id, digest, timezone }): DigestPlan[] => {
      if (!digest) return [];
      const who: OwnerRef = `person:${id}`;
      const topics = [
        ...ownTopics(catalog, who),
        ...subscriptions
          .filter((one) => one.who === who)
          .map((one) => ({ ...topicOf(one), subscription: one.id })),
      ];
      return [{ id: who, who, subscription: null, time: digest, timezone, topics: unique(topics) }];
    },
  );
  const ofSubscriptions = subscriptions.flatMap((one): DigestPlan[] => {
    const { id, who, receiver, digest } = one;
    if (!digest) return [];
    const own = receiver === undefined ? {} : { receiver };
    const timezone = timezoneOf(catalog, who);
    const of = { id: `subscription:${id}`, who, subscription: id, ...own };
    return [{ ...of, time: digest, timezone, topics: [topicOf(one)] }];
  });
  return [...ofPeople, ...ofSubscriptions];
}

const topicOf = ({ metric, rule, where, severity }: SubscriptionDefinition): DigestTopic => ({
  ...(metric === undefined ? {} : { metric }),
  ...(rule === undefined ? {} : { rule }),
  where,
  severity,
});

/**
 * The digest without what its reader follows no more.
 * @returns undefined where nothing of it is left, or all of it is that
 */
export function stillWanted(plan: DigestPlan, unsubscribed: Unsubscribed): DigestPlan | undefined {
  const { who, subscription } = plan;
  const isFollowed = (one: string | null | undefined): boolean =>
    one == null || !unsubscribed.has(unsubscribedKey(one, who));
  const topics = plan.topics.filter((topic) => isFollowed(topic.subscription));
  const isEmptied = topics.length === 0 && plan.topics.length > 0;
  return isFollowed(subscription) && !isEmptied ? { ...plan, topics } : undefined;
}

const ownTopics = (catalog: Catalog, who: OwnerRef): readonly DigestTopic[] => [
  ...[...catalog.metrics.values()]
    .filter(({ owner }) => owner === who)
    .map(({ id }): DigestTopic => ({ metric: id, where: {}, severity: 'info' })),
  ...[...catalog.responsibilities.values()]
    .flatMap(({ entries }) => entries)
    .filter(({ accountable, deputy }) => accountable === who || deputy === who)
    .map(({ metric, where }): DigestTopic => ({ metric, where, severity: 'info' })),
];

const unique = (topics: readonly DigestTopic[]): readonly DigestTopic[] => [
  ...new Map(
    topics.map((topic) => [canonicalJson({ ...topic, where: { ...topic.where } }), topic]),
  ).values(),
];

function timezoneOf({ people, teams }: Catalog, who: OwnerRef): string {
  const id = who.slice(who.indexOf(':') + 1);
  return (who.startsWith('team:') ? teams : people).get(id)?.timezone ?? 'UTC';
}
