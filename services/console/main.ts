import { openLogBounds } from '../platform/kafka/log-bounds.ts';
import type { StartService } from '../platform/platform.ts';
import { readRoutes } from './adapters/http-metrics.ts';
import { redisProjectionReader } from './adapters/redis-projection-reader.ts';
import { observeConservation, observeRequests } from './adapters/telemetry.ts';
import { createConsoleReads } from './service.ts';

/** The console: answers what the values are, from projections, and whether the pipeline is well. */
export const start: StartService = async (platform) => {
  const { config, telemetry, access, catalog } = platform;
  const prefix = config.TIDEMARK_TOPIC_PREFIX;
  const logBounds = openLogBounds(platform.kafka);
  const reads = createConsoleReads({
    reader: redisProjectionReader(platform.redis, prefix),
    logBounds: logBounds.of,
    catalog: catalog.current,
    now: platform.now,
    prefix,
  });
  observeConservation(telemetry, reads);
  await platform.http.register(async (scope) => {
    observeRequests(scope, telemetry);
    readRoutes(scope, access, reads);
  });
  return {
    name: 'console',
    missing: () => (platform.redis.status === 'ready' ? [] : ['Redis does not answer']),
    stop: () => logBounds.close(),
  };
};
