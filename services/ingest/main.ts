import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Json } from '../kernel/json.ts';
import type { StartService } from '../platform/platform.ts';
import { catalogEventTypes } from './adapters/catalog-event-types.ts';
import { heartbeatEncoder } from './adapters/heartbeat-encoder.ts';
import { ingestRoutes } from './adapters/http.ts';
import { entryRoutes } from './adapters/http-entries.ts';
import { kafkaSink } from './adapters/kafka-sink.ts';
import { telemetryObserver } from './adapters/telemetry-observer.ts';
import { createEntries } from './entries.ts';
import { createActivity, createHeartbeats } from './heartbeats.ts';
import { createIngest } from './service.ts';

const HEARTBEAT_SCHEMA = new URL('../../schemas/tidemark/heartbeat.avsc', import.meta.url);
/** How often due partitions are looked for: a heartbeat comes at most this much later than its second. */
const BEAT_EVERY_MS = 250;

/** Events in by HTTP, out to Kafka; and heartbeats that say up to when no event is still on its way. */
export const start: StartService = async (platform) => {
  const { http, access, logger, schemas } = platform;
  const instance = `ingest-${randomUUID().slice(0, 8)}`;
  const types = catalogEventTypes(platform);
  const sink = kafkaSink(platform.kafka, { logger });
  const activity = createActivity();
  const observer = telemetryObserver(platform.telemetry);
  const ports = { types, sink, activity, observer, clock: platform };
  const encoder = heartbeatEncoder({
    schemas,
    logger,
    instance,
    schema: JSON.parse(readFileSync(HEARTBEAT_SCHEMA, 'utf8')) as Json,
  });
  const heartbeats = createHeartbeats(ports, encoder.encode);
  const timer = setInterval(heartbeats.beat, BEAT_EVERY_MS);

  let closed: string | undefined;
  const ingest = createIngest(ports);
  ingestRoutes(http, { access, ingest, observer, closed: () => closed });
  const catalog = platform.catalog.current;
  entryRoutes(http, access, createEntries({ ingest, catalog, clock: platform, newId: randomUUID }));

  return {
    name: 'ingest',
    missing() {
      const fault = sink.fault();
      const kafka = fault === undefined ? [] : [`Kafka does not acknowledge: ${fault}`];
      return [...types.missing(), ...encoder.missing(), ...kafka];
    },
    async stop() {
      closed = 'ingest is stopping';
      clearInterval(timer);
      types.close();
      encoder.close();
      await sink.close();
      await heartbeats.drained();
    },
  };
};
