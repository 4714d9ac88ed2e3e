import { Registry } from 'prom-client';
import type { Metric } from 'prom-client';
import { authorize } from '../platform/http.ts';
import type { Platform } from '../platform/platform.ts';

/**
 * `GET /metrics`: the process's telemetry, as OpenMetrics where the scraper asks for it, else as Prometheus text. Its
 * labels name event types and receivers, so with a tokens file it needs the role `reader` (`authorization` of the scrape job).
 */
export function addTelemetryRoute({
  http,
  access,
  telemetry,
}: Pick<Platform, 'http' | 'access' | 'telemetry'>): void {
  http.get('/metrics', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    const wantsOpenMetrics = request.headers.accept?.includes('application/openmetrics-text');
    const registry = wantsOpenMetrics ? openMetricsOf(telemetry.registry) : telemetry.registry;
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

/**
 * A registry has one format: another one over the same series has the other. prom-client takes `_total` off the counters
 * that it writes as OpenMetrics, for good: it gets stand-ins, so that whoever asks for text next finds the names whole.
 */
function openMetricsOf(registry: Registry): Registry {
  const view = new Registry();
  view.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as typeof registry.contentType);
  for (const metric of registry.getMetricsAsArray())
    view.registerMetric(Object.create(metric) as Metric);
  return view;
}
