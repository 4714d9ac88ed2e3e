import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Our own Prometheus series (never business values): prefix `tidemark_`, base units, bounded labels. */
export type Telemetry = {
  readonly registry: Registry;
  readonly counter: <L extends string>(
    name: string,
    help: string,
    labels?: readonly L[],
  ) => Counter<L>;
  readonly gauge: <L extends string>(name: string, help: string, labels?: readonly L[]) => Gauge<L>;
  /** @param buckets upper bounds in the unit of the name (seconds, bytes), ascending */
  readonly histogram: <L extends string>(
    name: string,
    help: string,
    options: { labels?: readonly L[]; buckets: number[] },
  ) => Histogram<L>;
};

/** Gauges that prom-client names like counters; the same numbers stand in the series without `_total`, by kind. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** How often the lag of the event loop is sampled. At prom-client's 10 ms that alone takes half a percent of a core. */
const EVENT_LOOP_EVERY_MS = 100;

export function createTelemetry(): Telemetry {
  const registry = new Registry();
  collectDefaultMetrics({
    register: registry,
    prefix: 'tidemark_',
    eventLoopMonitoringPrecision: EVENT_LOOP_EVERY_MS,
  });
  for (const name of MISNAMED) registry.removeSingleMetric(`tidemark_${name}`);
  const full = (name: string): string => `tidemark_${name}`;
  return {
    registry,
    counter: (name, help, labels = []) =>
      new Counter({ name: full(name), help, labelNames: labels, registers: [registry] }),
    gauge: (name, help, labels = []) =>
      new Gauge({ name: full(name), help, labelNames: labels, registers: [registry] }),
    histogram: (name, help, { labels = [], buckets }) =>
      new Histogram({ name: full(name), help, labelNames: labels, buckets, registers: [registry] }),
  };
}

/** Upper bounds in seconds for latencies from a millisecond to a minute. */
export const LATENCY_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];
