import type { EventTypeDefinition, SimpleMetric } from '../../services/kernel/definitions.ts';
import { DAY_MS } from '../../services/kernel/time.ts';

/** A simple metric with everything filled in; tests name only what they are about. */
export const aMetric = (over: Partial<SimpleMetric> = {}): SimpleMetric => ({
  kind: 'simple',
  id: 'net-sales',
  version: 'v1',
  name: { en: 'Net sales', zh: '销售净额' },
  owner: 'team:sales',
  tags: [],
  unit: { code: 'CNY', scale: 2 },
  direction: 'up',
  event: 'com.example.sales.order-booked',
  aggregation: 'sum',
  value: 'data.amount',
  valueScale: 2,
  dimensions: {},
  breakdowns: [[]],
  grains: ['minute', 'hour', 'day'],
  timezone: 'Asia/Shanghai',
  latenessMs: DAY_MS,
  retentionMs: { minute: 7 * DAY_MS, hour: 400 * DAY_MS, day: 3650 * DAY_MS },
  maxSeries: 1000,
  ...over,
});

export const anEventType = (over: Partial<EventTypeDefinition> = {}): EventTypeDefinition => ({
  id: 'com.example.sales.order-booked',
  schema: {
    type: 'record',
    name: 'OrderBooked',
    fields: [
      { name: 'store_id', type: 'string' },
      { name: 'amount', type: { type: 'bytes', logicalType: 'decimal', precision: 18, scale: 2 } },
      { name: 'status', type: 'string', default: 'booked' },
    ],
  },
  outOfOrdernessMs: 30_000,
  duplicateHorizonMs: DAY_MS,
  maxFutureMs: 300_000,
  timeFrom: 'event',
  unknownFields: 'refuse',
  ...over,
});
