import { FRAME_BYTES, frameSchemaId } from '../../platform/avro/codec.ts';
import { heartbeatReader } from '../../platform/avro/event-reader.ts';
import type { LogBounds } from '../../platform/kafka/log-bounds.ts';
import { openLogReader } from '../../platform/kafka/log-reader.ts';
import type { Platform } from '../../platform/platform.ts';
import type { SeenHeartbeat } from '../core/pipeline-heartbeats.ts';
import type { HeartbeatLog } from '../ports.ts';

/** Records before the end of a partition that are looked at: an idle one holds one heartbeat a second of each instance. */
const RECORDS_MAX = 200;
/** An instance that was silent for so long is gone, not ill. */
const FORGOTTEN_AFTER_MS = 600_000;
/** Pages of many readers ask every two seconds: they share one look. */
const FRESH_MS = 1_000;

type Look = { readonly atMs: number; readonly seen: Promise<readonly SeenHeartbeat[]> };

/** Looks at the ends of a topic's partitions when it is asked; what was read is not read again. */
export function kafkaHeartbeats(
  { kafka, schemas, now }: Pick<Platform, 'kafka' | 'schemas' | 'now'>,
  bounds: LogBounds['of'],
): { readonly of: HeartbeatLog; readonly close: () => Promise<void> } {
  const log = openLogReader(kafka);
  const readers = new Map<number, ReturnType<typeof heartbeatReader>>();
  const looks = new Map<string, Look>();
  /** By topic and partition. */
  const positions = new Map<string, number>();
  /** By topic, then by partition and instance. */
  const known = new Map<string, Map<string, SeenHeartbeat>>();

  const readerOf = async (schemaId: number): Promise<ReturnType<typeof heartbeatReader>> => {
    if (!readers.has(schemaId)) {
      const schema = await schemas.schemaById(schemaId);
      if (schema === undefined) return undefined;
      readers.set(schemaId, heartbeatReader(schema));
    }
    return readers.get(schemaId);
  };

  const look = async (topic: string): Promise<readonly SeenHeartbeat[]> => {
    const seen = known.get(topic) ?? new Map<string, SeenHeartbeat>();
    known.set(topic, seen);
    for (const { partition, first, end } of await bounds(topic)) {
      const place = `${topic}/${partition}`;
      const from = Math.max(first, end - RECORDS_MAX, positions.get(place) ?? 0);
      await log.read({ topic, partition, from, to: end }, async (records) => {
        for (const { value, appendMs } of records) {
          const id = frameSchemaId(value);
          const read = value && id !== undefined ? await readerOf(id) : undefined;
          const heartbeat = value && read?.(value, FRAME_BYTES, value.length);
          if (heartbeat)
            seen.set(`${partition} ${heartbeat.instance}`, { ...heartbeat, partition, appendMs });
        }
        return true;
      });
      positions.set(place, end);
    }
    for (const [key, { appendMs }] of seen)
      if (appendMs < now() - FORGOTTEN_AFTER_MS) seen.delete(key);
    return [...seen.values()];
  };

  return {
    of(topic) {
      const before = looks.get(topic);
      if (before && before.atMs > now() - FRESH_MS) return before.seen;
      const seen = look(topic);
      looks.set(topic, { atMs: now(), seen });
      seen.catch(() => looks.delete(topic));
      return seen;
    },
    close: log.close,
  };
}
