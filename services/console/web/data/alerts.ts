import type { Condition, EpisodeOutcome, TransitionKind } from '../../../kernel/alert.ts';
import type { LocalizedText, Severity } from '../../../kernel/definitions.ts';
import type { Feedback } from '../../../kernel/feedback.ts';
import type { Cursor } from '../../../kernel/update.ts';
import type { WindowState } from '../../../kernel/window.ts';

/** Alerts as alerting's read API writes them. Times are RFC 3339, values decimal strings. */

export type AlertSummary = {
  readonly id: string;
  readonly rule: string;
  /** Of the rule as it is published now. */
  readonly name: LocalizedText | null;
  readonly condition: string | null;
  readonly runbook: string | null;
  /** Whether its rule is paused: nothing is judged. */
  readonly paused: boolean;
  readonly severity: Severity;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: Condition;
  readonly episode: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly outcome: EpisodeOutcome | null;
  readonly value: string | null;
  readonly previous: string | null;
  readonly threshold: string | null;
  readonly worst: string | null;
  readonly recovered: string | null;
  readonly window: {
    readonly start: string;
    readonly end: string;
    readonly state: WindowState;
    readonly revision: number;
  } | null;
  /** Event types that were silent when it was last looked at: nothing is concluded meanwhile. */
  readonly lacking: readonly string[];
  /** Alerts of metrics below this one that explain it, the greatest share first. */
  readonly drivers: readonly Driver[];
  readonly owner: {
    readonly accountable: string | null;
    readonly accountableName: LocalizedText | null;
    readonly deputy: string | null;
    readonly deputyName: LocalizedText | null;
    /** The responsibility that names them. */
    readonly via: string | null;
  };
  /** What people said of the open episode, and what holds its messages back. */
  readonly acknowledged: (Said & { readonly until: string }) | null;
  readonly mutedBy: string | null;
  readonly snoozedUntil: string | null;
  readonly assignee: string | null;
  readonly closed: Said | null;
  readonly feedback: { readonly verdict: Feedback; readonly cause: string | null } | null;
  readonly escalation: {
    readonly step: number;
    readonly of: number;
    readonly nextAt: string | null;
    readonly nextTo: string | null;
  } | null;
  readonly changedAt: string | null;
};
export type Driver = {
  readonly alert: string;
  readonly rule: string;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly operator: string;
  /** Of this alert's deviation, 1 for all of it. */
  readonly share: number;
  readonly value: string | null;
  readonly previous: string | null;
  readonly accountable: string | null;
};
export type Said = { readonly by: string; readonly at: string; readonly comment: string | null };
/** `GET /v1/alerts` */
export type AlertsAnswer = {
  readonly alerts: readonly AlertSummary[];
  readonly cursor: string | null;
  readonly health: readonly RuleHealth[];
};

/** That nothing, or not all, is judged by a rule. */
export type RuleHealth = {
  readonly rule: string;
  readonly state: 'paused' | 'unjudged' | 'degraded';
  readonly detail: string;
};

export type DeliveryStatus = 'waiting' | 'delivered' | 'given_up' | 'disabled';

/** `GET /v1/alerts/{id}` */
export type AlertAnswer = AlertSummary & {
  readonly evidence: {
    readonly window: NonNullable<AlertSummary['window']>;
    readonly value: string | null;
    readonly previous: string | null;
    readonly threshold: string | null;
    readonly watermark: string;
    readonly cursors: readonly Cursor[];
    readonly completeness: number;
    readonly count: number;
    readonly metricVersion: string;
    readonly ruleVersion: string;
  } | null;
  readonly comments: readonly { readonly by: string; readonly at: string; readonly text: string }[];
  readonly timeline: readonly {
    readonly transition: TransitionKind;
    readonly reason: string;
    readonly at: string;
    readonly state: Condition;
    readonly value: string | null;
    /** That was looked at. */
    readonly window?: { readonly start: string; readonly end: string } | null;
  }[];
  readonly deliveries: readonly {
    readonly id: string;
    readonly episode: string;
    readonly receiver: string;
    /** Whom it is for: a person or a team. */
    readonly to: string | null;
    readonly kind: TransitionKind;
    readonly decidedAt: string;
    readonly status: DeliveryStatus;
    readonly attempts: number;
    readonly detail: string;
    readonly nextAttemptAt: string | null;
  }[];
};

/** `GET /v1/alerts/{id}/explain`, as far as it is shown. */
export type ExplainAnswer = {
  readonly atAlert: { readonly value: string | null };
  readonly recounted: { readonly value: string | null; readonly isEqual: boolean } | null;
  readonly recountFault: { readonly detail: string } | null;
  readonly now: { readonly value: string | null } | null;
  /** Those that contributed most. */
  readonly events: readonly {
    readonly source: string;
    readonly id: string;
    readonly value: string | null;
    readonly position: string;
  }[];
};

/** Whether somebody should look: it burns, may soon burn, or nobody can tell. */
export const isOpen = (alert: Pick<AlertSummary, 'state'>): boolean => alert.state !== 'ok';

/** What is over though nothing is known to be well again: of a rule that is gone, another one or paused. */
export const isGivenUp = ({ state, outcome }: Pick<AlertSummary, 'state' | 'outcome'>): boolean =>
  state === 'ok' && outcome !== null && !WELL.has(outcome);
/** What never was a breach, as late data showed. */
export const isRetracted = ({ state, outcome }: Pick<AlertSummary, 'state' | 'outcome'>): boolean =>
  state === 'ok' && outcome === 'retracted';
const WELL: ReadonlySet<EpisodeOutcome> = new Set(['recovered', 'data_returned', 'retracted']);

const RANK: Readonly<Record<Condition, number>> = {
  firing: 0,
  nodata: 0,
  recovering: 1,
  pending: 2,
  ok: 3,
};
const SEVERITY: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/** What burns first, the gravest of it first, then the newest. */
export function byUrgency(a: AlertSummary, b: AlertSummary): number {
  return (
    RANK[a.state] - RANK[b.state] ||
    SEVERITY[a.severity] - SEVERITY[b.severity] ||
    (b.startedAt ?? '').localeCompare(a.startedAt ?? '')
  );
}

export const SEVERITIES = ['critical', 'warning', 'info'] as const satisfies readonly Severity[];

/** What the list is narrowed to; what is absent or empty narrows nothing. `me` is asked of the server, who knows the teams. */
type Wanted = {
  /** Accountable, deputy or assignee, as the server's `owner`. */
  readonly owner?: string | undefined;
  readonly metric?: string | undefined;
  readonly severity?: Severity | undefined;
};

export const wantedOf = (
  alerts: readonly AlertSummary[],
  { owner, metric, severity }: Wanted,
): readonly AlertSummary[] =>
  alerts.filter(
    (one) =>
      (!owner || owner === 'me' || peopleOf(one).includes(owner)) &&
      (!metric || one.metric === metric) &&
      (!severity || one.severity === severity),
  );

const peopleOf = ({ owner, assignee }: AlertSummary): readonly (string | null)[] => [
  owner.accountable,
  owner.deputy,
  assignee,
];

/** What there is to choose from, each once, by its name; and what is chosen, though it be none of them. */
export const choicesOf = (
  alerts: readonly AlertSummary[],
  of: (alert: AlertSummary) => readonly [value: string | null, label: string],
  chosen: string | undefined,
): readonly { readonly value: string; readonly label: string }[] =>
  [...new Map([[chosen || null, chosen ?? ''], ...alerts.map(of)])]
    .flatMap(([value, label]) => (value === null ? [] : [{ value, label }]))
    .toSorted((a, b) => a.label.localeCompare(b.label));
