import type { LocalizedText, OwnerRef } from './definitions.ts';

/** What must hold of every window for a metric to be trusted: CEL as in the conditions of rules. */
export type QualityRule = {
  readonly id: string;
  readonly expect: string;
  readonly reason?: string;
};

/** What is said of a metric for people; no value depends on it. */
export type MetricWords = {
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
  readonly quality?: readonly QualityRule[];
};
