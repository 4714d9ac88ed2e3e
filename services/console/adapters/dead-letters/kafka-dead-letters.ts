import type { Json } from '../../../kernel/json.ts';
import { partitionOf } from '../../../kernel/partitioner.ts';
import { avroToJson } from '../../../platform/avro/avro-to-json.ts';
import { FRAME_BYTES, framed, frameSchemaId } from '../../../platform/avro/codec.ts';
import { avroType } from '../../../platform/avro/types.ts';
import type { LogBounds } from '../../../platform/kafka/log-bounds.ts';
import { createRecordProducer } from '../../../platform/kafka/producer.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { DeadLetterRecord } from '../../../platform/side-records.ts';
import { eventPayload, payloadOf } from '../../core/dead-letters/answers.ts';
import { letterId } from '../../core/dead-letters/letter.ts';
import type { DeadLetterLog } from '../../ports.ts';
import { kafkaNoteLog } from './note-log.ts';

/** The topic `dead-letters`, and a producer that writes back what it holds. */
export function kafkaDeadLetters(
  platform: Pick<Platform, 'kafka' | 'schemas' | 'config' | 'logger' | 'now'>,
  bounds: LogBounds['of'],
): DeadLetterLog & { readonly close: () => Promise<void> } {
  const { kafka, schemas, logger, now } = platform;
  const notes = kafkaNoteLog<DeadLetterRecord>(platform, 'deadLetters', bounds);
  const producer = createRecordProducer(kafka, { logger });
  const partitions = async (): Promise<number> => (await bounds(notes.topic)).length;

  /** The schema that a value was written with; undefined where it has no frame, or no registry knows it. */
  const writerOf = async (value: Buffer): Promise<{ id: number; schema: Json } | undefined> => {
    const id = frameSchemaId(value);
    const schema = id === undefined ? undefined : await schemas.schemaById(id);
    return id === undefined || schema === undefined ? undefined : { id, schema };
  };

  return {
    catchUp: notes.catchUp,
    read: notes.read,
    async preview({ value }) {
      const writer = value && (await writerOf(value));
      if (!writer) return payloadOf(value);
      try {
        return eventPayload(avroToJson(writer.schema, value.subarray(FRAME_BYTES)), value);
      } catch {
        return payloadOf(value); // It does not decode with its own schema: that may be why it is here.
      }
    },
    async sendAgain(letter, { by, asHistorical }) {
      const { topic, partition, key } = letter;
      const writer = letter.value && asHistorical ? await writerOf(letter.value) : undefined;
      const marked = letter.value && writer ? markHistorical(letter.value, writer) : undefined;
      const value = marked ?? letter.value;
      const { offset } = await producer.send({ topic, partition, key, value });
      const resent = { by, at: now(), offset, historical: marked !== undefined };
      const codec = await notes.codec();
      const own = Buffer.from(letterId(letter));
      await producer.send({
        topic: notes.topic,
        partition: partitionOf(own, await partitions()),
        key: own,
        value: codec.encode({ ...letter, key: null, value: null, resent }),
      });
      return { by, atMs: resent.at, offset, historical: resent.historical };
    },
    async close() {
      await Promise.all([producer.close(), notes.close()]);
    },
  };
}

/**
 * The same event marked as one of the past. What identity and checksum cover stays as it is (kernel/envelope.ts).
 * @returns undefined where the value is no envelope that decodes: it is sent as it is
 */
function markHistorical(
  value: Buffer,
  { id, schema }: { readonly id: number; readonly schema: Json },
): Buffer | undefined {
  try {
    const type = avroType(schema);
    const envelope = type.fromBuffer(value.subarray(FRAME_BYTES)) as object;
    return 'historical' in envelope
      ? framed(id, type)({ ...envelope, historical: true })
      : undefined;
  } catch {
    return undefined;
  }
}
