import type { SimpleMetric } from '../../services/kernel/definitions.ts';
import { DAY_MS } from '../../services/kernel/time.ts';
import type { WrittenEvent } from './event-log.ts';
import { aMetric, anEventType } from './metrics.ts';
import type { OracleMetric } from './oracle.ts';

/** Orders of `anEventType`, and metrics of every aggregation over them, each beside what the oracle makes of it. */
export const ORDERS = anEventType();
export const RULES = {
  outOfOrdernessMs: ORDERS.outOfOrdernessMs,
  duplicateHorizonMs: ORDERS.duplicateHorizonMs,
  maxFutureMs: ORDERS.maxFutureMs,
};

export const anOrder = (
  id: string,
  time: number,
  over: Partial<{ store: string; amount: number; status: string }> & Partial<WrittenEvent> = {},
): WrittenEvent => {
  const { store = 'S1', amount = 100, status = 'booked', ...rest } = over;
  return { id, time, data: { store_id: store, amount, status }, ...rest };
};

const SHAPE = {
  timezone: 'Asia/Shanghai',
  latenessMs: 3_600_000,
  retentionMs: { minute: 7 * DAY_MS, hour: 400 * DAY_MS, day: 3_650 * DAY_MS },
  grains: ['minute', 'hour', 'day'],
  breakdowns: [[], ['store']],
} as const;
const store = (data: Record<string, never>): string => data['store_id'] as unknown as string;
const status = (data: Record<string, never>): string => data['status'] as unknown as string;
const amount = (data: Record<string, never>): bigint | number =>
  data['amount'] as unknown as number | bigint;

const pair = (
  id: string,
  definition: Partial<SimpleMetric>,
  oracle: Partial<OracleMetric>,
): { metric: SimpleMetric; oracle: OracleMetric } => {
  const metric = aMetric({ ...SHAPE, id, dimensions: { store: 'data.store_id' }, ...definition });
  const { aggregation, timezone, latenessMs, retentionMs, grains, breakdowns } = metric;
  return {
    metric,
    oracle: {
      aggregation,
      timezone,
      latenessMs,
      retentionMs,
      grains,
      breakdowns,
      dimensions: { store },
      value: amount,
      ...oracle,
    },
  };
};

const counted = { valueScale: 0, unit: { code: 'orders', scale: 0 } };
const isBooked = {
  definition: { where: 'data.status == "booked"' },
  oracle: { where: (data: Record<string, never>) => String(data['status']) === 'booked' },
};

export const EVERY_AGGREGATION = [
  pair('amount-sum', { aggregation: 'sum', ...isBooked.definition }, isBooked.oracle),
  pair('amount-avg', { aggregation: 'avg', grains: ['hour', 'day'] }, {}),
  pair('amount-min', { aggregation: 'min', timezone: 'Europe/London' }, {}),
  pair('amount-max', { aggregation: 'max', breakdowns: [['store']] }, {}),
  pair('amount-last', { aggregation: 'last' }, {}),
  pair('stock-latest', { aggregation: 'latest', entity: 'data.status' }, { entity: status }),
  pair('amount-p95', { aggregation: 'percentile', percentile: 95 }, {}),
  pair('orders-count', { aggregation: 'count', ...counted }, { value: () => 0n }),
  pair(
    'stores-distinct',
    { aggregation: 'distinct', value: 'data.store_id', ...counted },
    { value: store },
  ),
];
