import type { FastifyInstance } from 'fastify';
import type { Gauge } from 'prom-client';
import { LATENCY_BUCKETS } from '../../platform/telemetry.ts';
import type { Telemetry } from '../../platform/telemetry.ts';
import type { ConsoleReads } from '../service.ts';
import type { StreamHub } from '../stream-hub.ts';
import { STREAM_ROUTE } from './http-stream.ts';

/** How long requests of this scope took, by route and status class. Streams are open as long as their reader is there: left out. */
export function observeRequests(scope: FastifyInstance, telemetry: Telemetry): void {
  const seconds = telemetry.histogram(
    'console_request_seconds',
    'Time from the first byte of a request of the console to the last of its answer.',
    { labels: ['route', 'status'], buckets: LATENCY_BUCKETS },
  );
  scope.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url;
    if (route === undefined || route === STREAM_ROUTE) return done();
    const status = `${Math.floor(reply.statusCode / 100)}xx`;
    seconds.observe({ route, status }, reply.elapsedTime / 1_000);
    done();
  });
}

/** `tidemark_console_stream_readers`: connections on the stream now. */
export function observeStream(telemetry: Telemetry, hub: StreamHub): void {
  const gauge = telemetry.gauge('console_stream_readers', 'Connections that watch the stream.');
  (gauge as Gauge & { collect: () => void }).collect = () => gauge.set(hub.readers());
}

/** A measure that Redis does not give in this time is left out of the scrape. */
const MEASURE_TIMEOUT_MS = 2_000;

/**
 * `tidemark_conservation_difference_events`: design P3 as a gauge, measured at each scrape from what the slots hold: one
 * read per metric, no broker. It counts offsets that no counter accounts for, without sign.
 */
export function observeConservation(telemetry: Telemetry, reads: ConsoleReads): void {
  const gauge = telemetry.gauge(
    'conservation_difference_events',
    'Events that the counters of a projection do not account for; 0 when every event is accounted for.',
    ['event_type', 'metric'],
  );
  (gauge as Gauge & { collect: () => Promise<void> }).collect = async () => {
    const gaps = await within(MEASURE_TIMEOUT_MS, reads.conservationGaps());
    gauge.reset();
    for (const { metric, gap } of gaps ?? [])
      gauge.set({ event_type: metric.event, metric: metric.id }, gap);
  };
}

/** @returns undefined when it fails or takes longer: a scrape must not fail for one gauge */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T | undefined> {
  const timeout = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => timeout.resolve(undefined), limitMs);
  try {
    return await Promise.race([work.catch(() => undefined), timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
