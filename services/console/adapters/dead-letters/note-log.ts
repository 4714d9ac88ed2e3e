import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { TidemarkError } from '../../../kernel/errors.ts';
import type { Json } from '../../../kernel/json.ts';
import { systemTopic } from '../../../kernel/topics.ts';
import { openCodec } from '../../../platform/avro/codec.ts';
import type { Codec } from '../../../platform/avro/codec.ts';
import { openLogReader } from '../../../platform/kafka/log-reader.ts';
import type { LogBounds } from '../../../platform/kafka/log-bounds.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { NoteHandlers, NoteLog } from '../../ports.ts';

/** A request waits so long for a topic to be read; the reading goes on without it. */
const PATIENCE_MS = 10_000;

const FILES = {
  deadLetters: 'dead-letter',
  lateEvents: 'late-event',
  commands: 'command',
} as const;

export type KafkaNoteLog<T> = NoteLog<T> & {
  readonly topic: string;
  readonly codec: () => Promise<Codec<T>>;
  readonly close: () => Promise<void>;
};

/** Notes of `dead-letters` or `late-events`, or what people say on `commands`. Nothing is read before it is asked for, and nothing twice. */
export function kafkaNoteLog<T>(
  platform: Pick<Platform, 'kafka' | 'schemas' | 'config' | 'logger'>,
  name: keyof typeof FILES,
  bounds: LogBounds['of'],
): KafkaNoteLog<T> {
  const { kafka, schemas, config, logger } = platform;
  const topic = systemTopic(config.TIDEMARK_TOPIC_PREFIX, name);
  const log = openLogReader(kafka);
  /** Next offset to be read, by partition. */
  const positions = new Map<number, number>();
  let opened: Promise<Codec<T>> | undefined;
  let underWay: Promise<void> | undefined;

  const codec = (): Promise<Codec<T>> => {
    const url = new URL(`../../../../schemas/tidemark/${FILES[name]}.avsc`, import.meta.url);
    opened ??= openCodec<T>(schemas, {
      subject: `${topic}-value`,
      schema: JSON.parse(readFileSync(url, 'utf8')) as Json,
    });
    opened.catch(() => (opened = undefined));
    return opened;
  };

  const readOn = async ({ onFirst, onNote }: NoteHandlers<T>): Promise<void> => {
    const reader = await codec();
    for (const { partition, first, end } of await bounds(topic)) {
      onFirst(partition, first);
      const from = Math.max(first, positions.get(partition) ?? 0);
      await log.read({ topic, partition, from, to: end }, async (records) => {
        for (const { value, offset } of records) {
          const decoded = value && (await reader.decode(value));
          if (decoded?.ok) onNote(decoded.value, { partition, offset });
          else if (decoded)
            logger.warn({ code: 'schema_invalid', topic, partition, offset }, decoded.error);
          positions.set(partition, offset + 1);
        }
        return true;
      });
      positions.set(partition, end);
    }
  };

  return {
    topic,
    codec,
    async catchUp(handlers) {
      underWay ??= readOn(handlers).finally(() => (underWay = undefined));
      // Whoever stops waiting leaves it to the next: its failure is theirs.
      underWay.catch(() => undefined);
      const patience = new AbortController();
      const late = wait(PATIENCE_MS, 'late' as const, { signal: patience.signal, ref: false });
      try {
        if ((await Promise.race([underWay, late])) !== 'late') return;
      } finally {
        late.catch(() => undefined);
        patience.abort();
      }
      throw new TidemarkError('rebuilding', `${topic} is still being read`);
    },
    async read({ partition, offset }) {
      const record = await log.recordAt({ topic, partition, offset });
      const decoded = record?.value ? await (await codec()).decode(record.value) : undefined;
      return decoded?.ok ? decoded.value : undefined;
    },
    close: log.close,
  };
}
