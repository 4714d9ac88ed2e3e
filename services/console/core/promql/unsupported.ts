import { RANGE_FUNCTIONS } from './ast.ts';

/** Functions of counters: values of windows are not counters, and there is a right way to ask. */
const OF_COUNTERS = new Set(['rate', 'irate', 'increase', 'resets', 'delta', 'idelta', 'deriv']);

/** What to say of a function that is not supported. */
export const whyUnsupported = (name: string): string =>
  OF_COUNTERS.has(name)
    ? `${name} is not supported: values of windows are not counters; use sum_over_time(x[1d]) for what came together in a time`
    : `${name} is not supported; there are ${RANGE_FUNCTIONS.join(', ')} and the aggregations sum, avg, min, max, count, topk, bottomk`;
