import { setTimeout as wait } from 'node:timers/promises';
import type { Catalog } from '../../../kernel/definitions.ts';
import { MANUAL_ENTRY, MANUAL_ENTRY_TYPE } from '../../../kernel/catalog/manual-entry-type.ts';
import { envelopeSchema } from '../../../kernel/envelope.ts';
import { openCodec } from '../../../platform/avro/codec.ts';
import type { Codec } from '../../../platform/avro/codec.ts';
import type { ConsumedRecord } from '../../../platform/kafka/consumer.ts';
import type { LogBounds } from '../../../platform/kafka/log-bounds.ts';
import { followTopics } from '../../../platform/kafka/tail.ts';
import type { Tail } from '../../../platform/kafka/tail.ts';
import { ensureTopics, eventTopicSpec } from '../../../platform/kafka/topics.ts';
import type { Platform } from '../../../platform/platform.ts';
import { bookedEntry } from '../../core/entries/booked-entry.ts';
import type { BookedEntry, EntryEnvelope } from '../../core/entries/booked-entry.ts';
import type { EntryBook } from '../../ports.ts';

const RETRY_AFTER_MS = 1_000;
/** Heartbeats move the position on as well; so seldom is it written down for their sake. */
const WRITE_EVERY_MS = 30_000;

export type EntryFollower = {
  /** Whether all that was there when it began is in the book. */
  readonly isRead: () => boolean;
  readonly stop: () => Promise<void>;
};

/**
 * Writes entries from the log into the book, from the first manual metric on. Where Redis lost the book, it is read again
 * from where Redis says.
 */
export function followEntries(
  platform: Pick<Platform, 'kafka' | 'schemas' | 'config' | 'logger' | 'catalog' | 'now'>,
  { book, bounds }: { readonly book: EntryBook; readonly bounds: LogBounds['of'] },
): EntryFollower {
  const { kafka, schemas, config, logger, catalog, now } = platform;
  const spec = eventTopicSpec(config, MANUAL_ENTRY);
  const { topic } = spec;
  const stopping = new AbortController();
  /** By partition: what Redis holds at least, how far was read, and how far that must be to have read all. */
  const written = new Map<number, number>();
  const read = new Map<number, number>();
  let ends: readonly { readonly partition: number; readonly end: number }[] | undefined;
  let writtenMs = 0;
  let tail: Tail | undefined;

  const startAt = async (): Promise<ReadonlyMap<string, number>> => {
    const [stored, log] = await Promise.all([book.positions(), bounds(topic)]);
    written.clear();
    read.clear();
    for (const { partition, first } of log) {
      const next = stored.get(partition) ?? 0;
      written.set(partition, next);
      read.set(partition, Math.max(next, first));
    }
    ends = log;
    return new Map([...read].map(([partition, next]) => [`${topic}/${partition}`, next]));
  };

  const take = async (
    codec: Codec<EntryEnvelope>,
    records: readonly ConsumedRecord[],
    partition: number,
  ): Promise<void> => {
    const last = records.at(-1);
    if (!last) return;
    const entries = await decode(codec, records, partition);
    const next = last.offset + 1;
    const isFirst = (written.get(partition) ?? 0) === 0;
    if (entries.length > 0 || isFirst || now() - writtenMs > WRITE_EVERY_MS) {
      const known = written.get(partition) ?? 0;
      if (!(await book.add({ partition, known, next, entries })))
        throw new Error('the book of entries was lost, and is read from the log again');
      written.set(partition, next);
      writtenMs = now();
    }
    read.set(partition, next);
  };

  const begin = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await ensureTopics(kafka, [spec]);
        const schema = envelopeSchema(MANUAL_ENTRY, MANUAL_ENTRY_TYPE.schema);
        const codec = await openCodec<EntryEnvelope>(schemas, {
          subject: `${topic}-value`,
          schema,
        });
        tail = followTopics(kafka, {
          topics: [topic],
          logger,
          startAt,
          onRecords: (_topic, records, partition) => take(codec, records, partition),
        });
        return;
      } catch (error) {
        logger.warn({ err: error }, 'entries cannot be followed yet');
        await wait(RETRY_AFTER_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };

  let beginning: Promise<void> | undefined;
  const look = ({ eventTypes }: Catalog): void => {
    if (eventTypes.has(MANUAL_ENTRY)) beginning ??= begin();
  };
  const unsubscribe = catalog.onChange(look);
  look(catalog.current());

  return {
    isRead: () => ends?.every(({ partition, end }) => (read.get(partition) ?? 0) >= end) ?? false,
    async stop() {
      unsubscribe();
      stopping.abort();
      await beginning;
      await tail?.stop();
    },
  };
}

/** Heartbeats and what else is no entry are passed over. */
async function decode(
  codec: Codec<EntryEnvelope>,
  records: readonly ConsumedRecord[],
  partition: number,
): Promise<readonly BookedEntry[]> {
  const entries: BookedEntry[] = [];
  for (const { value, offset, appendMs } of records) {
    const decoded = value && (await codec.decode(value));
    if (decoded?.ok)
      entries.push(bookedEntry(decoded.value, { partition, offset, atMs: appendMs }));
  }
  return entries;
}
