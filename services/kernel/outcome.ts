/**
 * What became of an event, in order of precedence: an event has the first of these that holds.
 * @see contract section 3, `GET /v1/events/{source}/{id}`
 */
export const EVENT_OUTCOMES = [
  'dead_lettered',
  'conflict',
  'duplicate',
  'counted',
  'late',
  'filtered',
  'in_flight',
] as const;
export type EventOutcome = (typeof EVENT_OUTCOMES)[number];

/** What became of an event for one metric. */
export const METRIC_OUTCOMES = [
  'counted',
  'filtered',
  'late',
  'expired',
  'duplicate',
  'conflict',
  'dead_lettered',
] as const;
export type MetricOutcome = (typeof METRIC_OUTCOMES)[number];
