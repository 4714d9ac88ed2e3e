import type { Matcher } from '../kernel/command.ts';
import type { Severity } from '../kernel/definitions.ts';
import type { Json } from '../kernel/json.ts';
import type { Labels } from '../kernel/series.ts';
import type { Coverage } from './core/people/coverage.ts';
import type { previewOf } from './core/people/route-preview.ts';
import type { AlertItem, alertDetail } from './core/proof/answer.ts';
import type { BackTestAnswer } from './core/proof/back-test-answer.ts';
import type { explanation } from './core/proof/explanation.ts';
import type { RuleReview } from './core/proof/review-answer.ts';
import type { RuleHealth } from './core/proof/rule-health.ts';
import type { SilenceAnswer } from './core/proof/silence-answer.ts';

/** What the routes of alerting take and answer: `schemas/openapi.json` is made of these types and their comments. */

/** 200: the command counts already; 202: it will within seconds. */
type CommandAnswer = {
  readonly command: { readonly id: string; readonly offset: number; readonly at: string };
  readonly alert: AlertItem | null;
};
type Key = {
  /** The same key of the same person counts once. */
  readonly 'idempotency-key'?: string;
};
/** Until when it holds: a time, or a duration (ISO 8601), not both. */
type Until = { readonly until?: string | null; readonly for?: string };
type Command<Body> = {
  readonly role: 'owner';
  readonly headers: Key;
  readonly body: Body;
  readonly answer: CommandAnswer;
};
/** A question that changes nothing on its way: `dimension=member`, `!=`, `=~` and `!~` of labels, `metric`, `rule`. */
type SilenceBody = {
  readonly matchers: readonly (string | Matcher)[];
  readonly kind?: 'silence' | 'maintenance';
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly for?: string;
  readonly comment?: string | null;
  /** Nothing is written: the answer is what it would cover. */
  readonly preview?: boolean;
};
/** One that somebody ended before its time says who; its end is then. It is shown for another day, as those that ran out. */
type SilenceShown = SilenceAnswer & { readonly endedBy?: string };
type SilenceWritten = {
  readonly preview?: boolean;
  readonly command?: { readonly id: string; readonly offset: number };
  readonly silence: SilenceShown;
};
type Unsubscribing = { readonly role: 'reader'; readonly answer: unknown };

export type AlertingApi = {
  /**
   * The alerts, the newest change first.
   * `owner`: accountable, deputy or assignee; `me` is whoever asks, and the teams that hold him.
   */
  readonly 'GET /v1/alerts': {
    readonly role: 'reader';
    readonly query: {
      readonly state?: string;
      readonly owner?: string;
      readonly metric?: string;
      readonly severity?: string;
      readonly cursor?: string;
      readonly limit?: number;
    };
    readonly answer: {
      readonly alerts: readonly AlertItem[];
      readonly cursor: string | null;
      /** Rules by which nothing, or not all, is judged. */
      readonly health: readonly RuleHealth[];
    };
  };
  /** An alert: its episode, time line, evidence and deliveries. */
  readonly 'GET /v1/alerts/{id}': {
    readonly role: 'reader';
    readonly answer: ReturnType<typeof alertDetail>;
  };
  /** Why an alert fired: its value counted again, the events that contributed most, who was told and why he. */
  readonly 'GET /v1/alerts/{id}/explain': {
    readonly role: 'reader';
    readonly answer: ReturnType<typeof explanation>;
  };
  /** Somebody sees to it: escalation ends. */
  readonly 'POST /v1/alerts/{id}/ack': Command<Until & { readonly comment?: string | null }>;
  /** Nobody sees to it any more. */
  readonly 'POST /v1/alerts/{id}/unack': Command<{ readonly comment?: string | null }>;
  /** Its messages are withheld for a while; `until: null` ends that. */
  readonly 'POST /v1/alerts/{id}/snooze': Command<Until & { readonly comment?: string | null }>;
  /** Who sees to it; null: nobody. */
  readonly 'POST /v1/alerts/{id}/assign': Command<{
    readonly to: string | null;
    readonly comment?: string | null;
  }>;
  /** A note on the time line. */
  readonly 'POST /v1/alerts/{id}/comment': Command<{ readonly text: string }>;
  /** Ends the messages of this episode; the condition stays what it is. */
  readonly 'POST /v1/alerts/{id}/close': Command<{ readonly comment?: string | null }>;
  /** Whether the episode was worth telling. */
  readonly 'POST /v1/alerts/{id}/feedback': Command<{
    readonly verdict: 'real' | 'expected' | 'false-alarm' | 'new-normal';
    readonly cause?: string | null;
  }>;
  /** Silences and maintenance windows, the newest first. */
  readonly 'GET /v1/silences': {
    readonly role: 'reader';
    readonly answer: { readonly silences: readonly SilenceShown[] };
  };
  /** Silences what matches, until it ends. */
  readonly 'POST /v1/silences': {
    readonly role: 'owner';
    readonly headers: Key;
    readonly body: SilenceBody;
    readonly answer: SilenceWritten;
  };
  /** Ends a silence. */
  readonly 'DELETE /v1/silences/{id}': {
    readonly role: 'owner';
    readonly headers: Key;
    readonly answer: SilenceWritten;
  };
  /** Who would be told of an alert of this series, why, when and by what. */
  readonly 'POST /v1/routes/preview': {
    readonly role: 'reader';
    readonly body: {
      readonly metric?: string;
      readonly rule?: string;
      readonly labels?: Labels;
      readonly severity?: Severity;
      /** A time, or a date in the metric's zone; default now. */
      readonly at?: string;
    };
    readonly answer: ReturnType<typeof previewOf>;
  };
  /** Who answers for what, by local dates. */
  readonly 'GET /v1/responsibilities': {
    readonly role: 'reader';
    readonly query: { readonly metric?: string; readonly from?: string; readonly to?: string };
    readonly answer: {
      readonly from: string;
      readonly to: string;
      readonly responsibilities: readonly Coverage[];
    };
  };
  /**
   * When a rule would have fired over stored history.
   * With `Accept: application/x-ndjson` lines tell how far it is before the last one gives the result.
   */
  readonly 'POST /v1/rules/test': {
    readonly role: 'reader';
    readonly body: {
      /** A published one. */
      readonly rule?: string;
      /** A draft. */
      readonly document?: Json;
      /** A draft in YAML. */
      readonly text?: string;
      /** A time, or a date in the metric's zone, as `to`. */
      readonly from: string;
      readonly to?: string;
      readonly chart?: { readonly labels?: Labels };
    };
    readonly files: 'application/x-ndjson';
    readonly answer: BackTestAnswer;
  };
  /** How a rule has done; `health` is null where it is judged in full. */
  readonly 'GET /v1/rules/{id}/review': {
    readonly role: 'reader';
    readonly query: { readonly from?: string; readonly to?: string };
    readonly answer: RuleReview & { readonly health: RuleHealth | null };
  };
  /** Sends one message to the receiver by the path that alerts take; one that arrives ends its `receiver-unreachable`. */
  readonly 'POST /v1/receivers/{id}/test': {
    readonly role: 'owner';
    readonly answer: {
      readonly receiver: string;
      readonly outcome: string;
      readonly detail: string;
    };
  };
  /** Messages go again to a receiver that answered 410. */
  readonly 'POST /v1/receivers/{id}/enable': {
    readonly role: 'owner';
    readonly answer: { readonly receiver: string; readonly wasDisabled: boolean };
  };
  /** A follower wants no more of a subscription. */
  readonly 'POST /v1/subscriptions/{id}/unsubscribe': Unsubscribing;
  /** A follower wants it again. */
  readonly 'POST /v1/subscriptions/{id}/subscribe': Unsubscribing;
  /** What a signed link of a message may do to its alert: a page with a button for each. */
  readonly 'GET /v1/ack/{token}': { readonly media: 'text/html'; readonly answer: string };
  /** Does it, each deed once: `verb` of the form, `ack` where none is said; `for`, `to`, `text`. */
  readonly 'POST /v1/ack/{token}': { readonly media: 'text/html'; readonly answer: string };
  /** What the link at the foot of a mail would end: a page. */
  readonly 'GET /v1/unsubscribe/{token}': { readonly media: 'text/html'; readonly answer: string };
  /** Ends it (RFC 8058: one click). */
  readonly 'POST /v1/unsubscribe/{token}': { readonly media: 'text/html'; readonly answer: string };
};
