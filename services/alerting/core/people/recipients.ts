import type { MetricDefinition, OwnerRef } from '../../../kernel/definitions.ts';
import type { Labels } from '../../../kernel/series.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { personOf, presentOf, reachedBy, teamOf } from './directory.ts';
import type { Directory } from './directory.ts';
import { localDateAt } from './local-time.ts';
import type { AddressedRoute, Recipient, Route, StepRoute } from '../plan/plan.ts';
import { mostSpecific, stepReached } from './responsibility.ts';

/**
 * The route with whom each of its receivers is for and how that one reads, and the chain of the responsibility above it:
 * what an episode takes along from its start.
 */
export function addressed(
  directory: Directory,
  route: Route,
  of: { metric: MetricDefinition; labels: Labels; atMs: EpochMs; toldMs: EpochMs },
): AddressedRoute {
  const { metric, labels, atMs, toldMs } = of;
  const date = localDateAt(atMs, metric.timezone);
  const entry = mostSpecific(directory, metric.id, { labels, date })?.entry;
  const who = route.answering?.who;
  const known = who ? recipientsOf(directory, who, toldMs) : [];
  return {
    ...route,
    recipients: route.receivers.map(
      (receiver) => known.find((one) => one.receiver === receiver) ?? { ...UNKNOWN, receiver },
    ),
    escalation: (entry?.escalation ?? []).map(({ afterMs, to }) => ({ afterMs, to })),
  };
}

/** Whom a step of the chain reaches when it is taken, and how they read it. @param step.toldMs who is away is asked then */
export function stepRouteOf(
  directory: Directory,
  metric: MetricDefinition,
  step: { to: OwnerRef; toldMs: EpochMs },
): StepRoute {
  const { receivers: _, ...who } = stepReached(directory, metric, step);
  const { answering } = who;
  return {
    ...who,
    recipients: answering ? recipientsOf(directory, answering.who, step.toldMs) : [],
  };
}

const UNKNOWN = { to: null, locale: 'en', timezone: 'UTC' } as const;

/** Who reads what a receiver gets: whoever asks, where it is his, or the first person or team that has it. */
export function readerOf(
  directory: Directory,
  receiver: string,
  { asker, atMs }: { readonly asker: string | null; readonly atMs: EpochMs },
): Recipient {
  const refs = [
    ...[...directory.people.keys()].map((id): OwnerRef => `person:${id}`),
    ...[...directory.teams.keys()].map((id): OwnerRef => `team:${id}`),
  ].toSorted((a, b) => Number(b === asker) - Number(a === asker));
  for (const ref of refs) {
    const found = recipientsOf(directory, ref, atMs).find(
      (one) => one.receiver === receiver && one.to === ref,
    );
    if (found) return found;
  }
  return { ...UNKNOWN, receiver };
}

/** Everyone who is told when this one is, each receiver once. */
export const recipientsOf = (
  directory: Directory,
  ref: OwnerRef,
  atMs: EpochMs,
): readonly Recipient[] =>
  uniqueRecipients(
    reachedBy(directory, ref, atMs).flatMap(({ who, receivers }) =>
      receivers.map((receiver) => ({ receiver, ...readingOf(directory, who) })),
    ),
  );

/**
 * Who is told when this one is by a receiver that is named, whoever has others: the first of those who are there, also
 * where he has none of his own. @param by.receiver undefined: by their own ones
 */
export const recipientsBy = (
  directory: Directory,
  ref: OwnerRef,
  { receiver, atMs }: { readonly receiver: string | undefined; readonly atMs: EpochMs },
): readonly Recipient[] =>
  receiver === undefined
    ? recipientsOf(directory, ref, atMs)
    : presentOf(directory, ref, atMs)
        .slice(0, 1)
        .map(({ who }) => ({ receiver, ...readingOf(directory, who) }));

/** How this one reads. */
function readingOf(directory: Directory, who: OwnerRef): Omit<Recipient, 'receiver'> {
  const person = personOf(directory, who);
  const locale = person?.locale.toLowerCase().startsWith('zh') ? 'zh' : 'en';
  const timezone = (person ?? teamOf(directory, who))?.timezone ?? 'UTC';
  return { to: who, locale, timezone };
}

/** Each receiver once: the first one that it is for. */
export function uniqueRecipients(recipients: readonly Recipient[]): readonly Recipient[] {
  const first = new Map<string, Recipient>();
  for (const one of recipients) if (!first.has(one.receiver)) first.set(one.receiver, one);
  return [...first.values()];
}
