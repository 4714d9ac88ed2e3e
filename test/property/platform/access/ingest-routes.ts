import type { FastifyInstance } from 'fastify';
import { ingestRoutes } from '../../../../services/ingest/adapters/http.ts';
import { entryRoutes } from '../../../../services/ingest/adapters/http-entries.ts';
import { createActivity } from '../../../../services/ingest/heartbeats.ts';
import type { IngestObserver } from '../../../../services/ingest/ports.ts';
import { createIngest } from '../../../../services/ingest/service.ts';
import type { Access } from '../../../../services/platform/access.ts';
import { memoryEventSink } from '../../../support/memory-event-sink.ts';
import { memoryEventTypes } from '../../../support/memory-event-types.ts';
import { anEventType } from '../../../support/metrics.ts';
import { answer, NOW } from './canary.ts';

const TYPE = anEventType();

/** Routes of ingest. @returns how many events and entries were taken */
export function ingestServiceRoutes(http: FastifyInstance, access: Access): () => number {
  let entered = 0;
  entryRoutes(http, access, {
    enter: () => {
      entered++;
      return answer();
    },
  });
  const sink = memoryEventSink();
  const observer = Object.fromEntries(
    ['accepted', 'rejected', 'refused', 'produced', 'heartbeat', 'bytesInFlight'].map((name) => [
      name,
      () => {},
    ]),
  ) as unknown as IngestObserver;
  const ingest = createIngest({
    types: memoryEventTypes([TYPE]),
    sink,
    activity: createActivity(),
    observer,
    clock: { now: () => NOW },
  });
  ingestRoutes(http, { access, ingest, observer, closed: () => undefined });
  return () =>
    [0, 1, 2, 3].reduce((sum, at) => sum + sink.log(`events.${TYPE.id}`, at).length, entered);
}
