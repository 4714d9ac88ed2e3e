import { below, seededRandom } from './random.ts';
import type { Random } from './random.ts';

export type Order = {
  readonly eventId: string;
  readonly orderId: string;
  /** Epoch ms. */
  readonly occurredAtMs: number;
  readonly storeId: string;
  readonly channel: string;
  readonly amountCents: number;
  readonly quantity: number;
  readonly status: string;
};

export type WorkloadOptions = {
  readonly seed: number;
  /** Records, repeated ones included. */
  readonly events: number;
  /** Event time of the first, epoch ms. */
  readonly fromMs: number;
  /** Event time between two, ms; may be a fraction. */
  readonly stepMs: number;
};

/** Event time is as dense as it is live at 20,000 events a second: 5 million events lie within some four minutes. */
export const ORDERS_PER_SECOND = 20_000;

export const STORES = 200;
const CHANNELS = ['store', 'web', 'app', 'partner'];
const STATUSES = ['booked', 'booked', 'booked', 'paid', 'paid', 'paid', 'shipped', 'cancelled'];
const OUT_OF_ORDER_MS_MAX = 5_000;
const LATE_SHARE = 0.01;
const LATE_MS_MIN = 30_000;
const LATE_MS_MAX = 90_000;
const REPEATED_SHARE = 0.01;
/** A repeat is one of this many before it. */
const REPEATED_WITHIN = 1_000;

const HEX = 16;
const hex = (value: number, digits: number): string =>
  Math.floor(value).toString(HEX).padStart(digits, '0');

/** As long as a UUID, and different by its last part, the event's number. */
const idOf = (random: Random, index: number): string => {
  const [high, low] = [hex(random() * 2 ** 32, 8), hex(random() * 2 ** 32, 8)];
  return `${high}-${low.slice(0, 4)}-4${low.slice(5)}-8000-${hex(index, 12)}`;
};

/** One after the other. */
export function* allOf(...workloads: readonly Iterable<Order>[]): Generator<Order> {
  for (const workload of workloads) yield* workload;
}

/**
 * The workload "orders": up to 5 s out of order, 1 % 30 to 90 s late, 1 % exact repeats of an earlier one (the same
 * object, so that a reader may tell by identity).
 */
export function* orders(options: WorkloadOptions): Generator<Order> {
  const random = seededRandom(options.seed);
  const recent: Order[] = [];
  for (let i = 0; i < options.events; i++) {
    const repeated = random() < REPEATED_SHARE ? recent[below(random, recent.length)] : undefined;
    if (repeated) {
      yield repeated;
      continue;
    }
    const isLate = random() < LATE_SHARE;
    const backMs = isLate
      ? LATE_MS_MIN + below(random, LATE_MS_MAX - LATE_MS_MIN)
      : below(random, OUT_OF_ORDER_MS_MAX);
    const order: Order = {
      eventId: idOf(random, i),
      orderId: `o-${below(random, options.events)}`,
      occurredAtMs: options.fromMs + Math.floor(i * options.stepMs) - backMs,
      storeId: `S${String(below(random, STORES)).padStart(3, '0')}`,
      channel: CHANNELS[below(random, CHANNELS.length)] as string,
      amountCents: 100 + below(random, 50_000),
      quantity: 1 + below(random, 9),
      status: STATUSES[below(random, STATUSES.length)] as string,
    };
    if (recent.length < REPEATED_WITHIN) recent.push(order);
    else recent[i % REPEATED_WITHIN] = order;
    yield order;
  }
}
