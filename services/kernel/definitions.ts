import type { Aggregation } from './accumulator.ts';
import type { DashboardDefinition } from './catalog/dashboard-panels.ts';
import type { ManualForm } from './catalog/manual-windows.ts';
import type { Json } from './json.ts';
import type { MetricWords } from './metric-words.ts';
import type { NoDataPolicy } from './no-data.ts';
import type { SettingsDefinition } from './settings.ts';
import type { TargetDefinition } from './target.ts';
import type { DurationMs, EpochMs } from './time.ts';
import type { Calendared, Grain, WindowSize } from './window.ts';

/** Definitions as services use them: checked, with every default filled in. Documents (YAML) become these in `kernel/catalog`. */

export type LocalizedText = { readonly en: string; readonly zh?: string };
/** `person:ID` or `team:ID`. */
export type OwnerRef = `person:${string}` | `team:${string}`;

export type EventTypeDefinition = {
  readonly id: string;
  /** The user's Avro record schema, as JSON: the record under `data`. */
  readonly schema: Json;
  readonly outOfOrdernessMs: DurationMs;
  readonly duplicateHorizonMs: DurationMs;
  /** How far an event may lie ahead of its append time. */
  readonly maxFutureMs: DurationMs;
  readonly timeFrom: 'event' | 'append';
  readonly unknownFields: 'refuse' | 'ignore';
  /** Who answers for the system that sends these events: told when it falls silent. */
  readonly owner?: OwnerRef;
  readonly name?: LocalizedText;
  /** Without an event for this long the source is silent; absent: it may be silent as long as it likes. */
  readonly idleTimeoutMs?: DurationMs;
};

/** What a metric is made of or moved by: an edge of its tree; `influence` sways it, and is no part of its arithmetic. */
export type Driver = {
  readonly metric: string;
  readonly operator: '+' | '-' | '*' | '/' | 'influence';
};

/** Readers see its name in place of its code. */
export type Unit = { readonly code: string; readonly scale: number; readonly name?: LocalizedText };
export type Direction = 'up' | 'down' | 'none';

type MetricCommon = MetricWords &
  Calendared & {
    readonly id: string;
    /** Hash of every field that changes values: 12 hexadecimal digits. */
    readonly version: string;
    readonly name: LocalizedText;
    readonly purpose?: LocalizedText;
    readonly domain?: string;
    readonly process?: string;
    readonly owner: OwnerRef;
    readonly tags: readonly string[];
    readonly unit: Unit;
    readonly direction: Direction;
    readonly drivers?: readonly Driver[];
  };

export type SimpleMetric = MetricCommon & {
  readonly kind: 'simple';
  readonly event: string;
  readonly where?: string;
  readonly value?: string;
  readonly aggregation: Aggregation;
  /** CEL expression of what has the value, such as an article of a stock; of aggregation latest, and there always. */
  readonly entity?: string;
  /** Per cent, above 0 and below 100 with at most three places; of aggregation percentile, and there always. */
  readonly percentile?: number;
  /** Scale of the value expression, hence of the stored integers; 0 for count and distinct. */
  readonly valueScale: number;
  /** Dimension name → CEL expression. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Lists of dimension names; `[]` is the total. */
  readonly breakdowns: readonly (readonly string[])[];
  readonly grains: readonly Grain[];
  readonly latenessMs: DurationMs;
  readonly retentionMs: Readonly<Record<Grain, DurationMs>>;
  readonly maxSeries: number;
  readonly eventsFromMs?: EpochMs;
  /** Of a manual metric: it counts what people enter (kernel/catalog/manual-metrics.ts). */
  readonly manual?: ManualForm;
};

export type DerivedMetric = MetricCommon & {
  readonly kind: 'derived';
  /** Over ids of simple metrics, `_` for `-` (kernel/expression/formula.ts); formulas stand for the derived ones it reads. */
  readonly formula: string;
  /** Ids of the simple metrics that it reads. They share the time zone, these breakdowns and these grains. */
  readonly inputs: readonly string[];
  readonly breakdowns: readonly (readonly string[])[];
  readonly grains: readonly Grain[];
};

export type MetricDefinition = SimpleMetric | DerivedMetric;
export type Severity = 'critical' | 'warning' | 'info';

export type AlertRuleDefinition = NoDataPolicy & {
  readonly id: string;
  /** Hash of what changes verdicts: a new version ends open episodes with `rule_changed`. */
  readonly version: string;
  readonly name: LocalizedText;
  readonly metric: string;
  readonly by: readonly string[];
  readonly window: WindowSize;
  readonly evaluate: 'onClose' | 'onUpdate';
  /** CEL over value, count, previous, completeness, what lies further back (kernel/look-back.ts) and target. */
  readonly when: string;
  readonly clear?: string;
  readonly for?:
    | { readonly breaches: number; readonly of: number }
    | { readonly durationMs: DurationMs };
  readonly keepFiringMs: DurationMs;
  /** How long after its end a window that late data lets breach is told, though it is past; absent: not at all. */
  readonly latenessMs?: DurationMs;
  readonly minCount: number;
  readonly severity: Severity;
  readonly notify: {
    /** Waits before it is said again: the next one each time, the last one for good. */
    readonly repeatMs?: readonly DurationMs[];
    readonly max?: number;
    readonly group?: GroupSettings;
  };
  readonly runbook?: string;
  /** It judges nothing for now, and what burned under it ended with `rule_paused`; it is no part of the version. */
  readonly paused?: true;
};

export type ResponsibilityEntry = {
  readonly metric: string;
  readonly where: Readonly<Record<string, string>>;
  /** Local dates `YYYY-MM-DD`, half-open: from ≤ date < to. */
  readonly from?: string;
  readonly to?: string;
  readonly accountable: OwnerRef;
  readonly deputy?: OwnerRef;
  readonly escalation: readonly { readonly afterMs: DurationMs; readonly to: OwnerRef }[];
};
export type ResponsibilityDefinition = {
  readonly id: string;
  readonly entries: readonly ResponsibilityEntry[];
};

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
/** Local times `HH:MM`, half-open; `to` may be `24:00`, and lies on the next day where it is earlier than `from`. */
export type QuietHours = {
  readonly from: string;
  readonly to: string;
  /** On which they begin; absent: all. */
  readonly days?: readonly Weekday[];
};
/** Local dates `YYYY-MM-DD` in the person's zone, half-open: from ≤ date < to. */
export type Absence = { readonly from: string; readonly to: string; readonly deputy?: OwnerRef };
/** A local time `HH:MM`; of a weekly one on this day, Monday where none is named. */
export type DigestTime = {
  readonly every: 'day' | 'week';
  readonly at: string;
  readonly weekday?: Weekday;
};

export type PersonDefinition = {
  readonly id: string;
  readonly name: LocalizedText;
  readonly locale: string;
  readonly timezone: string;
  readonly quietHours?: readonly QuietHours[];
  readonly absences?: readonly Absence[];
  readonly digest?: DigestTime;
  readonly receivers: readonly string[];
};
export type TeamDefinition = {
  readonly id: string;
  readonly name: LocalizedText;
  readonly members: readonly OwnerRef[];
  readonly timezone: string;
  readonly receivers: readonly string[];
};
/** Somebody who wants to know without answering for it: of a metric, of a rule, or of whatever has these members. */
export type SubscriptionDefinition = {
  readonly id: string;
  readonly who: OwnerRef;
  readonly metric?: string;
  readonly rule?: string;
  readonly where: Readonly<Record<string, string>>;
  /** The least that he wants to know. */
  readonly severity: Severity;
  /** Absent: his own receivers. */
  readonly receiver?: string;
  readonly digest?: DigestTime;
};

export type ObjectiveDefinition = {
  readonly id: string;
  readonly name: LocalizedText;
  readonly description?: string;
  readonly owner: OwnerRef;
  /** Ids of the metrics that measure it. */
  readonly metrics: readonly string[];
};

/** What makes one incident of several alerts, and how long its members are collected. */
export type GroupSettings = {
  readonly by: 'rule' | 'parent' | 'none' | { readonly dimension: string };
  readonly waitMs: DurationMs;
  readonly intervalMs: DurationMs;
};

export type SecretRef = { readonly env: string } | { readonly file: string };
/** The URL of a chat bot is a secret whole: whoever knows it may speak through the bot. Others may be one too. */
export type SecretUrl = string | SecretRef;

type ReceiverCommon = {
  readonly id: string;
  readonly name?: LocalizedText;
  /** Messages to this destination: above it they are merged into one that names all. Absent: the type's own. */
  readonly rate?: { readonly count: number; readonly perMs: DurationMs };
};
/** Liquid in place of the built-in texts. */
export type MessageTemplate = { readonly title?: string; readonly body?: string };
type Templated = ReceiverCommon & { readonly template?: MessageTemplate };

export type WebhookReceiver = ReceiverCommon & {
  readonly type: 'webhook';
  readonly url: SecretUrl;
  readonly format: 'standard' | 'alertmanager';
  readonly secret: SecretRef;
  readonly previousSecret?: SecretRef;
};
export type EmailReceiver = Templated & {
  readonly type: 'email';
  readonly to: readonly string[];
  readonly from?: string;
};
/** An incoming webhook, or a bot that can update what it said. `channel` is the channel's id. */
export type SlackTarget =
  | { readonly url: SecretUrl }
  | { readonly token: SecretRef; readonly channel: string };
export type SlackReceiver = Templated & { readonly type: 'slack' } & SlackTarget;
type SignedBot = Templated & {
  readonly url: SecretUrl;
  readonly secret?: SecretRef;
  /** A word that the bot demands in every message. */
  readonly keyword?: string;
};
export type FeishuReceiver = SignedBot & { readonly type: 'feishu' };
export type DingtalkReceiver = SignedBot & { readonly type: 'dingtalk' };
export type WecomReceiver = Templated & { readonly type: 'wecom'; readonly url: SecretUrl };
export type AlertmanagerReceiver = ReceiverCommon & {
  readonly type: 'alertmanager';
  readonly url: SecretUrl;
};
export type BrowserReceiver = ReceiverCommon & { readonly type: 'browser' };

export type ReceiverDefinition =
  | WebhookReceiver
  | EmailReceiver
  | SlackReceiver
  | FeishuReceiver
  | DingtalkReceiver
  | WecomReceiver
  | AlertmanagerReceiver
  | BrowserReceiver;
export type ReceiverType = ReceiverDefinition['type'];

/** The published catalogue: what every service works with. */
export type Catalog = {
  readonly eventTypes: ReadonlyMap<string, EventTypeDefinition>;
  readonly metrics: ReadonlyMap<string, MetricDefinition>;
  readonly rules: ReadonlyMap<string, AlertRuleDefinition>;
  readonly responsibilities: ReadonlyMap<string, ResponsibilityDefinition>;
  readonly people: ReadonlyMap<string, PersonDefinition>;
  readonly teams: ReadonlyMap<string, TeamDefinition>;
  readonly receivers: ReadonlyMap<string, ReceiverDefinition>;
  readonly subscriptions?: ReadonlyMap<string, SubscriptionDefinition>;
  readonly objectives?: ReadonlyMap<string, ObjectiveDefinition>;
  readonly targets?: ReadonlyMap<string, TargetDefinition>;
  readonly dashboards?: ReadonlyMap<string, DashboardDefinition>;
  readonly settings: SettingsDefinition;
  /** Of metrics whose version has changed, the one before, as far as the topic holds it: counted and shown until the other has caught up. */
  readonly superseded?: ReadonlyMap<string, SimpleMetric>;
  /** By id, metrics as they are drafted and in review, where their values would be others: filled, and shown to nobody. */
  readonly candidates?: ReadonlyMap<string, SimpleMetric>;
};
