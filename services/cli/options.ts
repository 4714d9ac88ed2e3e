/** How commands take times of a metric: the API reads dates in the metric's zone. */
export const TIME_OR_DATE = "RFC 3339, or a date: midnight in the metric's zone";

/** Of options that may be given more than once. */
export const repeated = (value: string, before: readonly string[]): readonly string[] => [
  ...before,
  value,
];
