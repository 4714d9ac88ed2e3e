import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { AlertRecord } from '../../kernel/alert.ts';
import type { Json } from '../../kernel/json.ts';
import { systemTopic } from '../../kernel/topics.ts';
import { openCodec } from '../../platform/avro/codec.ts';
import { openLogReader } from '../../platform/kafka/log-reader.ts';
import type { LogBounds } from '../../platform/kafka/log-bounds.ts';
import type { Platform } from '../../platform/platform.ts';

const SCHEMA = new URL('../../../schemas/tidemark/alert.avsc', import.meta.url);
const RETRY_AFTER_MS = 1_000;

export type AlertHistory = { readonly isRead: () => boolean; readonly stop: () => Promise<void> };

/**
 * Reads `alerts` once from its start, as soon as what comes after is followed; it tries again until it has.
 * @param options.isFollowed whether records appended from now on are handed over by another
 */
export function readAlertHistory(
  platform: Pick<Platform, 'kafka' | 'schemas' | 'config' | 'logger'>,
  options: {
    readonly bounds: LogBounds['of'];
    readonly isFollowed: () => boolean;
    readonly onAlert: (record: AlertRecord) => void;
  },
): AlertHistory {
  const { kafka, schemas, config, logger } = platform;
  const topic = systemTopic(config.TIDEMARK_TOPIC_PREFIX, 'alerts');
  const stopping = new AbortController();
  let isRead = false;

  const read = async (): Promise<void> => {
    const schema = JSON.parse(readFileSync(SCHEMA, 'utf8')) as Json;
    const codec = await openCodec<AlertRecord>(schemas, { subject: `${topic}-value`, schema });
    const log = openLogReader(kafka);
    try {
      for (const { partition, first, end } of await options.bounds(topic))
        await log.read({ topic, partition, from: first, to: end }, async (records) => {
          for (const { value } of records) {
            const decoded = value && (await codec.decode(value));
            if (decoded?.ok) options.onAlert(decoded.value);
          }
          return !stopping.signal.aborted;
        });
      isRead = !stopping.signal.aborted;
    } finally {
      await log.close();
    }
  };

  const running = (async (): Promise<void> => {
    while (!isRead && !stopping.signal.aborted) {
      try {
        if (options.isFollowed()) await read();
      } catch (error) {
        logger.warn({ code: 'broker_unavailable', err: error }, 'alerts are read again');
      }
      if (!isRead)
        await wait(RETRY_AFTER_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();

  return {
    isRead: () => isRead,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
