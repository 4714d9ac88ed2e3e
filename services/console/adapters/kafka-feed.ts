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
import type { NoteCommand } from '../core/notes/note-book.ts';

const subjectOf = (topic: string, name: string): { subject: string; schema: Json } => {
  const url = new URL(`../../../schemas/tidemark/${name}.avsc`, import.meta.url);
  return { subject: `${topic}-value`, schema: JSON.parse(readFileSync(url, 'utf8')) as Json };
};

type Handlers = {
  readonly onUpdate: (update: MetricUpdate) => void;
  readonly onAlert: (record: AlertRecord) => void;
  /** Of any kind, as far as a note has its fields. */
  readonly onCommand: (command: NoteCommand) => void;
};
const RETRY_AFTER_MS = 1_000;

/** Hands over what the bytes say. @returns why they are no record of their topic */
type Hand = (value: Buffer) => Promise<string | undefined>;

const handOf =
  <T>(codec: Codec<T>, take: (told: T) => void): Hand =>
  async (value) => {
    const decoded = await codec.decode(value);
    if (!decoded.ok) return decoded.error;
    take(decoded.value);
    return undefined;
  };

/**
 * Follows `metric-updates`, `alerts` and `commands` from their ends, as soon as registry and broker answer. What does not
 * decode is logged and passed over.
 */
export function openKafkaFeed(
  platform: Pick<Platform, 'kafka' | 'schemas' | 'config' | 'logger'>,
  handlers: Handlers,
): Tail {
  const { kafka, schemas, config, logger } = platform;
  const updates = systemTopic(config.TIDEMARK_TOPIC_PREFIX, 'metricUpdates');
  const alerts = systemTopic(config.TIDEMARK_TOPIC_PREFIX, 'alerts');
  const commands = systemTopic(config.TIDEMARK_TOPIC_PREFIX, 'commands');
  const stopping = new AbortController();
  let tail: Tail | undefined;

  const openHands = async (): Promise<ReadonlyMap<string, Hand>> => {
    const [update, alert, command] = await Promise.all([
      openCodec<UpdateRecord>(schemas, subjectOf(updates, 'metric-update')),
      openCodec<AlertRecord>(schemas, subjectOf(alerts, 'alert')),
      openCodec<NoteCommand>(schemas, subjectOf(commands, 'command')),
    ]);
    return new Map([
      [updates, handOf(update, (record) => handlers.onUpdate(decodeUpdate(record)))],
      [alerts, handOf(alert, handlers.onAlert)],
      [commands, handOf(command, handlers.onCommand)],
    ]);
  };
  const follow = (hands: ReadonlyMap<string, Hand>): Tail =>
    followTopics(kafka, {
      topics: [...hands.keys()],
      logger,
      async onRecords(topic, records) {
        for (const { value, offset } of records) {
          const fault = value && (await hands.get(topic)?.(value));
          if (fault) logger.warn({ code: 'schema_invalid', topic, offset }, fault);
        }
      },
    });
  const opening = (async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        tail = follow(await openHands());
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
