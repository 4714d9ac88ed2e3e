import type { Json } from '../../kernel/json.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { openCodec } from '../../platform/avro/codec.ts';
import type { Codec } from '../../platform/avro/codec.ts';
import type { Logger } from '../../platform/logger.ts';
import type { SchemaStore } from '../../platform/schema-registry.ts';

/** By the record's name, not the topic's: heartbeats lie in every event topic beside its own records. */
const SUBJECT = 'tidemark.Heartbeat';
const RETRY_AFTER_MS = 1_000;

export type HeartbeatEncoder = {
  /** @returns undefined while the registry has given the schema no id */
  readonly encode: (oldestAcceptedMs: EpochMs) => Buffer | undefined;
  readonly missing: () => readonly string[];
  readonly close: () => void;
};

/**
 * Encodes the heartbeats of one instance. The registry is asked until it answers: nothing else waits for it.
 * @param options.schema schemas/tidemark/heartbeat.avsc
 */
export function heartbeatEncoder(options: {
  readonly schemas: SchemaStore;
  readonly logger: Logger;
  readonly instance: string;
  readonly schema: Json;
}): HeartbeatEncoder {
  let codec: Codec<{ instance: string; oldestAccepted: number }> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const open = async (): Promise<void> => {
    try {
      codec = await openCodec(options.schemas, { subject: SUBJECT, schema: options.schema });
    } catch (error) {
      options.logger.warn({ err: error }, 'heartbeats wait for the schema registry');
      if (!isClosed) timer = setTimeout(() => void open(), RETRY_AFTER_MS);
    }
  };
  void open();

  return {
    encode: (oldestAccepted) => codec?.encode({ instance: options.instance, oldestAccepted }),
    missing: () => (codec ? [] : ['heartbeats wait for the schema registry']),
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
