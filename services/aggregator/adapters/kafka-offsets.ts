import type { Kafka } from 'kafkajs';
import { TidemarkError } from '../../kernel/errors.ts';
import { openLogReader } from '../../platform/kafka/log-reader.ts';
import type { SourceOffsets } from '../ports.ts';

/** Log bounds and times by the admin client, records by plain fetches; opened on first use and closed by `close`. */
export function kafkaOffsets(
  kafka: Kafka,
): SourceOffsets & { readonly close: () => Promise<void> } {
  const admin = kafka.admin();
  const reader = openLogReader(kafka);
  /** Under way: the metrics of a topic are opened together, and mostly ask for the same records. */
  const asked = new Map<string, ReturnType<typeof reader.recordAt>>();
  let connected: Promise<void> | undefined;
  const call = async <T>(what: string, action: () => Promise<T>): Promise<T> => {
    try {
      connected ??= admin.connect();
      await connected;
      return await action();
    } catch (cause) {
      connected = undefined;
      throw new TidemarkError('broker_unavailable', `${what}: ${(cause as Error).message}`, {
        cause,
      });
    }
  };
  return {
    bounds: (topic) =>
      call(`offsets of ${topic}`, async () =>
        (await admin.fetchTopicOffsets(topic))
          .map(({ partition, low, high }) => ({ partition, first: Number(low), end: Number(high) }))
          .sort((a, b) => a.partition - b.partition),
      ),
    offsetAt: ({ topic, partition, timeMs }) =>
      call(`offset of ${topic}/${partition} at ${timeMs}`, async () => {
        const found = await admin.fetchTopicOffsetsByTimestamp(topic, timeMs);
        return Number(found.find((one) => one.partition === partition)?.offset ?? 0);
      }),
    recordAt(at) {
      const key = `${at.topic}/${at.partition}/${at.offset}`;
      const found = asked.get(key) ?? reader.recordAt(at).finally(() => asked.delete(key));
      asked.set(key, found);
      return found;
    },
    close: async () => {
      await reader.close();
      if (connected) await admin.disconnect();
    },
  };
}
