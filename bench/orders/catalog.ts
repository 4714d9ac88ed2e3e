import type {
  Catalog,
  EventTypeDefinition,
  SimpleMetric,
} from '../../services/kernel/definitions.ts';
import type { Json } from '../../services/kernel/json.ts';
import { DAY_MS } from '../../services/kernel/time.ts';
import type { Grain } from '../../services/kernel/window.ts';
import type { Order } from './workload.ts';

export const ORDER_EVENT = 'com.example.bench.order';
export const ORDER_SOURCE = '/bench/orders';

export const ORDER_SCHEMA: Json = {
  type: 'record',
  name: 'Order',
  namespace: 'com.example.bench',
  fields: [
    { name: 'order_id', type: 'string' },
    { name: 'store_id', type: 'string' },
    { name: 'channel', type: 'string' },
    { name: 'amount', type: { type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 } },
    { name: 'quantity', type: 'int' },
    { name: 'status', type: 'string' },
  ],
};

export const orderEventType: EventTypeDefinition = {
  id: ORDER_EVENT,
  schema: ORDER_SCHEMA,
  outOfOrdernessMs: 30_000,
  duplicateHorizonMs: DAY_MS,
  maxFutureMs: 300_000,
  timeFrom: 'event',
  unknownFields: 'refuse',
};

/** A metric twice: as the catalogue says it, and as a naive program would compute it, for the oracle. */
export type BenchMetric = {
  readonly definition: SimpleMetric;
  readonly where: (order: Order) => boolean;
  readonly value: (order: Order) => number;
  readonly members: (order: Order) => readonly string[];
};

type Shape = {
  readonly id: string;
  readonly aggregation: 'sum' | 'count' | 'max';
  readonly field?: 'amount' | 'quantity';
  readonly by: readonly ('store' | 'channel')[];
  readonly where?: { readonly cel: string; readonly holds: (order: Order) => boolean };
};

const GRAINS: readonly Grain[] = ['minute', 'hour', 'day'];
const NOT_CANCELLED = {
  cel: 'data.status != "cancelled"',
  holds: (order: Order) => order.status !== 'cancelled',
};
const CANCELLED = {
  cel: 'data.status == "cancelled"',
  holds: (order: Order) => order.status === 'cancelled',
};
const WEB = { cel: 'data.channel == "web"', holds: (order: Order) => order.channel === 'web' };
const LARGE = { cel: 'data.amount >= 100', holds: (order: Order) => order.amountCents >= 10_000 };

const SHAPES: readonly Shape[] = [
  {
    id: 'm01',
    aggregation: 'sum',
    field: 'amount',
    by: ['store', 'channel'],
    where: NOT_CANCELLED,
  },
  { id: 'm02', aggregation: 'count', by: ['store'] },
  { id: 'm03', aggregation: 'sum', field: 'quantity', by: ['channel'] },
  {
    id: 'm04',
    aggregation: 'sum',
    field: 'amount',
    by: ['store'],
    where: CANCELLED,
  },
  { id: 'm05', aggregation: 'count', by: [], where: WEB },
  {
    id: 'm06',
    aggregation: 'sum',
    field: 'amount',
    by: ['channel'],
    where: LARGE,
  },
  {
    id: 'm07',
    aggregation: 'sum',
    field: 'amount',
    by: ['store'],
    where: NOT_CANCELLED,
  },
  { id: 'm08', aggregation: 'count', by: ['store', 'channel'] },
  { id: 'm09', aggregation: 'sum', field: 'quantity', by: [] },
  { id: 'm10', aggregation: 'max', field: 'amount', by: ['channel'] },
];

const FIELD = {
  amount: { cel: 'data.amount', scale: 2, of: (order: Order) => order.amountCents },
  quantity: { cel: 'data.quantity', scale: 0, of: (order: Order) => order.quantity },
};
const MEMBER = {
  store: { cel: 'data.store_id', of: (order: Order) => order.storeId },
  channel: { cel: 'data.channel', of: (order: Order) => order.channel },
};

function metricOf(shape: Shape, version: string): BenchMetric {
  const field = shape.field ? FIELD[shape.field] : undefined;
  return {
    definition: {
      kind: 'simple',
      id: shape.id,
      version,
      name: { en: shape.id },
      owner: 'team:bench',
      tags: [],
      unit: { code: '1', scale: field?.scale ?? 0 },
      direction: 'up',
      event: ORDER_EVENT,
      ...(shape.where ? { where: shape.where.cel } : {}),
      ...(field ? { value: field.cel } : {}),
      aggregation: shape.aggregation,
      valueScale: field?.scale ?? 0,
      dimensions: Object.fromEntries(shape.by.map((name) => [name, MEMBER[name].cel])),
      breakdowns: [shape.by],
      grains: GRAINS,
      timezone: 'UTC',
      latenessMs: DAY_MS,
      retentionMs: { minute: 7 * DAY_MS, hour: 400 * DAY_MS, day: 3_650 * DAY_MS },
      maxSeries: 10_000,
    },
    where: shape.where?.holds ?? (() => true),
    value: field?.of ?? (() => 0),
    members: (order) => shape.by.map((name) => MEMBER[name].of(order)),
  };
}

/**
 * Job A is 2 metrics, job B all 10, of other filters and groupings; each keeps minute, hour and day cells.
 * @param version a new one makes the same metrics count from the log's start again
 */
export const benchMetrics = (count: number, version: string): readonly BenchMetric[] =>
  SHAPES.slice(0, count).map((shape) => metricOf(shape, version));

/** A catalogue of this one event type with these metrics; `rest` adds rules and who gets their alerts. */
export const benchCatalog = (
  metrics: readonly SimpleMetric[],
  rest: Partial<Catalog> = {},
): Catalog => ({
  eventTypes: new Map([[ORDER_EVENT, orderEventType]]),
  metrics: new Map(metrics.map((metric) => [metric.id, metric])),
  rules: new Map(),
  responsibilities: new Map(),
  people: new Map(),
  teams: new Map(),
  receivers: new Map(),
  settings: {},
  ...rest,
});

/** So many event types like the order, each with a topic of its own and the first metric. */
export function manyTypes(count: number): Catalog {
  const types = Array.from({ length: count }, (_, i) => `${ORDER_EVENT}.${i}`);
  const [metric] = benchMetrics(1, 'v1') as [BenchMetric];
  return {
    ...benchCatalog(
      types.map((event, i) => ({
        ...metric.definition,
        id: `${metric.definition.id}-${i}`,
        event,
      })),
    ),
    eventTypes: new Map(types.map((id) => [id, { ...orderEventType, id }])),
  };
}
