import { randomUUID } from 'node:crypto';
import { SECOND_MS } from '../kernel/time.ts';
import { openLogReader } from '../platform/kafka/log-reader.ts';
import type { StartService } from '../platform/platform.ts';
import { traceRoutes } from './adapters/http.ts';
import { verifyRoutes } from './adapters/http-verify.ts';
import { createTracer } from './adapters/kafka-tracer.ts';
import { redisCellReader } from './adapters/redis-cell-reader.ts';
import { sampleTelemetry } from './adapters/sample-telemetry.ts';
import { createSampler } from './sampler.ts';
import { createAggregator } from './service.ts';
import { answerVerify } from './verify-question.ts';
import { openPorts } from './wiring.ts';

/** Events in from Kafka; cells and cursors into Redis; changes, late events and dead letters out to Kafka. */
export const start: StartService = async (platform) => {
  const { access, catalog, config, http, kafka, now } = platform;
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
  const log = openLogReader(kafka);
  const verifier = {
    ...ports,
    cells: redisCellReader(platform.redis, config.TIDEMARK_TOPIC_PREFIX, randomUUID),
    log,
    catalog: catalog.current,
    plansOf: aggregator.plansOf,
    elapsedMs: () => performance.now(),
  };
  verifyRoutes(http, access, (question) => answerVerify(verifier, question));
  const sampler = createSampler(
    {
      ...verifier,
      topics: aggregator.topics,
      observer: sampleTelemetry(platform),
    },
    config.TIDEMARK_VERIFY_EVERY * SECOND_MS,
  );
  aggregator.apply(catalog.current());
  const unsubscribe = catalog.onChange(aggregator.apply);

  return {
    name: 'aggregator',
    missing: () => [...aggregator.missing(), ...sampler.missing()],
    async stop() {
      unsubscribe();
      await sampler.stop();
      await aggregator.stop();
      await log.close();
      await close();
    },
  };
};
