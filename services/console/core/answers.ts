import type { Condition, TransitionKind } from '../../kernel/alert.ts';
import type {
  Direction,
  LocalizedText,
  OwnerRef,
  Severity,
  Unit,
} from '../../kernel/definitions.ts';
import type { Additivity } from '../../kernel/catalog/metric-fields.ts';
import type { Cursor } from '../../kernel/update.ts';
import type { Grain, WindowState } from '../../kernel/window.ts';
import type { Comparison } from './compare.ts';
import type { InstanceHeartbeat } from './pipeline-heartbeats.ts';
import type { QualityAnswer } from './quality.ts';

/** The JSON that the read API answers with. Times are RFC 3339 in UTC, values decimal strings at the unit's scale. */

/** `rebuilding`: the value is being recomputed from the log, so none is shown. */
export type PointState = WindowState | 'rebuilding';

export type Point = {
  readonly start: string;
  readonly end: string;
  /** In the calendar that the metric names: `FY2026 Q1`. Of its months, quarters and years, and weeks where years are made of them. */
  readonly name?: string;
  /** null: no value; `reason` says why where it is not simply an empty window. */
  readonly value: string | null;
  /** Events that were counted into the window; for a derived metric those of all its inputs. */
  readonly count: number;
  readonly state: PointState;
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
  readonly compare?: Readonly<Partial<Record<Comparison, Compared>>>;
};
/** The window that a point is compared with, and how far it differs. */
export type Compared = {
  readonly start: string;
  readonly end: string;
  readonly value: string | null;
  readonly state: PointState;
  /** The point's value less this one, at the unit's scale. */
  readonly difference: string | null;
  /** The point's value divided by this one, six places, rounded half to even. */
  readonly ratio: string | null;
  /** Why there is no difference, or no ratio. */
  readonly reason?: string;
};
export type Series = {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
};

/** What values of the past are a function of. */
export type AsOfAnswer = {
  /** The instant asked for; null where cursors were. */
  readonly at: string | null;
  /** The log was counted below these. */
  readonly cursors: readonly Cursor[];
  /** Records that were read for it. */
  readonly records: number;
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
  readonly watermark: string | null;
  readonly series: readonly Series[];
  /** What series beyond the metric's `maxSeries` hold together: the total less those that are kept. Of sum and count. */
  readonly other?: { readonly points: readonly Point[] };
  /** Where values as they were known earlier were asked for. */
  readonly asOf?: AsOfAnswer;
  readonly warnings: readonly string[];
  /** Where the next page begins; absent on the last one. */
  readonly cursor?: string;
};

/** `live`: values are shown; `rebuilding`: being filled from the log; `absent`: no aggregator has begun it yet. */
export type ProjectionState = 'live' | 'rebuilding' | 'absent';

export type MetricSummary = {
  readonly id: string;
  readonly version: string;
  /** State of the definition: only published ones are served. */
  readonly state: 'published';
  readonly projection: ProjectionState;
  readonly name: LocalizedText;
  readonly purpose?: LocalizedText;
  readonly domain?: string;
  /** What readers see of it, where the settings name it. */
  readonly domainName?: LocalizedText;
  readonly process?: string;
  readonly kind: 'simple' | 'derived';
  /** Manual metrics that its values rest on, itself among them: people entered them. Absent: none. */
  readonly manual?: readonly string[];
  readonly unit: Unit;
  readonly direction: Direction;
  readonly owner: OwnerRef;
  readonly ownerName: LocalizedText | null;
  readonly tags: readonly string[];
  readonly timezone: string;
  readonly grains: readonly Grain[];
  readonly breakdowns: readonly (readonly string[])[];
  /** What readers see of dimensions, of those that have a name. */
  readonly dimensionNames?: Readonly<Record<string, LocalizedText>>;
  readonly watermark: string | null;
};
/** `GET /v1/metrics` */
export type MetricsAnswer = {
  readonly metrics: readonly MetricSummary[];
  readonly cursor?: string;
};

/** `GET /v1/metrics/{id}` */
export type MetricAnswer = MetricSummary & {
  /** The definition as services use it. */
  readonly definition: Readonly<Record<string, unknown>>;
  /** What follows from the definition. */
  readonly meaning: {
    /** In one line: `sum of data.amount where data.status != "cancelled"`, or the formula over metrics. */
    readonly formula: string;
    /** Whether values may be added up: over members and time, over members only, or not at all. */
    readonly additivity: Additivity;
    /** At the scale of the unit. */
    readonly rounding: 'half-even';
  };
  readonly lineage: {
    /** Of a derived metric, those of its inputs. */
    readonly eventTypes: readonly string[];
    /** Fields of `data` that are read, by event type: `data.amount`. */
    readonly fields: Readonly<Record<string, readonly string[]>>;
    readonly inputs: readonly string[];
  };
  readonly cardinality: {
    readonly series: number;
    /** Series kept per breakdown: `store,channel`; `` is the total. */
    readonly breakdowns: Readonly<Record<string, number>>;
    readonly maxSeries: number | null;
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
export type PipelineEventType = {
  readonly eventType: string;
  readonly topic: string;
  readonly watermark: string | null;
  /** The most that any metric has still to read. */
  readonly lagRecords: number;
  /** Of each ingest instance that wrote one in the last ten minutes. */
  readonly heartbeats: readonly InstanceHeartbeat[];
  readonly partitions: readonly {
    readonly partition: number;
    readonly logStart: number;
    readonly logEnd: number;
    readonly watermark: string | null;
    /** Append time of the newest record that was applied, heartbeats included, and its age: above a few seconds, ingest or the aggregator stands still. */
    readonly lastRecord: string | null;
    readonly lastRecordAgeSeconds: number | null;
  }[];
  readonly metrics: readonly Conservation[];
};
export type PipelineProjection = {
  readonly metric: string;
  readonly version: string;
  readonly eventType: string;
  readonly generation: string | null;
  readonly state: ProjectionState;
  readonly watermark: string | null;
  readonly series: number;
  readonly refused: number;
  readonly lagRecords: number;
  /** Offsets of its logs from its first on; null while there is no projection or the broker does not tell the end. */
  readonly progress: {
    readonly done: number;
    readonly total: number;
    /** At the pace of the last minute; 0 at the end, null while no pace is known. */
    readonly secondsLeft: number | null;
  } | null;
  readonly cursors: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly first: number;
    readonly next: number;
    readonly end: number;
    readonly watermark: string | null;
    readonly rebuilding: boolean;
    /** Records below the log's start that were never read: the projection lacks them. */
    readonly missing: number;
  }[];
};
/** `GET /v1/pipeline` */
export type PipelineAnswer = {
  readonly at: string;
  readonly eventTypes: readonly PipelineEventType[];
  readonly projections: readonly PipelineProjection[];
  readonly warnings: readonly string[];
};

/** Data of the events of `GET /v1/stream`, by event name; `reset` says that events were lost: read anew. */
export type ValueEvent = {
  readonly metric: string;
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly grain: Grain;
  readonly start: string;
  readonly end: string;
  readonly value: string | null;
  readonly count: number;
  readonly state: PointState;
  readonly revision: number;
  readonly watermark: string | null;
};
export type AlertEvent = {
  readonly id: string;
  readonly episode: string | null;
  readonly rule: string;
  readonly severity: Severity;
  readonly state: Condition;
  readonly transition: TransitionKind;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly at: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly window: { readonly start: string; readonly end: string } | null;
  readonly value: string | null;
  readonly threshold: string | null;
  readonly accountable: string | null;
};
/** Documents of the catalogue that were drafted, reviewed, published or retired. */
export type CatalogEvent = {
  readonly documents: readonly { readonly kind: string; readonly id: string }[];
};
/** Notes of the metric were put or taken back. */
export type NoteEvent = { readonly metric: string };
export type PipelineEvent = {
  readonly at: string;
  readonly watermarks: readonly {
    readonly metric: string;
    readonly version: string;
    readonly watermark: string | null;
  }[];
};
