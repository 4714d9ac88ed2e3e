import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { AlertRecord } from '../../kernel/alert.ts';
import type { Json } from '../../kernel/json.ts';
import { systemTopic } from '../../kernel/topics.ts';
import { decodeUpdate } from '../../kernel/update.ts';
import type { MetricUpdate, UpdateRecord } from '../../kernel/update.ts';
import { openCodec } from '../../platform/avro/codec.ts';
import type { Codec } from '../../platform/avro/codec.ts';
import { followTopics } from '../../platform/kafka/tail.ts';
import type { Tail } from '../../platform/kafka/tail.ts';
import type { Platform } from '../../platform/platform.ts';

const schemaOf = (name: string): Json =>
  JSON.parse(
    readFileSync(new URL(`../../../schemas/tidemark/${name}.avsc`, import.meta.url), 'utf8'),
  ) as Json;

type Codecs = { readonly update: Codec<UpdateRecord>; readonly alert: Codec<AlertRecord> };
type Handlers = {
  readonly onUpdate: (update: MetricUpdate) => void;
  readonly onAlert: (record: AlertRecord) => void;
};
const RETRY_AFTER_MS = 1_000;

/**
 * Follows `metric-updates` and `alerts` from their ends, as soon as registry and broker answer. What does not decode is
 * logged and passed over.
 */
export function openKafkaFeed(
  platform: Pick<Platform, 'kafka' | 'schemas' | 'config' | 'logger'>,
  handlers: Handlers,
): Tail {
  const { kafka, schemas, config, logger } = platform;
  const updates = systemTopic(config.TIDEMARK_TOPIC_PREFIX, 'metricUpdates');
  const alerts = systemTopic(config.TIDEMARK_TOPIC_PREFIX, 'alerts');
  const stopping = new AbortController();
  let tail: Tail | undefined;

  const openCodecs = async (): Promise<Codecs> => {
    const [update, alert] = await Promise.all([
      openCodec<UpdateRecord>(schemas, {
        subject: `${updates}-value`,
        schema: schemaOf('metric-update'),
      }),
      openCodec<AlertRecord>(schemas, { subject: `${alerts}-value`, schema: schemaOf('alert') }),
    ]);
    return { update, alert };
  };
  const follow = (codecs: Codecs): Tail =>
    followTopics(kafka, {
      topics: [updates, alerts],
      logger,
      async onRecords(topic, records) {
        for (const { value, offset } of records) {
          const fault =
            value &&
            (await hand(value, topic === updates ? 'update' : 'alert', { codecs, handlers }));
          if (fault) logger.warn({ code: 'schema_invalid', topic, offset }, fault);
        }
      },
    });
  const opening = (async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        tail = follow(await openCodecs());
        return;
      } catch (error) {
        logger.warn(
          { code: 'registry_unavailable', err: error },
          'the stream waits for the registry',
        );
        await wait(RETRY_AFTER_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  })();

  return {
    isLive: () => tail?.isLive() ?? false,
    async stop() {
      stopping.abort();
      await opening;
      await tail?.stop();
    },
  };
}

/** @returns why the bytes are no record of this kind */
async function hand(
  value: Buffer,
  kind: keyof Codecs,
  to: { codecs: Codecs; handlers: Handlers },
): Promise<string | undefined> {
  if (kind === 'update') {
    const decoded = await to.codecs.update.decode(value);
    if (!decoded.ok) return decoded.error;
    to.handlers.onUpdate(decodeUpdate(decoded.value));
    return undefined;
  }
  const decoded = await to.codecs.alert.decode(value);
  if (!decoded.ok) return decoded.error;
  to.handlers.onAlert(decoded.value);
  return undefined;
}
