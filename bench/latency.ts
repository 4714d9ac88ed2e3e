import { projectionKeys } from '../services/kernel/projection.ts';
import { seriesKey } from '../services/kernel/series.ts';
import { ORDER_SOURCE } from './orders/catalog.ts';
import { cloudEventOf } from './orders/cloud-event.ts';
import { BREACH_STATUS, BREACHES, PROBE_STATUS, PROBES } from './orders/latency-catalog.ts';
import { orders } from './orders/workload.ts';
import type { Order } from './orders/workload.ts';
import { readyUrls, startAlertPath } from './support/alert-path.ts';
import { openConnection } from './support/http-load.ts';
import type { Connection } from './support/http-load.ts';
import type { ServiceTask } from './support/service-child.ts';
import { openReceiver } from './support/receiver.ts';
import type { Receiver } from './support/receiver.ts';
import { distribution } from './support/statistics.ts';
import type { Distribution } from './support/statistics.ts';
import { makeTopic } from './support/world.ts';
import type { World } from './support/world.ts';

/** Milliseconds over all probes of the measured seconds, counted from the moment at which the event was due to be sent. */
export type LatencyRun = {
  readonly eventsPerSecond: number;
  readonly seconds: number;
  readonly acknowledged: Distribution;
  readonly redis: Distribution;
  readonly webhook: Distribution;
  /** From the value in Redis to the arrival of the message. */
  readonly breachToWebhook: Distribution;
  /** Probes, and breaches, that did not show up within 10 s after the load ended. */
  readonly lost: number;
};

const TICK_MS = 10;
const EVENTS_PER_TICK = 50;
const EVENTS_PER_REQUEST = 10;
/** A probe each 50 ms, a breach each 200 ms. */
const PROBE_EVERY_TICKS = 5;
const BREACH_EVERY_TICKS = 20;
const WARM_UP_SECONDS = 3;
const POLL_MS = 2;
const GRACE_MS = 10_000;
const CONNECTIONS = 100;

type Probe = { readonly dueMs: number; seenMs?: number; deliveredMs?: number };
type Probes = Map<string, Probe>;

/** What runs beside the load on the same installation. @returns how to end it */
export type Beside = (of: {
  readonly prefix: string;
  readonly catalog: ServiceTask['catalog'];
}) => Promise<() => Promise<void>>;

/** Open loop at 5,000 events a second through HTTP: what is late is sent late, but counted from when it was due. */
export async function benchLatency(
  world: World,
  { name, beside }: { readonly name: string; readonly beside?: Beside },
): Promise<LatencyRun> {
  const prefix = `bench-latency-${name}.`;
  await world.redis.flushdb();
  await makeTopic(world, prefix);
  const probes: Probes = new Map();
  const breaches: Probes = new Map();
  const acknowledged: number[] = [];
  const hook = await openHook(breaches);
  const catalog = { kind: 'latency', webhookUrl: hook.url } as const;
  const children = startAlertPath(world, { prefix, name: 'latency', catalog });
  try {
    const [url = '', aggregatorUrl = ''] = await readyUrls(children);
    const seconds = world.isQuick ? 5 : 20;
    const options = { prefix, url, seconds, probes, breaches, acknowledged };
    const end = await beside?.({ prefix, catalog });
    try {
      await load(world, options);
    } finally {
      await end?.();
    }
    const figures = summary(options);
    await explainLost(world, aggregatorUrl, probes);
    world.note(
      `latency at ${figures.eventsPerSecond} events/s: to the 202 p50 ${figures.acknowledged.p50} p99 ${figures.acknowledged.p99} ms, to Redis p50 ${figures.redis.p50} p99 ${figures.redis.p99} ms, to webhook p50 ${figures.webhook.p50} p99 ${figures.webhook.p99} ms, ${figures.lost} lost`,
    );
    return figures;
  } finally {
    await Promise.all(children.map((child) => child.stop()));
    hook.close();
  }
}

/** What the installation itself says of probes that did not show up. */
async function explainLost(world: World, url: string, probes: Probes): Promise<void> {
  for (const [name] of [...probes].filter(([, { seenMs }]) => seenMs === undefined)) {
    const answer = await fetch(`${url}/v1/events/${encodeURIComponent(ORDER_SOURCE)}/${name}`);
    world.note(`probe ${name} did not show up: ${(await answer.text()).slice(0, 600)}`);
  }
}

/** Notes when each breach's message arrives. */
const openHook = (breaches: Probes): Promise<Receiver> =>
  openReceiver((body) => {
    const message = JSON.parse(body) as {
      type: string;
      data: { labels: Readonly<Record<string, string>> };
    };
    const breach = breaches.get(message.data.labels['probe'] ?? '');
    if (message.type === 'alert.firing' && breach) breach.deliveredMs ??= performance.now();
  });

type Load = {
  readonly prefix: string;
  readonly url: string;
  readonly seconds: number;
  readonly probes: Probes;
  readonly breaches: Probes;
  /** From due to the 202, of each request of the measured seconds. */
  readonly acknowledged: number[];
};

/** A request, and when it should be sent. */
type Due = { readonly body: string; readonly dueMs: number };

async function load(world: World, options: Load): Promise<void> {
  const { probes, breaches } = options;
  const ticks = ((WARM_UP_SECONDS + options.seconds) * 1000) / TICK_MS;
  const source = orders({
    seed: Date.now() % 1_000_000,
    events: ticks * EVENTS_PER_TICK,
    fromMs: 0,
    stepMs: 0,
  });
  const open = (): Promise<Connection> =>
    openConnection(options.url, {
      path: '/v1/events',
      contentType: 'application/cloudevents-batch+json',
    });
  const idle = await Promise.all(Array.from({ length: CONNECTIONS }, open));
  const nextOrder = ordersNow(source);
  let failed: Error | undefined;
  const send = async (free: Connection, { body, dueMs }: Due): Promise<void> => {
    const connection = free.isClosed() ? await open() : free;
    const answer = await connection.post(body);
    if (answer.status !== 202)
      throw new Error(`ingest answered ${answer.status}: ${answer.body.slice(0, 300)}`);
    if (dueMs >= measuredFromMs) options.acknowledged.push(performance.now() - dueMs);
    idle.push(connection);
  };
  const watching = new AbortController();
  const watch = watchRedis(world, { ...options, signal: watching.signal });
  const startedMs = performance.now();
  const measuredFromMs = startedMs + WARM_UP_SECONDS * 1000;
  const due: Due[] = [];
  for (let tick = 0; tick < ticks && !failed; tick++) {
    const dueMs = startedMs + tick * TICK_MS;
    await sleep(Math.max(0, dueMs - performance.now()));
    const isMeasured = dueMs >= measuredFromMs;
    const events = Array.from({ length: EVENTS_PER_TICK }, nextOrder);
    if (isMeasured && tick % PROBE_EVERY_TICKS === 0)
      mark(events, { status: PROBE_STATUS, probe: `p${tick}`, into: probes, dueMs, at: 0 });
    if (isMeasured && tick % BREACH_EVERY_TICKS === 0)
      mark(events, { status: BREACH_STATUS, probe: `b${tick}`, into: breaches, dueMs, at: 1 });
    for (let i = 0; i < events.length; i += EVENTS_PER_REQUEST) {
      const group = events.slice(i, i + EVENTS_PER_REQUEST).map(cloudEventOf);
      due.push({ body: `[${group.join(',')}]`, dueMs });
    }
    while (due.length > 0 && idle.length > 0)
      send(idle.pop() as Connection, due.shift() as Due).catch((error: Error) => (failed = error));
  }
  const graceUntilMs = performance.now() + GRACE_MS;
  while (performance.now() < graceUntilMs && !failed && isMissing(probes, breaches))
    await sleep(TICK_MS);
  watching.abort();
  await watch;
  for (const connection of idle) connection.close();
  if (failed) throw failed;
}

/** Orders as of now; a repeat is exactly what was sent before, else it would be a conflict. */
function ordersNow(source: Iterator<Order>): () => Order {
  const sent = new WeakMap<Order, Order>();
  return () => {
    const order = source.next().value as Order;
    const known = sent.get(order);
    if (known) return known;
    const fresh = { ...order, occurredAtMs: Date.now() };
    sent.set(order, fresh);
    return fresh;
  };
}

/** Turns one of the tick's events into one that can be told from all others. */
function mark(
  events: Order[],
  probe: {
    readonly status: string;
    readonly probe: string;
    readonly into: Probes;
    readonly dueMs: number;
    readonly at: number;
  },
): void {
  const order = events[probe.at] as Order;
  const marked = { ...order, storeId: probe.probe, status: probe.status, eventId: probe.probe };
  events[probe.at] = { ...marked, orderId: probe.probe };
  probe.into.set(probe.probe, { dueMs: probe.dueMs });
}

/** A series is numbered by the very script that adds its first event, so its number tells that the value is there. */
async function watchRedis(
  world: World,
  options: Load & { readonly signal: AbortSignal },
): Promise<void> {
  const groups = [
    { all: options.probes, metric: PROBES },
    { all: options.breaches, metric: BREACHES },
  ].map(({ all, metric }) => ({
    all,
    key: projectionKeys(options.prefix, metric.id, metric.version).series,
  }));
  while (!options.signal.aborted) {
    await Promise.all(
      groups.map(async ({ all, key }) => {
        const open = [...all].filter(([, probe]) => probe.seenMs === undefined);
        if (open.length === 0) return;
        const found = await world.redis.hmget(
          key,
          ...open.map(([name]) => seriesKey(['probe'], [name])),
        );
        const seenMs = performance.now();
        for (const [i, [, probe]] of open.entries()) if (found[i] !== null) probe.seenMs = seenMs;
      }),
    );
    await sleep(POLL_MS);
  }
}

const isMissing = (probes: Probes, breaches: Probes): boolean =>
  [...probes.values()].some(({ seenMs }) => seenMs === undefined) ||
  [...breaches.values()].some(({ deliveredMs }) => deliveredMs === undefined);

function summary({ seconds, probes, breaches, acknowledged }: Load): LatencyRun {
  const seen = [...probes.values()].filter(({ seenMs }) => seenMs !== undefined);
  const delivered = [...breaches.values()].filter(({ deliveredMs }) => deliveredMs !== undefined);
  return {
    eventsPerSecond: (EVENTS_PER_TICK * 1000) / TICK_MS,
    seconds,
    acknowledged: distribution(acknowledged),
    redis: distribution(seen.map(({ dueMs, seenMs = 0 }) => seenMs - dueMs)),
    webhook: distribution(delivered.map(({ dueMs, deliveredMs = 0 }) => deliveredMs - dueMs)),
    breachToWebhook: distribution(
      delivered
        .filter(({ seenMs }) => seenMs !== undefined)
        .map(({ seenMs = 0, deliveredMs = 0 }) => Math.max(0, deliveredMs - seenMs)),
    ),
    lost: probes.size - seen.length + breaches.size - delivered.length,
  };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
