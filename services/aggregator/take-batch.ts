import type { Fold } from './core/fold.ts';
import type { PartitionJudge, RecordReader } from './core/judge.ts';
import type { ReaderSource, ReadPlan, SourceBatch, SourceCursor } from './ports.ts';

/**
 * Readers of one topic's writer schemas, for the fields that its metrics need. Ids that the registry does not know are
 * asked for again: they may become known, and for how long not to ask is the registry client's.
 */
export type TopicReaders = {
  /** The reader of the record that the cursor shows; undefined: it must be loaded. A record without a schema id has none, ever. */
  readonly at: (record: SourceCursor) => { readonly reader: RecordReader | undefined } | undefined;
  /** Loads what `at` lacks. @throws registry_unavailable */
  readonly load: (record: SourceCursor) => Promise<void>;
};

export type ReaderPorts = {
  readonly readers: ReaderSource;
  /** The schema id of the framed value that is `bytes[from, to)`; undefined where there is none. */
  readonly schemaIdOf: (bytes: Buffer, from: number, to: number) => number | undefined;
};

const NONE = { reader: undefined };

export function topicReaders({ readers, schemaIdOf }: ReaderPorts, plan: ReadPlan): TopicReaders {
  const known = new Map<number, { readonly reader: RecordReader }>();
  /** The id that was looked up last: neighbours mostly have one. */
  let recent = { id: -1, found: NONE as { readonly reader: RecordReader | undefined } | undefined };
  const idOf = ({ bytes, valueFrom, valueTo }: SourceCursor): number | undefined =>
    schemaIdOf(bytes, valueFrom, valueTo);
  return {
    at(record) {
      const id = idOf(record);
      if (id === undefined) return NONE;
      if (id !== recent.id) recent = { id, found: known.get(id) };
      return recent.found;
    },
    async load(record) {
      const id = idOf(record);
      if (id === undefined) return;
      const reader = await readers.readerOf(id, plan);
      recent = { id, found: { reader } };
      if (reader.kind !== 'refused' || reader.code !== 'schema_unknown') known.set(id, { reader });
    },
  };
}

export type BatchTaker = {
  readonly judge: PartitionJudge;
  readonly readers: TopicReaders;
  /** How records are folded from here on: asked again after each wait, since what was gathered may be gone. */
  readonly folding: () => Fold;
  /** Reading has come to this offset. */
  readonly onRead: (next: number) => void;
  /** Called between records, with what a flush would carry; resolves when reading may go on. */
  readonly onWeight: (weight: number) => Promise<void> | undefined;
  /** Whether this reading still counts: else it ends. */
  readonly isCurrent: () => boolean;
};

/**
 * Takes a batch's records through the judge into what gathers them.
 * @returns the cursor at the last record; undefined when the reading was called off on the way
 * @throws registry_unavailable, log_unreadable
 */
export async function takeBatch(
  batch: Pick<SourceBatch, 'open'>,
  taker: BatchTaker,
): Promise<SourceCursor | undefined> {
  const { judge, readers, onRead, onWeight } = taker;
  const record = batch.open();
  let fold = taker.folding();
  const isToGoOn = (): boolean => {
    if (!taker.isCurrent()) return false;
    fold = taker.folding();
    return true;
  };
  while (record.next()) {
    let found = readers.at(record);
    if (!found) {
      await readers.load(record);
      if (!isToGoOn()) return undefined;
      found = readers.at(record) ?? NONE;
    }
    const weight = fold(record, judge.judge(record, found.reader));
    onRead(record.offset + 1);
    const wait = onWeight(weight);
    if (!wait) continue;
    await wait;
    if (!isToGoOn()) return undefined;
  }
  return record;
}
