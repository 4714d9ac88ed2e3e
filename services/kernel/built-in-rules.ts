/**
 * Rules that nobody writes: what the system says of itself. Their ids are taken.
 * - `source-silent`: no event came of a type for its idle time-out; for whoever answers for the source.
 * - `rule-degraded`: a rule has more series than are watched; for the owner of its metric.
 * - `receiver-unreachable`: a message to a receiver was given up; for those who use it and the fallback team, by others.
 * - `watchdog`: alerts are evaluated; it always fires, and whoever misses it knows that they are not.
 */
export const BUILT_IN_RULES = [
  'source-silent',
  'rule-degraded',
  'receiver-unreachable',
  'watchdog',
] as const;
export type BuiltInRule = (typeof BUILT_IN_RULES)[number];

export const isBuiltIn = (rule: string): rule is BuiltInRule =>
  (BUILT_IN_RULES as readonly string[]).includes(rule);
