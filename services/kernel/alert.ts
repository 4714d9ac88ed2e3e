import { canonicalJson } from './json.ts';
import { hashText } from './hash.ts';
import { labelsOf } from './series.ts';
import type { Severity } from './definitions.ts';
import type { EpochMs } from './time.ts';
import type { WindowState } from './window.ts';

/** The condition of an alert, a function of `metric-updates` alone. Whether anybody was told is another matter. */
export const CONDITIONS = ['ok', 'pending', 'firing', 'recovering', 'nodata'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** Why an episode ended. `retracted`: late data showed that it never was one. */
export const OUTCOMES = [
  'recovered',
  'data_returned',
  'missing_series',
  'rule_changed',
  'rule_removed',
  'rule_paused',
  'retracted',
] as const;
export type EpisodeOutcome = (typeof OUTCOMES)[number];

/**
 * What a record on `alerts` says: a change of the condition, a message owed, what became of one, or what people did to the
 * overlay and what time did to it.
 */
export const TRANSITIONS = [
  'pending',
  'cleared',
  'firing',
  'recovering',
  'nodata',
  'resolved',
  'corrected',
  'revised',
  'repeated',
  'delivered',
  'not_delivered',
  'acknowledged',
  'unacknowledged',
  'snoozed',
  'unsnoozed',
  'assigned',
  'commented',
  'closed',
  'silenced',
  'unmuted',
  'escalated',
  'released',
  'feedback',
] as const;
export type TransitionKind = (typeof TRANSITIONS)[number];

/**
 * A record of `alerts` (schemas/tidemark/alert.avsc), key = `id`: one transition, and the alert as it stands after it.
 * Values are decimals as text. `document` is the alert's whole state, from which alerting recovers; its form is
 * alerting's own.
 */
export type AlertRecord = {
  readonly id: string;
  readonly rule: string;
  readonly ruleVersion: string;
  readonly severity: Severity;
  readonly metric: string;
  readonly metricVersion: string;
  readonly series: string;
  readonly state: Condition;
  readonly transition: TransitionKind;
  readonly reason: string;
  /** Time of the log at the transition. */
  readonly at: EpochMs;
  readonly sequence: number;
  readonly episode: {
    readonly id: string;
    readonly startedAt: EpochMs;
    readonly endedAt: EpochMs | null;
    readonly outcome: EpisodeOutcome | null;
  } | null;
  readonly window: {
    readonly start: EpochMs;
    readonly end: EpochMs;
    readonly state: WindowState;
    readonly revision: number;
  } | null;
  readonly value: string | null;
  readonly previous: string | null;
  readonly threshold: string | null;
  readonly worst: string | null;
  readonly recovered: string | null;
  readonly accountable: string | null;
  readonly deputy: string | null;
  /** The record of `metric-updates` that caused it. */
  readonly inputPartition: number;
  readonly inputOffset: number;
  /** Who saw to it, until when (epoch ms) that holds; null while nobody does. */
  readonly acknowledgedBy: string | null;
  readonly acknowledgedUntil: EpochMs | null;
  readonly assignee: string | null;
  /** Why its messages are withheld: `silence ID`, `maintenance ID`, `snoozed`, `closed`; null where they are not. */
  readonly mutedBy: string | null;
  /** Steps of the escalation that were taken. */
  readonly escalationStep: number;
  /** Offset of the last command that was applied to it; -1 for none. */
  readonly command: number;
  readonly document: string;
};

/**
 * Names an alert for ever: the rule and the labels of its series, nothing that changes while it burns (value, severity,
 * version of the rule).
 * @returns 32 hexadecimal digits
 */
export const fingerprint = (rule: string, series: string): string => fingerprintsOf(series)(rule);

/** The alerts of one series by their rules: the text of its labels is made once for all of them. */
export function fingerprintsOf(series: string): (rule: string) => string {
  const labels = canonicalJson({ ...labelsOf(series) });
  // The members of canonical JSON are in the order of their names.
  return (rule) => hashText(`{"labels":${labels},"rule":${JSON.stringify(rule)}}`);
}
