import type { SimpleMetric } from '../../services/kernel/definitions.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../services/kernel/time.ts';
import type { OracleMetric } from '../support/oracle.ts';
import { EVERY_AGGREGATION } from '../support/order-events.ts';
import { chance } from './chance.ts';

export type Pair = { readonly metric: SimpleMetric; readonly oracle: OracleMetric };

/** One to three metrics of different kinds, with lateness and retention that a run of seconds can outlive. */
export function pairsOf(seed: number): readonly Pair[] {
  const draw = chance(seed, 'metrics');
  return draw
    .shuffle(EVERY_AGGREGATION)
    .slice(0, draw.pick([1, 2, 2, 3]))
    .map(({ metric, oracle }) => {
      const latenessMs = draw.pick([0, MINUTE_MS, HOUR_MS]);
      const retentionMs = {
        minute: draw.pick([HOUR_MS, 7 * DAY_MS]),
        hour: draw.pick([12 * HOUR_MS, 400 * DAY_MS]),
        day: 3_650 * DAY_MS,
      };
      return {
        metric: { ...metric, latenessMs, retentionMs },
        oracle: { ...oracle, latenessMs, retentionMs },
      };
    });
}
