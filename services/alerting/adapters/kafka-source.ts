import type { GroupConsumer } from '../../platform/kafka/consumer.ts';
import { encodePoint } from '../core/partition/recovery-point.ts';
import type { UpdateSource } from '../ports.ts';

/** The group's consumer of one topic, seen by partition numbers. */
export function kafkaSource(consumer: GroupConsumer, topic: string): UpdateSource {
  return {
    run: ({ onAssigned, onBatch, onCrash }) =>
      consumer.run(topic, {
        onAssigned: (partitions) => onAssigned(partitions.map(({ partition }) => partition)),
        onBatch,
        onCrash,
      }),
    seek: (partition, offset) => consumer.seek({ topic, partition }, offset),
    commit: (reached) =>
      consumer.commit(
        reached.map(({ partition, offset, point }) => {
          return { topic, partition, offset, ...(point ? { note: encodePoint(point) } : {}) };
        }),
      ),
    stop: consumer.stop,
  };
}
