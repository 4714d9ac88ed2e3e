import { unanswerable } from './fault.ts';

/** Values that one query may look at: some 200 ms of work, during which nobody else is served. */
const VALUES_MAX = 20_000_000;

/** Bounds the work of one query. */
export type Budget = { readonly spend: (values: number) => void };

/** @throws QueryFaultError execution, from `spend`, once it is used up */
export function newBudget(): Budget {
  let left = VALUES_MAX;
  return {
    spend(values) {
      left -= values;
      if (left < 0)
        unanswerable(
          `the query would look at more than ${VALUES_MAX} values: ask for a shorter range, a longer step or a coarser grain`,
        );
    },
  };
}
