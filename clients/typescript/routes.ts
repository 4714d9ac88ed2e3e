// Made from schemas/openapi.json by `npm run docs`; do not edit.

/** An alert as the read API shows it in lists. */
export type AlertItem = {
  readonly id: string;
  readonly rule: string;
  /** Of the rule as it is published now; null when it is there no more. */
  readonly name: LocalizedText | null;
  readonly condition: null | string;
  readonly runbook: null | string;
  /** Whether its rule is paused: nothing is judged. */
  readonly paused: boolean;
  readonly severity: string;
  readonly metric: string;
  readonly labels: {
    readonly [name: string]: string;
  };
  readonly state: string;
  readonly episode: null | string;
  readonly startedAt: null | string;
  readonly endedAt: null | string;
  readonly outcome: null | string;
  /** Of the newest look, as the previous one, the threshold and the window. */
  readonly value: null | string;
  readonly previous: null | string;
  readonly threshold: null | string;
  readonly worst: null | string;
  readonly recovered: null | string;
  readonly window: null | {
    readonly start: string;
    readonly end: string;
    readonly state: "closed" | "final" | "open" | "restated" | "revised";
    readonly revision: number;
  };
  /** Event types that were silent when it was last looked at: nothing is concluded meanwhile. */
  readonly lacking: readonly string[];
  /** Whether it was red already when its rule was taken up. */
  readonly alreadyBreached: boolean;
  /** Alerts of metrics below this one that explain it, as far as they were known when it fired. */
  readonly drivers: readonly NamedDriver[];
  readonly owner: {
    readonly accountable: null | string;
    readonly accountableName: LocalizedText | null;
    readonly deputy: null | string;
    readonly deputyName: LocalizedText | null;
    readonly via: null | string;
  };
  /** Who saw to the open episode, and until when that holds. */
  readonly acknowledged: null | {
    readonly by: string;
    readonly at: string;
    readonly until: string;
    readonly comment: null | string;
  };
  /** Why its messages are withheld: `silence ID`, `maintenance ID`, `snoozed`, `closed`. */
  readonly mutedBy: null | string;
  readonly snoozedUntil: null | string;
  readonly assignee: null | string;
  readonly closed: null | {
    readonly by: string;
    readonly at: string;
    readonly comment: null | string;
  };
  /** Steps taken of the escalation, of how many; when the next one is due and who is told then. */
  readonly escalation: null | {
    readonly step: number;
    readonly of: number;
    readonly nextAt: null | string;
    readonly nextTo: null | string;
  };
  readonly changedAt: null | string;
};

/** Who answers in fact, and who should have. */
export type Answering = {
  readonly who: string;
  readonly as: "absence" | "accountable" | "deputy" | "escalation" | "fallback" | "metric";
};

/** What values of the past are a function of. */
export type AsOfAnswer = {
  /** The instant asked for; null where cursors were. */
  readonly at: null | string;
  /** The log was counted below these. */
  readonly cursors: readonly Cursor[];
  /** Records that were read for it. */
  readonly records: number;
};

/** What `POST /v1/rules/test` answers. `perMonth` is episodes a month, at the rate of the time from `coveredFrom` on. */
export type BackTestAnswer = {
  readonly rule: string;
  readonly metric: string;
  readonly version: string;
  readonly condition: string;
  readonly from: string;
  readonly to: string;
  /** Start of the first window that could be judged, where history may begin later than `from`; null: none could. */
  readonly coveredFrom: null | string;
  readonly series: number;
  readonly windows: number;
  readonly verdicts: {
    readonly absent: number;
    readonly breach: number;
    readonly clear: number;
    readonly in_band: number;
    readonly inconclusive: number;
  };
  readonly episodes: number;
  readonly perMonth: number;
  readonly firingSeconds: number;
  readonly nearMisses: number;
  readonly wouldHaveTold: readonly ({
    readonly receiver: string;
    readonly kind: string;
    readonly messages: number;
  })[];
  readonly bySeries: readonly ({
    readonly labels: unknown;
    readonly episodes: number;
  })[];
  readonly episodeList: readonly unknown[];
  readonly nearMissList: readonly unknown[];
  readonly notes: readonly string[];
  /** Where a chart was asked for and there is a series to draw. */
  readonly chart?: ChartAnswer;
};

/** A message to people's browsers, as alerting leaves it and the console shows it. */
export type BrowserNotification = {
  /** The message's, the same over all its retries: who gets it twice shows it once. */
  readonly id: string;
  readonly receiver: string;
  /** Of alerts, such as `firing`; `test` of a receiver's test. */
  readonly kind: string;
  readonly tone: "bad" | "good" | "neutral" | "warning";
  /** The alert that it is about. */
  readonly alert: null | string;
  readonly at: number;
  /** The reader's console chooses. */
  readonly texts: {
    readonly en: {
      readonly title: string;
      readonly summary: string;
    };
    readonly zh: {
      readonly title: string;
      readonly summary: string;
    };
  };
};

/** One series as it was judged. Where it has more windows than a picture has points, neighbours are one point. */
export type ChartAnswer = {
  readonly labels: unknown;
  /** The one number that the value is compared with; null for other conditions. */
  readonly threshold: null | string;
  readonly breachIs: "above" | "below" | null;
  readonly points: readonly ({
    readonly start: string;
    readonly end: string;
    readonly windows: number;
    /** Lowest and highest value of its windows; null where none had one. */
    readonly low: null | string;
    readonly high: null | string;
    readonly breaches: number;
    /** What its newest window is to reach; absent where no target is for it, whether the condition compares with it or not. */
    readonly target?: string;
  })[];
};

export type ChartPanel = {
  /** Absent: the name of the metric. */
  readonly title?: LocalizedText;
  readonly width: number;
  readonly height: number;
  readonly metric: string;
  readonly where: {
    readonly [name: string]: string;
  };
  readonly grain: "day" | "hour" | "minute" | "month" | "quarter" | "week" | "year";
  readonly compare?: "month" | "previous" | "quarter" | "week" | "year";
  readonly type: "chart";
  readonly by: readonly string[];
  /** Absent: that of the dashboard. */
  readonly rangeMs?: number;
};

/** `POST /v1/catalog/check` */
export type CheckAnswer = {
  readonly faults: readonly TextFaultAnswer[];
  /** Published definitions that compute exactly the same. */
  readonly duplicates: readonly ({
    readonly kind: string;
    readonly id: string;
  })[];
  readonly near: readonly NearAnswer[];
  readonly impacts: readonly ({
    readonly code: "breakdown_removed" | "calendar_changed" | "definition_broken" | "field_removed" | "field_renamed" | "field_required" | "field_type_changed" | "grain_removed" | "metric_removed" | "timezone_changed" | "unit_changed" | "values_changed";
    /** `KIND/ID` of what changes. */
    readonly subject: string;
    readonly message: string;
    /** Somebody who changes nothing himself gets errors, or other figures under the same name. */
    readonly isBreaking: boolean;
    /** `KIND/ID` of all that depends on it, whatever the distance; `producers` and `readers` are those outside. */
    readonly affects: readonly string[];
    /** JSON pointer (RFC 6901) into the document of the subject. */
    readonly pointer?: string;
  })[];
  readonly identity?: {
    readonly kind: string;
    readonly id: string;
  };
};

/** An event of CloudEvents 1.0 in JSON. */
export type CloudEvent = {
  readonly specversion: "1.0";
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** RFC 3339. */
  readonly time?: string;
  readonly subject?: string;
  readonly partitionkey?: string;
  readonly datacontenttype?: string;
  /** The record of the event type's Avro schema. */
  readonly data?: {
    readonly [name: string]: unknown;
  };
};

/** 200: the command counts already; 202: it will within seconds. */
export type CommandAnswer = {
  readonly command: {
    readonly id: string;
    readonly offset: number;
    readonly at: string;
  };
  readonly alert: AlertItem | null;
};

/** The window that a point is compared with, and how far it differs. */
export type Compared = {
  readonly start: string;
  readonly end: string;
  readonly value: null | string;
  readonly state: "closed" | "final" | "open" | "rebuilding" | "restated" | "revised";
  /** The point's value less this one, at the unit's scale. */
  readonly difference: null | string;
  /** The point's value divided by this one, six places, rounded half to even. */
  readonly ratio: null | string;
  /** Why there is no difference, or no ratio. */
  readonly reason?: string;
};

/** One metric's account of an event type: `records` = the other terms + `difference`, which is 0. */
export type Conservation = {
  readonly metric: string;
  readonly version: string;
  /** Records in the log since the projection's first offset, without heartbeats and holes. */
  readonly records: number;
  readonly counted: number;
  readonly filtered: number;
  readonly late: number;
  readonly expired: number;
  readonly duplicate: number;
  readonly conflict: number;
  readonly deadLettered: number;
  /** Records that the log's retention took before they were counted: the metric is incomplete. */
  readonly lost: number;
  /** Log end − cursor. */
  readonly inFlight: number;
  readonly heartbeats: number;
  /** Offsets that hold no record (control records, compaction). */
  readonly holes: number;
  readonly difference: number;
};

/** `GET /v1/corrections`: days that changed after the watermark had passed them, the newest first. */
export type CorrectionsAnswer = {
  readonly from: string;
  readonly corrections: readonly ({
    readonly start: string;
    readonly end: string;
    /** null: no value; `reason` says why where it is not simply an empty window. */
    readonly value: null | string;
    readonly state: "closed" | "final" | "open" | "rebuilding" | "restated" | "revised";
    /** How often closed windows were changed by late or historical events; of a merged window the sum over its cells. */
    readonly revision: number;
    readonly metric: string;
  })[];
  /** Whether there are more than are listed. */
  readonly isCut: boolean;
};

export type Coverage = {
  readonly metric: string;
  readonly where: {
    readonly [name: string]: string;
  };
  readonly spans: readonly Span[];
};

export type Cursor = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
};

/** `GET /v1/dashboards/{id}`: the definition, with every default filled in. */
export type DashboardAnswer = {
  readonly id: string;
  readonly name: LocalizedText;
  readonly description?: LocalizedText;
  readonly owner?: string;
  readonly tags: readonly string[];
  readonly rangeMs: number;
  readonly panels: readonly DashboardPanel[];
  readonly ownerName: LocalizedText | null;
};

export type DashboardPanel = ChartPanel | TablePanel | TextPanel | TreePanel | ValuePanel;

export type DashboardSummary = {
  readonly id: string;
  readonly name: LocalizedText;
  readonly description?: LocalizedText;
  readonly owner?: string;
  readonly tags: readonly string[];
  readonly ownerName: LocalizedText | null;
  readonly panels: number;
  /** Ids of the metrics that it reads. */
  readonly metrics: readonly string[];
};

/** `GET /v1/dashboards`: by id. There are tens of them, so that it is one page. */
export type DashboardsAnswer = {
  readonly dashboards: readonly DashboardSummary[];
};

/** `GET /v1/dead-letters` */
export type DeadLettersAnswer = {
  /** The newest first. */
  readonly letters: readonly LetterSummary[];
  /** Of all that are kept, whatever was asked for; most letters first. */
  readonly reasons: readonly ({
    readonly eventType: string;
    readonly code: string;
    readonly letters: number;
    /** Of these, those that were sent again. */
    readonly resent: number;
  })[];
  /** Letters beyond those that are kept: older than all of them. */
  readonly older: number;
  readonly cursor?: string;
};

/** What a draft would make of the stored windows of its metric. */
export type DifferenceAnswer = {
  /** `none`: values would be the same, or it is not in review; `filling`: the candidate is not there whole yet. */
  readonly state: "filling" | "none" | "ready";
  /** Share of the log that is counted, 0–1. */
  readonly progress?: number;
  readonly from: string;
  readonly to: string;
  readonly grain: string;
  /** Versions that are compared: what is published, and the draft's. */
  readonly versions: {
    readonly before: null | string;
    readonly after: null | string;
  };
  readonly windows: DifferenceCounts;
  /** Those that differ, the largest difference first. */
  readonly items: readonly WindowDifference[];
  /** Over the windows compared; null where values do not add up. */
  readonly total: {
    readonly before: null | string;
    readonly after: null | string;
  };
};

export type DifferenceCounts = {
  /** Windows of all series that were compared: those that both versions are past, and that hold events or differ. */
  readonly total: number;
  readonly changed: number;
  readonly added: number;
  readonly removed: number;
  /** Windows that hold events and were not compared: one of the versions is not past them. */
  readonly open: number;
};

/** `GET /v1/catalog/documents/{kind}/{id}` */
export type DocumentAnswer = {
  readonly kind: string;
  readonly id: string;
  readonly published?: {
    readonly text: string;
    readonly document: Json;
    readonly origin: "console" | "file";
    readonly author: string;
    readonly at: string;
    readonly version: null | string;
  };
  /** What the fields of what is published are called, where the language has other words than the text. */
  readonly fieldNames?: {
    readonly [name: string]: string;
  };
  /** It was published and is no more. */
  readonly retired?: {
    readonly by: string;
    readonly at: string;
    readonly reason?: string;
  };
  readonly draft?: {
    readonly faults: readonly TextFaultAnswer[];
    /** Published definitions that compute exactly the same. */
    readonly duplicates: readonly ({
      readonly kind: string;
      readonly id: string;
    })[];
    readonly near: readonly NearAnswer[];
    readonly impacts: readonly ({
      readonly code: "breakdown_removed" | "calendar_changed" | "definition_broken" | "field_removed" | "field_renamed" | "field_required" | "field_type_changed" | "grain_removed" | "metric_removed" | "timezone_changed" | "unit_changed" | "values_changed";
      /** `KIND/ID` of what changes. */
      readonly subject: string;
      readonly message: string;
      /** Somebody who changes nothing himself gets errors, or other figures under the same name. */
      readonly isBreaking: boolean;
      /** `KIND/ID` of all that depends on it, whatever the distance; `producers` and `readers` are those outside. */
      readonly affects: readonly string[];
      /** JSON pointer (RFC 6901) into the document of the subject. */
      readonly pointer?: string;
    })[];
    readonly text: string;
    readonly document: Json;
    readonly state: "draft" | "in_review";
    readonly author: string;
    /** All who wrote on it: none of them may approve it. */
    readonly authors: readonly string[];
    readonly at: string;
    readonly note?: string;
  };
  /** Oldest first. */
  readonly reviews: readonly ({
    readonly by: string;
    readonly at: string;
    readonly action: "approved" | "rejected" | "submitted" | "withdrawn";
    readonly reason?: string;
  })[];
};

/** One row of `GET /v1/catalog/documents`. */
export type DocumentItem = {
  readonly kind: string;
  readonly id: string;
  readonly name: Name;
  readonly domain: null | string;
  /** What readers see of it, where the settings name it. */
  readonly domainName: LocalizedText | null;
  readonly owner: null | string;
  readonly tags: readonly string[];
  /** `in_review` before `published` before `draft`: what waits for somebody is seen. */
  readonly state: "draft" | "in_review" | "published" | "retired";
  readonly hasDraft: boolean;
  readonly isPublished: boolean;
  readonly version: null | string;
  readonly origin: "console" | "file";
  /** Who wrote what is newest, and when. */
  readonly author: string;
  readonly at: string;
};

export type DocumentsAnswer = {
  readonly items: readonly DocumentItem[];
  readonly cursor?: string;
};

export type EntriesAnswer = {
  readonly metric: string;
  readonly entries: readonly EntryItem[];
  /** Of the next page; absent on the last one. */
  readonly cursor?: string;
};

/** `POST /v1/metrics/{id}/entries`: what was written. */
export type EntryAnswer = {
  readonly id: string;
  readonly metric: string;
  readonly start: string;
  readonly end: string;
  readonly labels: {
    readonly [name: string]: string;
  };
  readonly value: string;
  readonly note: null | string;
  readonly by: string;
  readonly at: string;
  /** The window was final: it is restated. */
  readonly historical: boolean;
  readonly position: string;
};

/** `GET /v1/metrics/{id}/entries`: newest first. */
export type EntryItem = {
  readonly id: string;
  readonly start: string;
  readonly end: string;
  /** In the metric's own calendar as it is now: `FY2026 M01`. */
  readonly name?: string;
  readonly labels: {
    readonly [name: string]: string;
  };
  readonly value: string;
  readonly note: null | string;
  /** `person:ID` */
  readonly by: string;
  readonly at: string;
  readonly historical: boolean;
  readonly position: string;
};

/** What one needs to enter values of a metric. */
export type EntrySheet = {
  readonly id: string;
  readonly name: LocalizedText;
  readonly purpose?: LocalizedText;
  readonly domain?: string;
  readonly unit: Unit;
  readonly owner: string;
  readonly ownerName: LocalizedText | null;
  readonly timezone: string;
  readonly grain: "day" | "month" | "quarter" | "week" | "year";
  /** Dimension → members. */
  readonly members: {
    readonly [name: string]: readonly string[];
  };
  readonly min?: string;
  readonly max?: string;
  readonly mayEnter: boolean;
  /** The last windows, the newest first: the one that holds now, and those before it. */
  readonly windows: readonly SheetWindow[];
};

/** `GET /v1/entries` */
export type EntrySheetsAnswer = {
  readonly metrics: readonly EntrySheet[];
};

/** Why an event is refused. `others`: what else is wrong with its data and its time; absent: nothing. */
export type EventRefusal = {
  readonly code: "accumulator_overflow" | "already_resent" | "already_running" | "batch_refused" | "breakdown_unavailable" | "broker_unavailable" | "catalog_conflict" | "catalog_invalid" | "change_breaks" | "config_invalid" | "conflict" | "draft_stale" | "episode_ended" | "event_time_in_future" | "event_time_invalid" | "event_time_missing" | "forbidden" | "grain_unavailable" | "id_missing" | "invalid_parameter" | "invariant_broken" | "link_invalid" | "log_truncated" | "log_unreadable" | "method_not_allowed" | "not_found" | "not_parseable" | "overloaded" | "own_draft" | "past_allowed_lateness" | "port_in_use" | "prerequisite_missing" | "rebuilding" | "redis_evicts" | "redis_unavailable" | "registry_unavailable" | "schema_invalid" | "schema_unknown" | "span_too_long" | "state_newer" | "too_large" | "topic_mismatch" | "type_unknown" | "unauthenticated" | "unreachable" | "unsupported_media_type";
  readonly detail: string;
  readonly pointer?: string;
  readonly others?: readonly Refusal[];
};

export type EventResult = {
  readonly index: number;
  readonly id?: string;
  readonly status: "accepted" | "rejected";
  readonly position?: string;
  readonly error?: EventRefusal;
};

/** Where an event is and what became of it (contract section 3). */
export type EventTrace = {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly position: string;
  readonly appendTime: string;
  readonly eventTime: null | string;
  readonly outcome: "conflict" | "counted" | "dead_lettered" | "duplicate" | "filtered" | "in_flight" | "late";
  /** Of a duplicate or a conflict: the first record of the same identity that its horizon reaches back to. */
  readonly original?: string;
  readonly metrics: readonly MetricTrace[];
};

/** `GET /v1/event-types`: what a file can be mapped to. */
export type EventTypesAnswer = {
  readonly eventTypes: readonly ({
    readonly id: string;
    readonly timeFrom: "append" | "event";
    /** Avro schema of the record under `data`. */
    readonly schema: Json;
  })[];
};

/** `GET /v1/catalog/documents/{kind}/{id}/history` */
export type HistoryAnswer = {
  /** Newest first. */
  readonly items: readonly ({
    readonly revision: number;
    readonly at: string;
    readonly author: string;
    readonly approvedBy?: string;
    readonly origin: "console" | "file";
    readonly version: null | string;
    readonly state: "published" | "retired";
    readonly text: string;
    readonly reason?: string;
  })[];
};

/** `POST /v1/catalog/impact` */
export type ImpactAnswer = {
  /** Whether `catalog apply` would demand `--force`, or refuse. */
  readonly isBreaking: boolean;
  readonly impacts: readonly ({
    readonly code: "breakdown_removed" | "calendar_changed" | "definition_broken" | "field_removed" | "field_renamed" | "field_required" | "field_type_changed" | "grain_removed" | "metric_removed" | "timezone_changed" | "unit_changed" | "values_changed";
    /** `KIND/ID` of what changes. */
    readonly subject: string;
    readonly message: string;
    /** Somebody who changes nothing himself gets errors, or other figures under the same name. */
    readonly isBreaking: boolean;
    /** `KIND/ID` of all that depends on it, whatever the distance; `producers` and `readers` are those outside. */
    readonly affects: readonly string[];
    /** JSON pointer (RFC 6901) into the document of the subject. */
    readonly pointer?: string;
  })[];
};

/** `GET /v1/imports`: the newest first. */
export type ImportsAnswer = {
  readonly imports: readonly ({
    readonly hash: string;
    /** As it was named then: for people. */
    readonly file: string;
    /** Of a workbook, where it is not the first. */
    readonly sheet?: string;
    /** What was made of the content: type, mapping, address, mark. Another one is another import. */
    readonly plan: string;
    readonly startedAt: string;
    readonly finishedAt?: string;
    /** Rows whose batch was answered: an import goes on after them. */
    readonly rows: number;
    readonly accepted: number;
    readonly rejected: number;
  })[];
};

export type InstanceHeartbeat = {
  readonly instance: string;
  readonly lastHeartbeat: string;
  readonly ageSeconds: number;
  /** Where it wrote one lately: in partitions that it writes events to it writes none. */
  readonly partitions: number;
  /** How long its oldest event was waiting for Kafka when it wrote the last one. */
  readonly waitingSeconds: number;
};

export type Json = readonly Json[] | boolean | null | number | {
  readonly [name: string]: unknown;
} | string;

/** `GET /v1/late-events` */
export type LateEventsAnswer = {
  /** The newest first. */
  readonly events: readonly ({
    readonly source: string;
    readonly id: string;
    readonly eventType: string;
    readonly position: string;
    readonly eventTime: string;
    readonly appendTime: string;
    /** How far the watermark was past the event's time. */
    readonly lateBySeconds: number;
    readonly metrics: readonly ({
      readonly metric: string;
      readonly version: string;
    })[];
  })[];
  /** Of all that are kept, by metric; most first. */
  readonly counts: readonly ({
    readonly metric: string;
    readonly events: number;
  })[];
  readonly older: number;
  readonly cursor?: string;
};

/** What was imported of a content. */
export type LedgerEntry = {
  /** As it was named then: for people. */
  readonly file: string;
  /** Of a workbook, where it is not the first. */
  readonly sheet?: string;
  /** What was made of the content: type, mapping, address, mark. Another one is another import. */
  readonly plan: string;
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** Rows whose batch was answered: an import goes on after them. */
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
};

/** `GET /v1/dead-letters/{id}` */
export type LetterAnswer = {
  readonly id: string;
  readonly eventType: string;
  /** `topic/partition/offset` of the record that could not be processed. */
  readonly position: string;
  readonly appendTime: string;
  readonly code: string;
  readonly detail: string;
  readonly sizeBytes: null | number;
  readonly resent: ResendAnswer | null;
  /** Why it cannot be sent again; null: it can. */
  readonly obstacle: null | string;
  readonly key: null | string;
  readonly payload: Payload;
};

export type LetterSummary = {
  readonly id: string;
  readonly eventType: string;
  /** `topic/partition/offset` of the record that could not be processed. */
  readonly position: string;
  readonly appendTime: string;
  readonly code: string;
  readonly detail: string;
  readonly sizeBytes: null | number;
  readonly resent: ResendAnswer | null;
  /** Why it cannot be sent again; null: it can. */
  readonly obstacle: null | string;
};

/** `GET /v1/catalog/lineage/{metric}` */
export type LineageAnswer = {
  readonly metric: string;
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly ({
    /** `KIND/ID` of what is used, and of what uses it. */
    readonly from: string;
    readonly to: string;
    /** What for: `where`, `value`, `dimension store`, `formula`, `driver +`, `calendar`, `plans`, `compared by`, `watches`, `answers for`, `follows`, `shown by`. */
    readonly as: string;
    /** `as` in the reader's language, where that is not English. */
    readonly words?: string;
  })[];
};

export type LineageNode = {
  readonly kind: "AlertRule" | "Calendar" | "Dashboard" | "EventType" | "Field" | "Metric" | "Objective" | "Responsibility" | "Subscription" | "Target";
  readonly id: string;
};

export type ListedNote = {
  readonly id: string;
  /** What it is about. */
  readonly at: string;
  /** The series that it is about; empty: the metric as a whole. */
  readonly labels: {
    readonly [name: string]: string;
  };
  readonly text: string;
  /** `person:ID` */
  readonly by: string;
  readonly writtenAt: string;
  /** Whether whoever asks may take it back. */
  readonly mayRemove: boolean;
};

/** Definitions as services use them: checked, with every default filled in. Documents (YAML) become these in `kernel/catalog`. */
export type LocalizedText = {
  readonly en: string;
  readonly zh?: string;
};

/** `GET /v1/current`: the totals of many metrics, each as `GET /v1/metrics/{id}/current` gives it. */
export type ManyAnswer = {
  readonly metrics: readonly ValuesAnswer[];
  /** Metrics that have no such window. */
  readonly refused: readonly ({
    readonly metric: string;
    readonly code: string;
    readonly detail: string;
  })[];
  readonly cursor?: string;
};

/** One condition on an alert: its `rule`, `metric`, `severity`, or a label of its series. */
export type Matcher = {
  readonly name: string;
  readonly op: "!=" | "!~" | "=" | "=~";
  /** For `=~` and `!~`: alternatives parted by `|`, in which `*` stands for any text. */
  readonly value: string;
};

/** `GET /v1/me` */
export type MeAnswer = {
  readonly person: string;
  /** null: the catalogue has nobody of this name. */
  readonly name: LocalizedText | null;
  /** With all that they include. */
  readonly roles: readonly string[];
  /** Teams that the person is in, through teams of teams. */
  readonly teams: readonly string[];
  /** Why these: they are the person's own; or, as there are none, those of core, of an objective, or the first. */
  readonly choice: "core" | "first" | "objective" | "own";
  /** None without the role reader. */
  readonly metrics: readonly ({
    readonly id: string;
    readonly ties: readonly ("accountable" | "deputy" | "follows" | "owner" | "steward")[];
  })[];
};

/** `GET /v1/metrics/{id}` */
export type MetricAnswer = {
  readonly id: string;
  readonly version: string;
  /** State of the definition: only published ones are served. */
  readonly state: "published";
  readonly projection: "absent" | "live" | "rebuilding";
  readonly name: LocalizedText;
  readonly purpose?: LocalizedText;
  readonly domain?: string;
  /** What readers see of it, where the settings name it. */
  readonly domainName?: LocalizedText;
  readonly process?: string;
  readonly kind: "derived" | "simple";
  /** Manual metrics that its values rest on, itself among them: people entered them. Absent: none. */
  readonly manual?: readonly string[];
  readonly unit: Unit;
  readonly direction: "down" | "none" | "up";
  readonly owner: string;
  readonly ownerName: LocalizedText | null;
  readonly tags: readonly string[];
  readonly timezone: string;
  readonly grains: readonly ("day" | "hour" | "minute")[];
  readonly breakdowns: readonly (readonly string[])[];
  /** What readers see of dimensions, of those that have a name. */
  readonly dimensionNames?: {
    readonly [name: string]: LocalizedText;
  };
  readonly watermark: null | string;
  /** The definition as services use it. */
  readonly definition: {
    readonly [name: string]: unknown;
  };
  /** What follows from the definition. */
  readonly meaning: {
    /** In one line: `sum of data.amount where data.status != "cancelled"`, or the formula over metrics. */
    readonly formula: string;
    /** Whether values may be added up: over members and time, over members only, or not at all. */
    readonly additivity: "additive" | "non-additive" | "semi-additive";
    /** At the scale of the unit. */
    readonly rounding: "half-even";
  };
  readonly lineage: {
    /** Of a derived metric, those of its inputs. */
    readonly eventTypes: readonly string[];
    /** Fields of `data` that are read, by event type: `data.amount`. */
    readonly fields: {
      readonly [name: string]: readonly string[];
    };
    readonly inputs: readonly string[];
  };
  readonly cardinality: {
    readonly series: number;
    /** Series kept per breakdown: `store,channel`; `` is the total. */
    readonly breakdowns: {
      readonly [name: string]: number;
    };
    readonly maxSeries: null | number;
    /** Contributions to cells that found no room, once a grain: they are in the totals only. */
    readonly refused: number;
  };
  readonly dependents: {
    readonly metrics: readonly string[];
    readonly rules: readonly string[];
    readonly targets: readonly string[];
  };
  /** What the rules of quality of the definition find in the values of now. */
  readonly quality: readonly QualityAnswer[];
};

export type MetricSummary = {
  readonly id: string;
  readonly version: string;
  /** State of the definition: only published ones are served. */
  readonly state: "published";
  readonly projection: "absent" | "live" | "rebuilding";
  readonly name: LocalizedText;
  readonly purpose?: LocalizedText;
  readonly domain?: string;
  /** What readers see of it, where the settings name it. */
  readonly domainName?: LocalizedText;
  readonly process?: string;
  readonly kind: "derived" | "simple";
  /** Manual metrics that its values rest on, itself among them: people entered them. Absent: none. */
  readonly manual?: readonly string[];
  readonly unit: Unit;
  readonly direction: "down" | "none" | "up";
  readonly owner: string;
  readonly ownerName: LocalizedText | null;
  readonly tags: readonly string[];
  readonly timezone: string;
  readonly grains: readonly ("day" | "hour" | "minute")[];
  readonly breakdowns: readonly (readonly string[])[];
  /** What readers see of dimensions, of those that have a name. */
  readonly dimensionNames?: {
    readonly [name: string]: LocalizedText;
  };
  readonly watermark: null | string;
};

export type MetricTrace = {
  readonly metric: string;
  readonly version: string;
  readonly outcome: "conflict" | "counted" | "dead_lettered" | "duplicate" | "expired" | "filtered" | "in_flight" | "late";
  readonly window: null | {
    readonly start: string;
    readonly end: string;
  };
  readonly reason: string;
};

export type MetricTree = {
  readonly objectives: readonly ({
    readonly id: string;
    readonly name: LocalizedText;
    readonly owner: string;
    readonly metrics: readonly string[];
  })[];
  readonly metrics: readonly ({
    readonly id: string;
    readonly name: LocalizedText;
    readonly owner: string;
    /** Longest way down to it from a metric that drives nothing; 0 at the top. */
    readonly depth: number;
    /** Of a derived metric, over ids with `_` for `-`. */
    readonly formula?: string;
    /** How many alert rules watch it, not counting paused ones; those of Tidemark itself are none of them. */
    readonly rules: number;
  })[];
  readonly edges: readonly TreeEdge[];
};

/** `GET /v1/metrics` */
export type MetricsAnswer = {
  readonly metrics: readonly MetricSummary[];
  readonly cursor?: string;
};

export type Name = {
  readonly en?: string;
  readonly zh?: string;
};

/** An alert of a driver that explains much of what its parent's alert says. */
export type NamedDriver = {
  readonly alert: string;
  readonly rule: string;
  readonly metric: string;
  readonly labels: {
    readonly [name: string]: string;
  };
  readonly operator: "*" | "+" | "-" | "/" | "influence";
  /** Of the parent's deviation, 1 for all of it; with four places. */
  readonly share: number;
  readonly value: null | string;
  readonly previous: null | string;
  readonly accountable: null | string;
};

/** Another metric of the same inputs, and what the two differ in. */
export type NearAnswer = {
  readonly metric: string;
  readonly reason: string;
  readonly differs: readonly string[];
  /** Where both have values, and their totals rise and fall together: r above 0.95, over closed windows of a grain. */
  readonly alike?: {
    readonly correlation: string;
    readonly windows: number;
    readonly grain: "day" | "hour" | "minute";
  };
};

/** `POST /v1/metrics/{id}/notes` */
export type NoteBody = {
  /** 1 to 2,000 characters. */
  readonly text: string;
  /** An RFC 3339 time, or a date in the metric's zone; default: now. */
  readonly at?: string;
  /** Members of one breakdown of the metric. */
  readonly labels?: {
    readonly [name: string]: string;
  };
};

/** `GET /v1/metrics/{id}/notes`: by their time. */
export type NoteItem = {
  readonly id: string;
  /** What it is about. */
  readonly at: string;
  /** The series that it is about; empty: the metric as a whole. */
  readonly labels: {
    readonly [name: string]: string;
  };
  readonly text: string;
  /** `person:ID` */
  readonly by: string;
  readonly writtenAt: string;
};

export type NotesAnswer = {
  readonly metric: string;
  readonly notes: readonly ListedNote[];
  /** Whether whoever asks may put one on it: owners do. */
  readonly mayAdd: boolean;
};

/** `GET /v1/notifications`: newest first. */
export type NotificationsAnswer = {
  readonly notifications: readonly BrowserNotification[];
};

export type PassedOver = {
  readonly who: string;
  readonly as: "absence" | "accountable" | "deputy" | "escalation" | "fallback" | "metric";
  readonly reason: "absent" | "unknown" | "unreachable";
  /** Of an absence: the date on which he is back. */
  readonly until: null | string;
};

export type PastAnswer = {
  readonly metric: string;
  readonly version: string;
  readonly partitions: readonly ({
    readonly topic: string;
    readonly partition: number;
    /** Up to where the log was counted. */
    readonly next: number;
    /** As far as reading showed it; where it ended early, since nothing later could change the windows, at least this. */
    readonly watermark: null | string;
  })[];
  /** Records that were read for it. */
  readonly records: number;
  /** Windows and series without contributions are left out. */
  readonly cells: readonly ({
    readonly start: string;
    readonly end: string;
    readonly series: string;
    readonly contributions: number;
    /** As on `metric-updates` (kernel/update.ts). */
    readonly accumulators: {
      readonly [name: string]: string;
    };
  })[];
};

export type PastBody = {
  readonly asOf: string;
  readonly version: string;
  /** One that the metric keeps; its cells tile the windows. */
  readonly grain: "day" | "hour" | "minute";
  readonly windows: readonly ({
    readonly start: string;
    readonly end: string;
  })[];
  /** Keys of series (kernel/series.ts). */
  readonly series: readonly string[];
} | {
  readonly cursors: readonly Cursor[];
  readonly version: string;
  /** One that the metric keeps; its cells tile the windows. */
  readonly grain: "day" | "hour" | "minute";
  readonly windows: readonly ({
    readonly start: string;
    readonly end: string;
  })[];
  /** Keys of series (kernel/series.ts). */
  readonly series: readonly string[];
};

/** What a payload looks like; never more than a few kilobytes of it. */
export type Payload = {
  readonly kind: "bytes";
  readonly hex: string;
  readonly isCut: boolean;
} | {
  readonly kind: "event";
  readonly event: Json;
} | {
  readonly kind: "none";
} | {
  readonly kind: "text";
  readonly text: string;
  readonly isCut: boolean;
};

/** `GET /v1/pipeline` */
export type PipelineAnswer = {
  readonly at: string;
  readonly eventTypes: readonly PipelineEventType[];
  readonly projections: readonly PipelineProjection[];
  readonly warnings: readonly string[];
};

export type PipelineEventType = {
  readonly eventType: string;
  readonly topic: string;
  readonly watermark: null | string;
  /** The most that any metric has still to read. */
  readonly lagRecords: number;
  /** Of each ingest instance that wrote one in the last ten minutes. */
  readonly heartbeats: readonly InstanceHeartbeat[];
  readonly partitions: readonly ({
    readonly partition: number;
    readonly logStart: number;
    readonly logEnd: number;
    readonly watermark: null | string;
    /** Append time of the newest record that was applied, heartbeats included, and its age: above a few seconds, ingest or the aggregator stands still. */
    readonly lastRecord: null | string;
    readonly lastRecordAgeSeconds: null | number;
  })[];
  readonly metrics: readonly Conservation[];
};

export type PipelineProjection = {
  readonly metric: string;
  readonly version: string;
  readonly eventType: string;
  readonly generation: null | string;
  readonly state: "absent" | "live" | "rebuilding";
  readonly watermark: null | string;
  readonly series: number;
  readonly refused: number;
  readonly lagRecords: number;
  /** Offsets of its logs from its first on; null while there is no projection or the broker does not tell the end. */
  readonly progress: null | {
    readonly done: number;
    readonly total: number;
    /** At the pace of the last minute; 0 at the end, null while no pace is known. */
    readonly secondsLeft: null | number;
  };
  readonly cursors: readonly ({
    readonly topic: string;
    readonly partition: number;
    readonly first: number;
    readonly next: number;
    readonly end: number;
    readonly watermark: null | string;
    readonly rebuilding: boolean;
    /** Records below the log's start that were never read: the projection lacks them. */
    readonly missing: number;
  })[];
};

export type Point = {
  readonly start: string;
  readonly end: string;
  /** In the calendar that the metric names: `FY2026 Q1`. Of its months, quarters and years, and weeks where years are made of them. */
  readonly name?: string;
  /** null: no value; `reason` says why where it is not simply an empty window. */
  readonly value: null | string;
  /** Events that were counted into the window; for a derived metric those of all its inputs. */
  readonly count: number;
  readonly state: "closed" | "final" | "open" | "rebuilding" | "restated" | "revised";
  /** How often closed windows were changed by late or historical events; of a merged window the sum over its cells. */
  readonly revision: number;
  /** 0–1: the smallest share of the window that the watermark of any source partition has passed. */
  readonly completeness: number;
  /** True where a distinct count is a HyperLogLog's estimate. */
  readonly approximate?: true;
  readonly reason?: string;
  /** What the window is to reach, at the unit's scale; absent where no target is for it. */
  readonly target?: string;
  /** By what was asked for in `compare`. */
  readonly compare?: {
    readonly month?: Compared;
    readonly previous?: Compared;
    readonly quarter?: Compared;
    readonly week?: Compared;
    readonly year?: Compared;
  };
};

/** One who would be told. */
export type PreviewedHearer = {
  readonly receiver: string;
  readonly type: null | string;
  readonly to: null | string;
  readonly name: null | string;
  /** The route's `via`, or `subscription ID`. */
  readonly why: string;
  readonly isInformation: boolean;
  readonly locale: string;
  readonly timezone: string;
  readonly heldUntil: null | string;
};

/** A step of the escalation, and who would be told by it. */
export type PreviewedStep = {
  /** Seconds. */
  readonly after: number;
  readonly to: string;
  readonly hearers: readonly PreviewedHearer[];
};

/** What every refusal and failure answers with. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: "accumulator_overflow" | "already_resent" | "already_running" | "batch_refused" | "breakdown_unavailable" | "broker_unavailable" | "catalog_conflict" | "catalog_invalid" | "change_breaks" | "config_invalid" | "conflict" | "draft_stale" | "episode_ended" | "event_time_in_future" | "event_time_invalid" | "event_time_missing" | "forbidden" | "grain_unavailable" | "id_missing" | "invalid_parameter" | "invariant_broken" | "link_invalid" | "log_truncated" | "log_unreadable" | "method_not_allowed" | "not_found" | "not_parseable" | "overloaded" | "own_draft" | "past_allowed_lateness" | "port_in_use" | "prerequisite_missing" | "rebuilding" | "redis_evicts" | "redis_unavailable" | "registry_unavailable" | "schema_invalid" | "schema_unknown" | "span_too_long" | "state_newer" | "too_large" | "topic_mismatch" | "type_unknown" | "unauthenticated" | "unreachable" | "unsupported_media_type";
  /** What of the request is meant: a JSON pointer (RFC 6901). */
  readonly pointer?: string;
};

export type ProjectionAnswer = {
  /** Up to where the log was counted: the cursors that the stored cells are a function of. */
  readonly cursors: readonly Cursor[];
  /** Where reading began: one horizon before the first event that may be in the windows. */
  readonly readFrom: readonly Cursor[];
  readonly records: number;
  readonly metric: string;
  readonly version: string;
  readonly checked: number;
  readonly differing: number;
  /** The first of them. */
  readonly differences: readonly ({
    readonly kind: "different" | "missing" | "unexpected";
    readonly stored: null | {
      readonly [name: string]: boolean | number | string;
    };
    readonly recounted: null | {
      readonly [name: string]: boolean | number | string;
    };
    readonly metric: string;
    readonly grain: string;
    readonly start: string;
    readonly end: string;
    readonly labels: {
      readonly [name: string]: string;
    };
  })[];
  /** Windows that retention has taken, and cells of series beyond `maxSeries`: rightly nothing is stored of them. */
  readonly expiredWindows: number;
  readonly refusedCells: number;
};

/** In the form of Prometheus' HTTP API. */
export type PrometheusAnswer = {
  readonly status: "error" | "success";
  readonly data?: unknown;
  readonly errorType?: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
};

/** `GET /v1/catalog/prune` */
export type PruneAnswer = {
  readonly at: string;
  /** ISO 8601, as asked. */
  readonly unreadFor: string;
  readonly metrics: number;
  readonly findings: readonly PruneFinding[];
  /** Pairs of the same inputs that could not be compared. */
  readonly unjudged: readonly ({
    readonly metric: string;
    readonly of: string;
    readonly reason: string;
  })[];
  readonly warnings: readonly string[];
};

export type PruneFinding = {
  readonly metric: string;
  readonly code: "near_duplicate" | "unowned" | "unused";
  /** A sentence with the figures that it rests on. */
  readonly reason: string;
  /** The figures, by name. */
  readonly evidence: {
    readonly [name: string]: readonly string[] | null | number | string;
  };
  readonly action: string;
};

/** What a rule of quality found. */
export type QualityAnswer = {
  readonly id: string;
  /** The condition, or `age <= PT10M`. */
  readonly expect: string;
  readonly reason?: string;
  /** Of the windows judged; null for an age. */
  readonly grain: "day" | "hour" | "minute" | null;
  /** Of the newest window that is due, or of the age now. `unknown`: it could not be decided, and `why` says why. */
  readonly state: "broken" | "holds" | "unknown";
  readonly why?: string;
  /** The newest windows that are due: those of which the rule decided, and those of them that broke it. */
  readonly windows: {
    readonly judged: number;
    readonly broken: number;
  };
  /** Those that broke it, the newest first. */
  readonly broken: readonly ({
    readonly start: string;
    readonly end: string;
    /** null: no value; `reason` says why where it is not simply an empty window. */
    readonly value: null | string;
    /** Events that were counted into the window; for a derived metric those of all its inputs. */
    readonly count: number;
    /** 0–1: the smallest share of the window that the watermark of any source partition has passed. */
    readonly completeness: number;
  })[];
  /** How far the watermark lies behind the clock; null where there is none, absent for windows. */
  readonly ageSeconds?: null | number;
};

/** What `POST /v1/metrics/{id}/recount` answers. */
export type RecountAnswer = {
  readonly metric: string;
  readonly version: string;
  readonly labels: {
    readonly [name: string]: string;
  };
  readonly window: {
    readonly start: string;
    readonly end: string;
  };
  readonly value: null | string;
  readonly count: number;
  readonly cursors: readonly Cursor[];
  readonly readFrom: readonly Cursor[];
  readonly records: number;
  readonly events: readonly ({
    readonly metric: string;
    readonly id: string;
    readonly source: string;
    readonly time: string;
    readonly appendTime: string;
    readonly position: string;
    readonly value: null | string;
  })[];
};

/** A refusal as a value: what is wrong with an input, and where (a JSON pointer, RFC 6901). */
export type Refusal = {
  readonly code: "accumulator_overflow" | "already_resent" | "already_running" | "batch_refused" | "breakdown_unavailable" | "broker_unavailable" | "catalog_conflict" | "catalog_invalid" | "change_breaks" | "config_invalid" | "conflict" | "draft_stale" | "episode_ended" | "event_time_in_future" | "event_time_invalid" | "event_time_missing" | "forbidden" | "grain_unavailable" | "id_missing" | "invalid_parameter" | "invariant_broken" | "link_invalid" | "log_truncated" | "log_unreadable" | "method_not_allowed" | "not_found" | "not_parseable" | "overloaded" | "own_draft" | "past_allowed_lateness" | "port_in_use" | "prerequisite_missing" | "rebuilding" | "redis_evicts" | "redis_unavailable" | "registry_unavailable" | "schema_invalid" | "schema_unknown" | "span_too_long" | "state_newer" | "too_large" | "topic_mismatch" | "type_unknown" | "unauthenticated" | "unreachable" | "unsupported_media_type";
  readonly detail: string;
  readonly pointer?: string;
};

/** `POST /v1/dead-letters/resend`: some of those that a filter names; call again while `left` is above 0. */
export type ResendAllAnswer = {
  readonly resent: number;
  readonly left: number;
  readonly refused: readonly ({
    readonly id: string;
    readonly detail: string;
  })[];
};

export type ResendAnswer = {
  readonly by: string;
  readonly at: string;
  /** Where it lies now. */
  readonly position: string;
  readonly historical: boolean;
};

/** `POST /v1/dead-letters/{id}/resend` */
export type ResentAnswer = {
  readonly id: string;
  readonly by: string;
  readonly at: string;
  /** Where it lies now. */
  readonly position: string;
  readonly historical: boolean;
};

/** That nothing, or not all, is judged by a rule, and why: never a state of its alerts. */
export type RuleHealth = {
  readonly rule: string;
  /** It is paused; it cannot be judged; only a part of what it watches is. */
  readonly state: "degraded" | "paused" | "unjudged";
  readonly detail: string;
};

export type Series = {
  readonly labels: {
    readonly [name: string]: string;
  };
  readonly points: readonly Point[];
};

export type SheetWindow = {
  readonly start: string;
  readonly end: string;
  /** In the metric's own calendar: `FY2026 M01`. */
  readonly name?: string;
};

/** A question that changes nothing on its way: `dimension=member`, `!=`, `=~` and `!~` of labels, `metric`, `rule`. */
export type SilenceBody = {
  readonly matchers: readonly (Matcher | string)[];
  readonly kind?: "maintenance" | "silence";
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly for?: string;
  readonly comment?: null | string;
  /** Nothing is written: the answer is what it would cover. */
  readonly preview?: boolean;
};

/** One that somebody ended before its time says who; its end is then. It is shown for another day, as those that ran out. */
export type SilenceShown = {
  readonly id: string;
  readonly kind: "maintenance" | "silence";
  readonly state: "active" | "expired" | "pending";
  readonly matchers: readonly Matcher[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly by: string;
  readonly comment: null | string;
  readonly createdAt: string;
  /** Open alerts that it covers now, whether it is active or not. */
  readonly matches: {
    readonly count: number;
    readonly alerts: readonly AlertItem[];
  };
  readonly endedBy?: string;
};

export type SilenceWritten = {
  readonly preview?: boolean;
  readonly command?: {
    readonly id: string;
    readonly offset: number;
  };
  readonly silence: SilenceShown;
};

/** Who answers over a stretch of dates, half-open, in the metric's zone. */
export type Span = {
  readonly from: string;
  readonly to: string;
  readonly accountable: null | string;
  readonly deputy: null | string;
  readonly via: null | string;
  /** Who is told in fact; null: nobody. */
  readonly answering: Answering | null;
  readonly passedOver: readonly PassedOver[];
  /** No entry holds: the metric's owner or the fallback team answers. */
  readonly isGap: boolean;
  /** Further entries that claim the same series on these dates, and lose. */
  readonly overlaps: readonly ({
    readonly id: string;
    readonly accountable: string;
  })[];
};

export type TablePanel = {
  /** Absent: the name of the metric. */
  readonly title?: LocalizedText;
  readonly width: number;
  readonly height: number;
  readonly metric: string;
  readonly where: {
    readonly [name: string]: string;
  };
  readonly grain: "day" | "hour" | "minute" | "month" | "quarter" | "week" | "year";
  readonly compare?: "month" | "previous" | "quarter" | "week" | "year";
  readonly type: "table";
  readonly by: readonly string[];
  readonly rows: number;
};

export type TextFaultAnswer = {
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly code: string;
  readonly message: string;
};

/** Markdown, of which the console shows a subset. */
export type TextPanel = {
  /** Absent: the name of the metric. */
  readonly title?: LocalizedText;
  readonly width: number;
  readonly height: number;
  readonly type: "text";
  readonly text: LocalizedText;
};

export type TreeEdge = {
  /** The driver, and the metric that it drives. */
  readonly from: string;
  readonly to: string;
  readonly operator: "*" | "+" | "-" | "/" | "influence";
  readonly relation: "influence" | "product" | "ratio" | "sum";
  /** `formula`: arithmetic that the values obey; `declared`: what `drivers` says, where no formula can be asked. */
  readonly source: "declared" | "formula";
};

export type TreePanel = {
  /** Absent: the name of the metric. */
  readonly title?: LocalizedText;
  readonly width: number;
  readonly height: number;
  readonly type: "tree";
  readonly metric: string;
  readonly grain: "day" | "hour" | "minute" | "month" | "quarter" | "week" | "year";
  readonly depth: number;
};

/** Readers see its name in place of its code. */
export type Unit = {
  readonly code: string;
  readonly scale: number;
  readonly name?: LocalizedText;
};

/** What is stored of the window now; undefined where that cannot be read. */
export type ValueNow = {
  readonly value: null | string;
  readonly count: number;
  readonly revision: number;
};

export type ValuePanel = {
  /** Absent: the name of the metric. */
  readonly title?: LocalizedText;
  readonly width: number;
  readonly height: number;
  readonly metric: string;
  readonly where: {
    readonly [name: string]: string;
  };
  readonly grain: "day" | "hour" | "minute" | "month" | "quarter" | "week" | "year";
  readonly compare?: "month" | "previous" | "quarter" | "week" | "year";
  readonly type: "value";
};

/** `GET /v1/metrics/{id}/values`, and `/current` with one point per series: the window that holds now. */
export type ValuesAnswer = {
  readonly metric: string;
  readonly version: string;
  /** As of the metric. */
  readonly manual?: readonly string[];
  readonly unit: Unit;
  readonly timezone: string;
  /** Id of the calendar whose windows these are; absent: the Gregorian. */
  readonly calendar?: string;
  /** As asked: `hour`, `week`, `PT15M`. */
  readonly grain: string;
  /** null while no partition has one. */
  readonly watermark: null | string;
  readonly series: readonly Series[];
  /** What series beyond the metric's `maxSeries` hold together: the total less those that are kept. Of sum and count. */
  readonly other?: {
    readonly points: readonly Point[];
  };
  /** Where values as they were known earlier were asked for. */
  readonly asOf?: AsOfAnswer;
  readonly warnings: readonly string[];
  /** Where the next page begins; absent on the last one. */
  readonly cursor?: string;
};

/** What `POST /v1/metrics/{id}/verify` answers; a derived metric has the projections of all that it reads. */
export type VerifyAnswer = {
  readonly metric: string;
  readonly from: string;
  readonly to: string;
  readonly checked: number;
  readonly differing: number;
  readonly projections: readonly ProjectionAnswer[];
  readonly seconds: number;
};

export type WindowDifference = {
  readonly labels: {
    readonly [name: string]: string;
  };
  readonly start: string;
  readonly end: string;
  readonly before: null | string;
  readonly after: null | string;
  /** What comes on top of it; null where one of them has no value. */
  readonly change: null | string;
};

export type Routes = {
  /** Events, durable when they are answered. */
  'POST /v1/events': {
    query?: {
      /** Events of the past: never late, and nobody is paged for them. Role `historical`. */
      historical?: "false" | "true";
      /** Nothing is written: the answer is what it would be. */
      dryRun?: "false" | "true";
    };
    headers?: {
      /** `handling=strict`: all or nothing. */
      prefer?: string;
    };
    body: CloudEvent | readonly CloudEvent[];
    answer: {
      readonly accepted: number;
      readonly rejected: number;
      readonly results: readonly EventResult[];
    };
  };
  /** The handshake of webhook senders (CloudEvents). */
  'OPTIONS /v1/events': {
    headers?: {
      'webhook-request-origin'?: string;
    };
    answer: unknown;
  };
  /** A value of a `manual` metric, entered by a person. */
  'POST /v1/metrics/{id}/entries': {
    path: {
      id: string;
    };
    body: {
      readonly [name: string]: unknown;
    };
    answer: EntryAnswer;
  };
  /** What was entered for a metric, newest first. */
  'GET /v1/metrics/{id}/entries': {
    path: {
      id: string;
    };
    query?: {
      limit?: number;
      cursor?: string;
    };
    answer: EntriesAnswer;
  };
  /** Where an event is, and why it was (not) counted. */
  'GET /v1/events/{source}/{id}': {
    path: {
      source: string;
      id: string;
    };
    query?: {
      /** `topic/partition/offset`, as ingest answered. */
      position?: string;
      /** About when it was sent: narrows the search. */
      time?: string;
    };
    answer: EventTrace;
  };
  /** Counts windows again from the log, and compares every stored cell. */
  'POST /v1/metrics/{id}/verify': {
    path: {
      id: string;
    };
    body: {
      readonly from: string;
      readonly to: string;
    };
    answer: VerifyAnswer;
  };
  /** Counts one window of one series again from the log, and names the events that contributed most. */
  'POST /v1/metrics/{id}/recount': {
    path: {
      id: string;
    };
    body: {
      readonly start: string;
      readonly end: string;
      readonly labels?: {
        readonly [name: string]: string;
      };
      readonly cursors?: readonly Cursor[];
      readonly version?: string;
      readonly top?: number;
    };
    answer: RecountAnswer;
  };
  /** Windows as they were known earlier: what `asOf` of values is made of. */
  'POST /v1/metrics/{id}/past': {
    path: {
      id: string;
    };
    body: PastBody;
    answer: PastAnswer;
  };
  /** Ends the metric's generation: it is counted anew from the log. */
  'POST /v1/metrics/{id}/rebuild': {
    path: {
      id: string;
    };
    answer: {
      readonly metric: string;
      readonly version: string;
      readonly generation: null | string;
    };
  };
  /** The published metrics, by id. */
  'GET /v1/metrics': {
    query?: {
      limit?: number;
      cursor?: string;
      /** Words that all stand somewhere in id, code, names, purpose, domain, process, owner or tags. */
      q?: string;
      /** `person:ID` or `team:ID`, as the definition names it. */
      owner?: string;
    };
    answer: MetricsAnswer;
  };
  /** A metric: definition, version, lineage, owner, watermark, cardinality, dependents. */
  'GET /v1/metrics/{id}': {
    path: {
      id: string;
    };
    answer: MetricAnswer;
  };
  /** Values of a metric over time. */
  'GET /v1/metrics/{id}/values': {
    path: {
      id: string;
    };
    query?: {
      /** An RFC 3339 time, or a date: midnight in the metric's zone. */
      from?: string;
      to?: string;
      /** `minute` to `year`, a duration such as `PT15M`, `P7D/P1D`, `month-to-date`. */
      grain?: string;
      /** Dimensions, comma-separated. */
      by?: string;
      /** `dimension:member`; may be repeated. */
      where?: readonly string[];
      /** `previous`, `week`, `month`, `quarter`, `year`, comma-separated. */
      compare?: string;
      /** A time, a date, or positions `topic/partition/offset`: values as they were known then. */
      asOf?: string;
      version?: string;
      /** Points a page, 1 to 10,000. */
      limit?: number;
      /** Of the page before. */
      cursor?: string;
      format?: "csv" | "json" | "xlsx";
      /** Of files: what the table is of stands above it. */
      about?: "false" | "true";
      /** Of CSV: a byte order mark comes first, as Excel needs it. */
      bom?: "false" | "true";
    };
    answer: ValuesAnswer;
  };
  /** Values of the window that holds now. */
  'GET /v1/metrics/{id}/current': {
    path: {
      id: string;
    };
    query?: {
      /** Dimensions, comma-separated. */
      by?: string;
      /** `dimension:member`; may be repeated. */
      where?: readonly string[];
      /** `previous`, `week`, `month`, `quarter`, `year`, comma-separated. */
      compare?: string;
      version?: string;
      /** Points a page, 1 to 10,000. */
      limit?: number;
      /** Of the page before. */
      cursor?: string;
      /** As `grain` of values; default: the day. */
      window?: string;
    };
    answer: ValuesAnswer;
  };
  /** Values of many metrics at once, of the window that holds now. */
  'GET /v1/current': {
    answer: ManyAnswer;
  };
  /** What was corrected lately. */
  'GET /v1/corrections': {
    answer: CorrectionsAnswer;
  };
  /** Who asks, and what is his. */
  'GET /v1/me': {
    answer: MeAnswer;
  };
  /** The conservation equation, cursors, lag and watermarks. */
  'GET /v1/pipeline': {
    answer: PipelineAnswer;
  };
  /** Server-sent events `value`, `alert`, `notification`, `catalog`, `note`, `pipeline` and `reset`. */
  'GET /v1/stream': {
    query?: {
      /** May be repeated; without it all are told. */
      metric?: readonly string[];
    };
    headers?: {
      'last-event-id'?: string;
    };
    answer: string;
  };
  /** Messages to the browser of whoever asks, newest first. */
  'GET /v1/notifications': {
    query?: {
      limit?: number;
    };
    answer: NotificationsAnswer;
  };
  /** Dashboards of the catalogue. */
  'GET /v1/dashboards': {
    answer: DashboardsAnswer;
  };
  /** A dashboard with its panels. */
  'GET /v1/dashboards/{id}': {
    path: {
      id: string;
    };
    answer: DashboardAnswer;
  };
  /** Metrics whose values people enter, as far as whoever asks may. */
  'GET /v1/entries': {
    answer: EntrySheetsAnswer;
  };
  /** Notes on the time line of a metric, by their time. */
  'GET /v1/metrics/{id}/notes': {
    path: {
      id: string;
    };
    query?: {
      from?: string;
      to?: string;
    };
    answer: NotesAnswer;
  };
  /** Puts a note on it. */
  'POST /v1/metrics/{id}/notes': {
    path: {
      id: string;
    };
    body: NoteBody;
    answer: NoteItem;
  };
  /** Takes one's own note back; approvers take back what others wrote too. */
  'DELETE /v1/metrics/{id}/notes/{note}': {
    path: {
      id: string;
      note: string;
    };
    answer: NoteItem;
  };
  /** Event types, for those who import files. */
  'GET /v1/event-types': {
    answer: EventTypesAnswer;
  };
  /** Contents that were imported. */
  'GET /v1/imports': {
    answer: ImportsAnswer;
  };
  /** How far the import of a content came; the id is its SHA-256. */
  'GET /v1/imports/{id}': {
    path: {
      id: string;
    };
    answer: {
      /** As it was named then: for people. */
      readonly file: string;
      /** Of a workbook, where it is not the first. */
      readonly sheet?: string;
      /** What was made of the content: type, mapping, address, mark. Another one is another import. */
      readonly plan: string;
      readonly startedAt: string;
      readonly finishedAt?: string;
      /** Rows whose batch was answered: an import goes on after them. */
      readonly rows: number;
      readonly accepted: number;
      readonly rejected: number;
      readonly hash: string;
    };
  };
  /** Notes how far it came. */
  'PUT /v1/imports/{id}': {
    path: {
      id: string;
    };
    body: LedgerEntry;
    answer: unknown;
  };
  /** Objectives, metrics and what drives them. */
  'GET /v1/tree': {
    answer: MetricTree;
  };
  /** Metrics that could go: near-duplicates, unread and ownerless ones. */
  'GET /v1/catalog/prune': {
    query?: {
      /** A duration such as P30D. */
      unreadFor?: string;
    };
    headers?: {
      'accept-language'?: string;
    };
    answer: PruneAnswer;
  };
  /** From event field over metrics to rules and followers. */
  'GET /v1/catalog/lineage/{metric}': {
    path: {
      metric: string;
    };
    headers?: {
      'accept-language'?: string;
    };
    answer: LineageAnswer;
  };
  /** What documents would do, published as they are; nothing is written. */
  'POST /v1/catalog/impact': {
    headers?: {
      'accept-language'?: string;
    };
    body: {
      readonly documents?: readonly Json[];
      /** `KIND/ID`. */
      readonly withdraw?: readonly string[];
    };
    answer: ImpactAnswer;
  };
  /** The documents of the catalogue with their states. */
  'GET /v1/catalog/documents': {
    query?: {
      limit?: number;
      cursor?: string;
      kind?: string;
      state?: string;
      q?: string;
      owner?: string;
      domain?: string;
    };
    answer: DocumentsAnswer;
  };
  /** A document: what is published, and its draft. */
  'GET /v1/catalog/documents/{kind}/{id}': {
    path: {
      kind: string;
      id: string;
    };
    headers?: {
      'accept-language'?: string;
    };
    answer: DocumentAnswer;
  };
  /** Its versions, newest first. */
  'GET /v1/catalog/documents/{kind}/{id}/history': {
    path: {
      kind: string;
      id: string;
    };
    answer: HistoryAnswer;
  };
  /** What a draft in review would change in values. */
  'GET /v1/catalog/drafts/{kind}/{id}/difference': {
    path: {
      kind: string;
      id: string;
    };
    answer: DifferenceAnswer;
  };
  /** Checks a document as publishing would. */
  'POST /v1/catalog/check': {
    headers?: {
      'accept-language'?: string;
    };
    body: {
      readonly text: string;
    };
    answer: CheckAnswer;
  };
  /** Writes a draft. */
  'PUT /v1/catalog/drafts/{kind}/{id}': {
    path: {
      kind: string;
      id: string;
    };
    headers?: {
      'accept-language'?: string;
    };
    body: {
      readonly text: string;
      readonly note?: string;
      readonly base?: string;
    };
    answer: DocumentAnswer;
  };
  /** Drops a draft. */
  'DELETE /v1/catalog/drafts/{kind}/{id}': {
    path: {
      kind: string;
      id: string;
    };
    headers?: {
      'accept-language'?: string;
    };
    body: {
      readonly base?: string;
    };
    answer: DocumentAnswer;
  };
  /** Hands a draft in. */
  'POST /v1/catalog/drafts/{kind}/{id}/submit': {
    path: {
      kind: string;
      id: string;
    };
    headers?: {
      'accept-language'?: string;
    };
    body: {
      readonly note?: string;
      readonly base?: string;
    };
    answer: DocumentAnswer;
  };
  /** Takes it back. */
  'POST /v1/catalog/drafts/{kind}/{id}/withdraw': {
    path: {
      kind: string;
      id: string;
    };
    headers?: {
      'accept-language'?: string;
    };
    body: {
      readonly base?: string;
    };
    answer: DocumentAnswer;
  };
  /** Sends it back, with the reason. */
  'POST /v1/catalog/drafts/{kind}/{id}/reject': {
    path: {
      kind: string;
      id: string;
    };
    headers?: {
      'accept-language'?: string;
    };
    body: {
      readonly reason: string;
      readonly base?: string;
    };
    answer: DocumentAnswer;
  };
  /** Publishes it; nobody approves their own. */
  'POST /v1/catalog/drafts/{kind}/{id}/approve': {
    path: {
      kind: string;
      id: string;
    };
    headers?: {
      'accept-language'?: string;
    };
    body: {
      /** What the change would break was seen. */
      readonly acceptsBreaks?: boolean;
      readonly note?: string;
      readonly base?: string;
    };
    answer: DocumentAnswer;
  };
  /** Takes a published document out of use. */
  'POST /v1/catalog/documents/{kind}/{id}/retire': {
    path: {
      kind: string;
      id: string;
    };
    headers?: {
      'accept-language'?: string;
    };
    body: {
      /** What the change would break was seen. */
      readonly acceptsBreaks?: boolean;
      readonly reason: string;
      readonly base?: string;
    };
    answer: DocumentAnswer;
  };
  /** Publishes an earlier version again. */
  'POST /v1/catalog/documents/{kind}/{id}/rollback': {
    path: {
      kind: string;
      id: string;
    };
    headers?: {
      'accept-language'?: string;
    };
    body: {
      /** What the change would break was seen. */
      readonly acceptsBreaks?: boolean;
      readonly revision: number;
      readonly base?: string;
    };
    answer: DocumentAnswer;
  };
  /** Records that could not be processed. */
  'GET /v1/dead-letters': {
    answer: DeadLettersAnswer;
  };
  /** One of them, with its payload. */
  'GET /v1/dead-letters/{id}': {
    path: {
      id: string;
    };
    answer: LetterAnswer;
  };
  /** Sends it again, as it was or corrected. */
  'POST /v1/dead-letters/{id}/resend': {
    path: {
      id: string;
    };
    body: {
      readonly [name: string]: unknown;
    };
    answer: ResentAnswer;
  };
  /** Sends many again. */
  'POST /v1/dead-letters/resend': {
    body: {
      readonly [name: string]: unknown;
    };
    answer: ResendAllAnswer;
  };
  /** Events past allowed lateness. */
  'GET /v1/late-events': {
    answer: LateEventsAnswer;
  };
  /** Current business values for a Prometheus scrape. */
  'GET /metrics/kpi': {
    answer: string;
  };
  /** Questions of assistants, by the Model Context Protocol. */
  'POST /mcp': {
    headers?: {
      'accept-language'?: string;
    };
    body: {
      readonly jsonrpc: "2.0";
      readonly id?: number | string;
      readonly method: string;
      readonly params?: {
        readonly [name: string]: unknown;
      };
    };
    answer: {
      readonly [name: string]: unknown;
    };
  };
  /** This document. */
  'GET /openapi.json': {
    answer: {
      readonly [name: string]: unknown;
    };
  };
  /** The topics, as an AsyncAPI 3.0 document; event types are named to those who may read. */
  'GET /asyncapi.json': {
    answer: {
      readonly [name: string]: unknown;
    };
  };
  /** PromQL at an instant. */
  'GET /prometheus/api/v1/query': {
    query: {
      query: string;
      time?: string;
      timeout?: string;
    };
    answer: PrometheusAnswer;
  };
  /** PromQL over a range. */
  'GET /prometheus/api/v1/query_range': {
    query: {
      query: string;
      start: string;
      end: string;
      step: string;
      timeout?: string;
    };
    answer: PrometheusAnswer;
  };
  /** Series that match. */
  'GET /prometheus/api/v1/series': {
    query?: {
      'match[]'?: readonly string[];
      limit?: number;
    };
    answer: PrometheusAnswer;
  };
  /** Names of labels. */
  'GET /prometheus/api/v1/labels': {
    query?: {
      'match[]'?: readonly string[];
      limit?: number;
    };
    answer: PrometheusAnswer;
  };
  /** Values of a label. */
  'GET /prometheus/api/v1/label/{name}/values': {
    path: {
      name: string;
    };
    query?: {
      'match[]'?: readonly string[];
      limit?: number;
    };
    answer: PrometheusAnswer;
  };
  /** Types and helps of metrics. */
  'GET /prometheus/api/v1/metadata': {
    query?: {
      metric?: string;
      limit?: number;
    };
    answer: PrometheusAnswer;
  };
  /** Which API this is. */
  'GET /prometheus/api/v1/status/buildinfo': {
    answer: PrometheusAnswer;
  };
  /** Rules, as Grafana shows them. */
  'GET /prometheus/api/v1/rules': {
    answer: PrometheusAnswer;
  };
  /** Alerts that are open. */
  'GET /prometheus/api/v1/alerts': {
    answer: PrometheusAnswer;
  };
  /** The alerts, the newest change first. */
  'GET /v1/alerts': {
    query?: {
      state?: string;
      owner?: string;
      metric?: string;
      severity?: string;
      cursor?: string;
      limit?: number;
    };
    answer: {
      readonly alerts: readonly AlertItem[];
      readonly cursor: null | string;
      /** Rules by which nothing, or not all, is judged. */
      readonly health: readonly RuleHealth[];
    };
  };
  /** An alert: its episode, time line, evidence and deliveries. */
  'GET /v1/alerts/{id}': {
    path: {
      id: string;
    };
    answer: {
      readonly id: string;
      readonly rule: string;
      /** Of the rule as it is published now; null when it is there no more. */
      readonly name: LocalizedText | null;
      readonly condition: null | string;
      readonly runbook: null | string;
      /** Whether its rule is paused: nothing is judged. */
      readonly paused: boolean;
      readonly severity: string;
      readonly metric: string;
      readonly labels: {
        readonly [name: string]: string;
      };
      readonly state: string;
      readonly episode: null | string;
      readonly startedAt: null | string;
      readonly endedAt: null | string;
      readonly outcome: null | string;
      /** Of the newest look, as the previous one, the threshold and the window. */
      readonly value: null | string;
      readonly previous: null | string;
      readonly threshold: null | string;
      readonly worst: null | string;
      readonly recovered: null | string;
      readonly window: null | {
        readonly start: string;
        readonly end: string;
        readonly state: "closed" | "final" | "open" | "restated" | "revised";
        readonly revision: number;
      };
      /** Event types that were silent when it was last looked at: nothing is concluded meanwhile. */
      readonly lacking: readonly string[];
      /** Whether it was red already when its rule was taken up. */
      readonly alreadyBreached: boolean;
      /** Alerts of metrics below this one that explain it, as far as they were known when it fired. */
      readonly drivers: readonly NamedDriver[];
      readonly owner: {
        readonly accountable: null | string;
        readonly accountableName: LocalizedText | null;
        readonly deputy: null | string;
        readonly deputyName: LocalizedText | null;
        readonly via: null | string;
      };
      /** Who saw to the open episode, and until when that holds. */
      readonly acknowledged: null | {
        readonly by: string;
        readonly at: string;
        readonly until: string;
        readonly comment: null | string;
      };
      /** Why its messages are withheld: `silence ID`, `maintenance ID`, `snoozed`, `closed`. */
      readonly mutedBy: null | string;
      readonly snoozedUntil: null | string;
      readonly assignee: null | string;
      readonly closed: null | {
        readonly by: string;
        readonly at: string;
        readonly comment: null | string;
      };
      /** Steps taken of the escalation, of how many; when the next one is due and who is told then. */
      readonly escalation: null | {
        readonly step: number;
        readonly of: number;
        readonly nextAt: null | string;
        readonly nextTo: null | string;
      };
      readonly changedAt: null | string;
      readonly evidence: null | {
        readonly at: string;
        readonly verdict: "absent" | "breach" | "clear" | "in_band" | "inconclusive";
        readonly value: null | string;
        readonly count: number;
        readonly previous: null | string;
        readonly lookBack: null | {
          readonly baseline?: null | string;
          readonly samePeriodLastMonth?: null | string;
          readonly samePeriodLastWeek?: null | string;
          readonly samePeriodLastYear?: null | string;
          readonly target?: null | string;
        };
        readonly threshold: null | string;
        readonly completeness: number;
        readonly watermark: string;
        readonly cursors: readonly Cursor[];
        readonly window: {
          readonly start: string;
          readonly end: string;
          readonly state: "closed" | "final" | "open" | "restated" | "revised";
          readonly revision: number;
        };
        readonly metricVersion: string;
        readonly ruleVersion: string;
      };
      readonly comments: readonly ({
        readonly by: string;
        readonly at: string;
        readonly text: string;
        readonly episode: null | string;
      })[];
      readonly timeline: readonly ({
        readonly transition: "acknowledged" | "assigned" | "cleared" | "closed" | "commented" | "corrected" | "delivered" | "escalated" | "feedback" | "firing" | "nodata" | "not_delivered" | "pending" | "recovering" | "released" | "repeated" | "resolved" | "revised" | "silenced" | "snoozed" | "unacknowledged" | "unmuted" | "unsnoozed";
        readonly reason: string;
        readonly at: string;
        readonly state: "firing" | "nodata" | "ok" | "pending" | "recovering";
        readonly value: null | string;
        readonly window: null | {
          readonly start: null | string;
          readonly end: null | string;
        };
      })[];
      readonly deliveries: readonly ({
        readonly id: string;
        readonly episode: string;
        readonly receiver: string;
        readonly to: null | string;
        readonly kind: "assigned" | "corrected" | "digest" | "escalated" | "firing" | "nodata" | "repeated" | "resolved" | "unmuted";
        readonly decidedAt: string;
        readonly status: "delivered" | "disabled" | "given_up" | "waiting";
        readonly attempts: number;
        readonly detail: string;
        readonly nextAttemptAt: null | string;
      })[];
    };
  };
  /** Why an alert fired: its value counted again, the events that contributed most, who was told and why he. */
  'GET /v1/alerts/{id}/explain': {
    path: {
      id: string;
    };
    answer: {
      readonly alert: string;
      readonly episode: null | string;
      readonly rule: string;
      readonly condition: null | string;
      readonly metric: string;
      readonly version: string;
      readonly labels: {
        readonly [name: string]: string;
      };
      readonly state: "firing" | "nodata" | "ok" | "pending" | "recovering";
      readonly window: {
        readonly start: string;
        readonly end: string;
      };
      readonly atAlert: {
        readonly at: string;
        readonly verdict: "absent" | "breach" | "clear" | "in_band" | "inconclusive";
        readonly value: null | string;
        readonly count: number;
        readonly previous: null | string;
        readonly lookBack: null | {
          readonly baseline?: null | string;
          readonly samePeriodLastMonth?: null | string;
          readonly samePeriodLastWeek?: null | string;
          readonly samePeriodLastYear?: null | string;
          readonly target?: null | string;
        };
        readonly threshold: null | string;
        readonly completeness: number;
        readonly watermark: string;
        readonly cursors: readonly Cursor[];
      };
      readonly recounted: null | {
        readonly value: null | string;
        readonly count: number;
        readonly records: number;
        readonly readFrom: readonly Cursor[];
        readonly isEqual: boolean;
      };
      readonly recountFault: Refusal | null;
      readonly now: ValueNow | null;
      readonly events: readonly unknown[];
      readonly route: null | {
        readonly accountable: null | string;
        readonly deputy: null | string;
        readonly via: null | string;
        readonly why: string;
        readonly receivers: readonly string[];
      };
      readonly timeline: readonly ({
        readonly at: string;
        readonly transition: "acknowledged" | "assigned" | "cleared" | "closed" | "commented" | "corrected" | "delivered" | "escalated" | "feedback" | "firing" | "nodata" | "not_delivered" | "pending" | "recovering" | "released" | "repeated" | "resolved" | "revised" | "silenced" | "snoozed" | "unacknowledged" | "unmuted" | "unsnoozed";
        readonly reason: string;
        readonly state: "firing" | "nodata" | "ok" | "pending" | "recovering";
        readonly value: null | string;
      })[];
    };
  };
  /** Somebody sees to it: escalation ends. */
  'POST /v1/alerts/{id}/ack': {
    path: {
      id: string;
    };
    headers?: {
      /** The same key of the same person counts once. */
      'idempotency-key'?: string;
    };
    body: {
      readonly until?: null | string;
      readonly for?: string;
      readonly comment?: null | string;
    };
    answer: CommandAnswer;
  };
  /** Nobody sees to it any more. */
  'POST /v1/alerts/{id}/unack': {
    path: {
      id: string;
    };
    headers?: {
      /** The same key of the same person counts once. */
      'idempotency-key'?: string;
    };
    body: {
      readonly comment?: null | string;
    };
    answer: CommandAnswer;
  };
  /** Its messages are withheld for a while; `until: null` ends that. */
  'POST /v1/alerts/{id}/snooze': {
    path: {
      id: string;
    };
    headers?: {
      /** The same key of the same person counts once. */
      'idempotency-key'?: string;
    };
    body: {
      readonly until?: null | string;
      readonly for?: string;
      readonly comment?: null | string;
    };
    answer: CommandAnswer;
  };
  /** Who sees to it; null: nobody. */
  'POST /v1/alerts/{id}/assign': {
    path: {
      id: string;
    };
    headers?: {
      /** The same key of the same person counts once. */
      'idempotency-key'?: string;
    };
    body: {
      readonly to: null | string;
      readonly comment?: null | string;
    };
    answer: CommandAnswer;
  };
  /** A note on the time line. */
  'POST /v1/alerts/{id}/comment': {
    path: {
      id: string;
    };
    headers?: {
      /** The same key of the same person counts once. */
      'idempotency-key'?: string;
    };
    body: {
      readonly text: string;
    };
    answer: CommandAnswer;
  };
  /** Ends the messages of this episode; the condition stays what it is. */
  'POST /v1/alerts/{id}/close': {
    path: {
      id: string;
    };
    headers?: {
      /** The same key of the same person counts once. */
      'idempotency-key'?: string;
    };
    body: {
      readonly comment?: null | string;
    };
    answer: CommandAnswer;
  };
  /** Whether the episode was worth telling. */
  'POST /v1/alerts/{id}/feedback': {
    path: {
      id: string;
    };
    headers?: {
      /** The same key of the same person counts once. */
      'idempotency-key'?: string;
    };
    body: {
      readonly verdict: "expected" | "false-alarm" | "new-normal" | "real";
      readonly cause?: null | string;
    };
    answer: CommandAnswer;
  };
  /** Silences and maintenance windows, the newest first. */
  'GET /v1/silences': {
    answer: {
      readonly silences: readonly SilenceShown[];
    };
  };
  /** Silences what matches, until it ends. */
  'POST /v1/silences': {
    headers?: {
      /** The same key of the same person counts once. */
      'idempotency-key'?: string;
    };
    body: SilenceBody;
    answer: SilenceWritten;
  };
  /** Ends a silence. */
  'DELETE /v1/silences/{id}': {
    path: {
      id: string;
    };
    headers?: {
      /** The same key of the same person counts once. */
      'idempotency-key'?: string;
    };
    answer: SilenceWritten;
  };
  /** Who would be told of an alert of this series, why, when and by what. */
  'POST /v1/routes/preview': {
    body: {
      readonly metric?: string;
      readonly rule?: string;
      readonly labels?: {
        readonly [name: string]: string;
      };
      readonly severity?: "critical" | "info" | "warning";
      /** A time, or a date in the metric's zone; default now. */
      readonly at?: string;
    };
    answer: {
      readonly metric: string;
      readonly labels: {
        readonly [name: string]: string;
      };
      readonly rule: null | string;
      readonly severity: "critical" | "info" | "warning";
      readonly at: string;
      readonly accountable: null | string;
      readonly deputy: null | string;
      readonly via: null | string;
      readonly answering: Answering | null;
      readonly passedOver: readonly PassedOver[];
      readonly hearers: readonly PreviewedHearer[];
      readonly escalation: readonly PreviewedStep[];
    };
  };
  /** Who answers for what, by local dates. */
  'GET /v1/responsibilities': {
    query?: {
      metric?: string;
      from?: string;
      to?: string;
    };
    answer: {
      readonly from: string;
      readonly to: string;
      readonly responsibilities: readonly Coverage[];
    };
  };
  /** When a rule would have fired over stored history. */
  'POST /v1/rules/test': {
    body: {
      /** A published one. */
      readonly rule?: string;
      /** A draft. */
      readonly document?: readonly Json[] | boolean | null | number | {
        readonly [name: string]: unknown;
      } | string;
      /** A draft in YAML. */
      readonly text?: string;
      /** A time, or a date in the metric's zone, as `to`. */
      readonly from: string;
      readonly to?: string;
      readonly chart?: {
        readonly labels?: {
          readonly [name: string]: string;
        };
      };
    };
    answer: BackTestAnswer;
  };
  /** How a rule has done; `health` is null where it is judged in full. */
  'GET /v1/rules/{id}/review': {
    path: {
      id: string;
    };
    query?: {
      from?: string;
      to?: string;
    };
    answer: {
      readonly rule: string;
      readonly from: null | string;
      readonly to: string;
      /** Since when `alerts` is known: what it no longer holds is in no number here. */
      readonly since: null | string;
      readonly fired: number;
      readonly firing: number;
      readonly acknowledged: number;
      readonly acted: number;
      /** Over, and nobody acknowledged, acted, or said anything. */
      readonly ignored: number;
      readonly retracted: number;
      readonly flaps: number;
      readonly nearMisses: number;
      readonly delivered: number;
      readonly notDelivered: number;
      readonly secondsToAcknowledge: {
        readonly median: null | number;
        readonly p90: null | number;
      };
      readonly feedback: {
        readonly expected: number;
        readonly 'false-alarm': number;
        readonly 'new-normal': number;
        readonly real: number;
      };
      /** Share of `real` among the episodes that somebody judged, at four places; null while nobody did. */
      readonly precision: null | number;
      readonly causes: readonly ({
        readonly cause: string;
        readonly verdict: "expected" | "false-alarm" | "new-normal" | "real";
        readonly episodes: number;
      })[];
      readonly health: RuleHealth | null;
    };
  };
  /** Sends one message to the receiver by the path that alerts take; one that arrives ends its `receiver-unreachable`. */
  'POST /v1/receivers/{id}/test': {
    path: {
      id: string;
    };
    answer: {
      readonly receiver: string;
      readonly outcome: string;
      readonly detail: string;
    };
  };
  /** Messages go again to a receiver that answered 410. */
  'POST /v1/receivers/{id}/enable': {
    path: {
      id: string;
    };
    answer: {
      readonly receiver: string;
      readonly wasDisabled: boolean;
    };
  };
  /** A follower wants no more of a subscription. */
  'POST /v1/subscriptions/{id}/unsubscribe': {
    path: {
      id: string;
    };
    answer: unknown;
  };
  /** A follower wants it again. */
  'POST /v1/subscriptions/{id}/subscribe': {
    path: {
      id: string;
    };
    answer: unknown;
  };
  /** What a signed link of a message may do to its alert: a page with a button for each. */
  'GET /v1/ack/{token}': {
    path: {
      token: string;
    };
    answer: string;
  };
  /** Does it, each deed once: `verb` of the form, `ack` where none is said; `for`, `to`, `text`. */
  'POST /v1/ack/{token}': {
    path: {
      token: string;
    };
    answer: string;
  };
  /** What the link at the foot of a mail would end: a page. */
  'GET /v1/unsubscribe/{token}': {
    path: {
      token: string;
    };
    answer: string;
  };
  /** Ends it (RFC 8058: one click). */
  'POST /v1/unsubscribe/{token}': {
    path: {
      token: string;
    };
    answer: string;
  };
  /** The process lives. */
  'GET /healthz': {
    answer: {
      readonly status: "ok";
    };
  };
  /** The process can do its job; 503 with what is missing. */
  'GET /readyz': {
    answer: {
      readonly ready: boolean;
      readonly missing: readonly string[];
    };
  };
  /** Telemetry of the pipeline for Prometheus, as OpenMetrics where that is asked for. */
  'GET /metrics': {
    answer: string;
  };
};
