import type { Telemetry } from '../../platform/telemetry.ts';
import { LATENCY_BUCKETS } from '../../platform/telemetry.ts';
import type { IngestObserver } from '../ports.ts';

/** What ingest does, as series. Types are those of the catalogue and codes those of the table: labels stay bounded. */
export function telemetryObserver(telemetry: Telemetry): IngestObserver {
  const accepted = telemetry.counter(
    'ingest_accepted_events_total',
    'Events that ingest answered as accepted: every in-sync replica has them.',
    ['event_type', 'historical'],
  );
  const rejected = telemetry.counter(
    'ingest_rejected_events_total',
    'Events that ingest refused one by one, by code.',
    ['code'],
  );
  const refused = telemetry.counter(
    'ingest_refused_requests_total',
    'Requests that ingest refused as a whole, by code.',
    ['code'],
  );
  const heartbeats = telemetry.counter(
    'ingest_heartbeats_total',
    'Heartbeats handed to Kafka, by outcome.',
    ['outcome'],
  );
  const bytes = telemetry.gauge(
    'ingest_request_bytes',
    'Bytes of request bodies that are being read, parsed or written.',
  );
  const produced = telemetry.histogram(
    'ingest_produce_seconds',
    'From handing the events of a request to the producer until the last is acknowledged.',
    { buckets: LATENCY_BUCKETS },
  );
  return {
    accepted: (eventType, isHistorical, events) =>
      accepted.inc({ event_type: eventType, historical: String(isHistorical) }, events),
    rejected: (code) => rejected.inc({ code }),
    refused: (code) => refused.inc({ code }),
    produced: (seconds) => produced.observe(seconds),
    heartbeat: (outcome) => heartbeats.inc({ outcome }),
    bytesInFlight: (count) => bytes.set(count),
  };
}
