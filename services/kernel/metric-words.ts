import type { LocalizedText, OwnerRef } from './definitions.ts';
import type { DurationMs } from './time.ts';
import type { Grain } from './window.ts';

/** What must hold for a metric to be trusted; judged by kernel/catalog/quality.ts and the console. */
export type QualityRule = {
  readonly id: string;
  readonly reason?: string;
  /** CEL over value, count and completeness that every window that is due holds. Either this or `maxAgeMs`. */
  readonly expect?: string;
  /** Of the windows; absent: the longest that the metric keeps. */
  readonly grain?: Grain;
  /** A window is due when the watermark passed its end, at the latest this long after it. Absent: a quarter of an hour. */
  readonly withinMs?: DurationMs;
  /** How far the metric's watermark may lie behind the clock. */
  readonly maxAgeMs?: DurationMs;
};

/** What is said of a metric for people; no value depends on it. */
export type MetricWords = {
  /** By which the organisation's own list of KPIs names it. */
  readonly code?: string;
  readonly aliases?: readonly string[];
  /** What is counted and what is not, in words. */
  readonly definition?: LocalizedText;
  readonly department?: string;
  /** System of record that the events tell of. */
  readonly source?: string;
  readonly steward?: OwnerRef;
  readonly deputy?: OwnerRef;
  readonly objective?: string;
  /** Local date `YYYY-MM-DD`. */
  readonly reviewBy?: string;
  /** What readers see of dimensions, in place of their names; of those that have one. */
  readonly dimensionNames?: Readonly<Record<string, LocalizedText>>;
  readonly quality?: readonly QualityRule[];
};
