import type { Kafka } from 'kafkajs';
import { TidemarkError } from '../../kernel/errors.ts';

export type LogBounds = {
  /** First offset and end of each partition, by partition. @throws broker_unavailable */
  readonly of: (
    topic: string,
  ) => Promise<readonly { partition: number; first: number; end: number }[]>;
  readonly close: () => Promise<void>;
};

/** Where topics begin and end, by one admin client that is opened on first use, and again after a fault. */
export function openLogBounds(kafka: Kafka): LogBounds {
  const admin = kafka.admin();
  let connected: Promise<void> | undefined;
  return {
    async of(topic) {
      try {
        connected ??= admin.connect();
        await connected;
        const offsets = await admin.fetchTopicOffsets(topic);
        return offsets
          .map(({ partition, low, high }) => ({ partition, first: Number(low), end: Number(high) }))
          .sort((a, b) => a.partition - b.partition);
      } catch (cause) {
        connected = undefined;
        throw new TidemarkError(
          'broker_unavailable',
          `offsets of ${topic}: ${(cause as Error).message}`,
          { cause },
        );
      }
    },
    close: async () => {
      if (connected) await admin.disconnect();
    },
  };
}
