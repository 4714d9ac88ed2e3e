import type { Catalog, MetricDefinition, OwnerRef, Severity } from '../../../kernel/definitions.ts';
import { ownerName } from '../../../kernel/owner.ts';
import type { Labels } from '../../../kernel/series.ts';
import { formatRfc3339, SECOND_MS } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { heldUntil, subscribersOf } from './hearers.ts';
import type { Recipient } from '../plan/plan.ts';
import { addressed, stepRouteOf, uniqueRecipients } from './recipients.ts';
import { routeOf } from './responsibility.ts';
import { unsubscribedKey } from './unsubscribed.ts';
import type { Unsubscribed } from './unsubscribed.ts';

export type RouteQuestion = {
  readonly metric: MetricDefinition;
  readonly labels: Labels;
  /** Without one, who follows a rule is not among those told. */
  readonly rule: string | null;
  readonly severity: Severity;
  readonly atMs: EpochMs;
};

/** One who would be told. */
export type PreviewedHearer = {
  readonly receiver: string;
  readonly type: string | null;
  readonly to: string | null;
  readonly name: string | null;
  /** The route's `via`, or `subscription ID`. */
  readonly why: string;
  readonly isInformation: boolean;
  readonly locale: string;
  readonly timezone: string;
  readonly heldUntil: string | null;
};

/** A step of the escalation, and who would be told by it. */
export type PreviewedStep = {
  /** Seconds. */
  readonly after: number;
  readonly to: string;
  readonly hearers: readonly PreviewedHearer[];
};

/**
 * Who would be told of an alert of this series, why he, when, by what and in which language: by the functions that
 * decide it when it fires, under the catalogue of now. Mutes are not part of it.
 */
export function previewOf(catalog: Catalog, question: RouteQuestion, unsubscribed: Unsubscribed) {
  const { metric, labels, rule, severity, atMs } = question;
  const route = addressed(catalog, routeOf(catalog, metric, { labels, atMs }), {
    metric,
    labels,
    atMs,
    toldMs: atMs,
  });
  const heard = { metric: metric.id, rule: rule ?? '', labels, severity };
  const followers = subscribersOf(catalog, heard, atMs).filter(
    ({ subscription = '', to }) => !unsubscribed.has(unsubscribedKey(subscription, to)),
  );
  const shown = (one: Recipient, why: string): PreviewedHearer => {
    const until = heldUntil(catalog, { to: one.to, severity }, atMs);
    return {
      receiver: one.receiver,
      type: catalog.receivers.get(one.receiver)?.type ?? null,
      to: one.to,
      name: one.to === null ? null : (ownerName(catalog, one.to as OwnerRef)?.en ?? null),
      why: one.subscription === undefined ? why : `subscription ${one.subscription}`,
      isInformation: one.subscription !== undefined,
      locale: one.locale,
      timezone: one.timezone,
      heldUntil: until === null ? null : formatRfc3339(until),
    };
  };
  const via = route.via ?? '';
  return {
    metric: metric.id,
    labels: { ...labels },
    rule,
    severity,
    at: formatRfc3339(atMs),
    accountable: route.accountable,
    deputy: route.deputy,
    via: route.via,
    answering: route.answering ?? null,
    passedOver: route.passedOver ?? [],
    hearers: uniqueRecipients([...route.recipients, ...followers]).map((one) => shown(one, via)),
    escalation: route.escalation.map(({ afterMs, to }): PreviewedStep => ({
      after: afterMs / SECOND_MS,
      to,
      hearers: stepRouteOf(catalog, metric, { to, toldMs: atMs + afterMs }).recipients.map((one) =>
        shown(one, `escalation ${to}`),
      ),
    })),
  };
}
