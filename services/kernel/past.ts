import type { Cursor } from './update.ts';
import type { Grain } from './window.ts';

/** What one service asks another of the past: both ends of `POST /v1/metrics/{id}/past`. Times are RFC 3339. */

/** Up to where the log counts: what was appended until an instant, or the records below these cursors. */
export type PastMark = { readonly asOf: string } | { readonly cursors: readonly Cursor[] };

export type PastBody = PastMark & {
  readonly version: string;
  /** One that the metric keeps; its cells tile the windows. */
  readonly grain: Grain;
  readonly windows: readonly { readonly start: string; readonly end: string }[];
  /** Keys of series (kernel/series.ts). */
  readonly series: readonly string[];
};

export type PastAnswer = {
  readonly metric: string;
  readonly version: string;
  readonly partitions: readonly {
    readonly topic: string;
    readonly partition: number;
    /** Up to where the log was counted. */
    readonly next: number;
    /** As far as reading showed it; where it ended early, since nothing later could change the windows, at least this. */
    readonly watermark: string | null;
  }[];
  /** Records that were read for it. */
  readonly records: number;
  /** Windows and series without contributions are left out. */
  readonly cells: readonly {
    readonly start: string;
    readonly end: string;
    readonly series: string;
    readonly contributions: number;
    /** As on `metric-updates` (kernel/update.ts). */
    readonly accumulators: Readonly<Record<string, string>>;
  }[];
};

/** What one question may cost: about five seconds. */
export const PAST_RECORDS_MAX = 2_000_000;
