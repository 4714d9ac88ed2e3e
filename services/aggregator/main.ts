import { randomUUID } from 'node:crypto';
import { SECOND_MS } from '../kernel/time.ts';
import { openLogReader } from '../platform/kafka/log-reader.ts';
import type { StartService } from '../platform/platform.ts';
import { watchRedis } from '../platform/redis-watch.ts';
import { traceRoutes } from './adapters/http.ts';
import { rebuildRoutes } from './adapters/http-rebuild.ts';
import { pastRoutes } from './adapters/http-past.ts';
import { recountRoutes } from './adapters/http-recount.ts';
import { verifyRoutes } from './adapters/http-verify.ts';
import { createTracer } from './adapters/kafka-tracer.ts';
import { redisCellReader } from './adapters/redis-cell-reader.ts';
import { sampleTelemetry } from './adapters/sample-telemetry.ts';
import { answerPast } from './past-question.ts';
import { answerRecount } from './recount-question.ts';
import { createSampler } from './sampler.ts';
import { createAggregator } from './service.ts';
import { answerVerify } from './verify-question.ts';
import { openPorts } from './wiring.ts';

/** Events in from Kafka; cells and cursors into Redis; changes, late events and dead letters out to Kafka. */
export const start: StartService = async (platform) => {
  const { access, catalog, config, http, kafka, now, redis, telemetry } = platform;
  const { ports, close } = await openPorts(platform);
  const aggregator = createAggregator(ports);
  const trace = createTracer({
    ...ports,
    kafka,
    now,
    prefix: config.TIDEMARK_TOPIC_PREFIX,
    eventTypes: () => catalog.current().eventTypes,
    plansOf: aggregator.plansOf,
  });
  traceRoutes(http, access, trace);
  rebuildRoutes(http, access, aggregator.rebuild);
  const log = openLogReader(kafka);
  const verifier = {
    ...ports,
    cells: redisCellReader(redis, config.TIDEMARK_TOPIC_PREFIX, randomUUID),
    log,
    catalog: catalog.current,
    plansOf: aggregator.plansOf,
    elapsedMs: () => performance.now(),
  };
  verifyRoutes(http, access, {
    verify: (question) => answerVerify(verifier, question),
    zoneOf: (metric) => catalog.current().metrics.get(metric)?.timezone,
  });
  recountRoutes(http, access, (question) => answerRecount(verifier, question));
  pastRoutes(http, access, (question) => answerPast(verifier, question));
  const sampler = createSampler(
    {
      ...verifier,
      topics: aggregator.topics,
      observer: sampleTelemetry(platform),
    },
    config.TIDEMARK_VERIFY_EVERY * SECOND_MS,
  );
  const memory = telemetry.gauge(
    'redis_memory_used_ratio',
    'Share of its memory limit that the fullest Redis server uses; 0 without a limit. Beyond 1 nothing is counted',
  );
  const watch = watchRedis(redis, { memoryRatio: (ratio) => memory.set(ratio) });
  aggregator.apply(catalog.current());
  const unsubscribe = catalog.onChange(aggregator.apply);

  return {
    name: 'aggregator',
    missing: () => [...watch.missing(), ...aggregator.missing(), ...sampler.missing()],
    async stop() {
      unsubscribe();
      watch.stop();
      await sampler.stop();
      await aggregator.stop();
      await log.close();
      await close();
    },
  };
};
