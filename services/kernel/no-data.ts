import type { Severity } from './definitions.ts';

/** What windows without events mean to a rule. */
export type NoDataPolicy = {
  readonly noData: 'nodata' | 'keepLast' | 'ok' | 'breach';
  /** Of `nodata`: how many windows in a row are without events before it is told; absent: one. */
  readonly noDataAfter?: number;
  /** Of `nodata`: how grave that is; absent: as the rule. */
  readonly noDataSeverity?: Severity;
};
