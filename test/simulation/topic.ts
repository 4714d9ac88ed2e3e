import type { KeptRecord } from '../../services/aggregator/core/source-record.ts';
import type { LoggedRecord } from '../support/event-log.ts';

/** What lies at one offset; the record as the aggregator gets it, and what the recount reads. */
type Entry = { readonly record: KeptRecord; readonly logged: LoggedRecord };
type Partition = { first: number; end: number; entries: Entry[] };

/** A topic of events: append times are the broker's, offsets have holes, retention moves the start. */
export type Topic = {
  readonly name: string;
  readonly count: number;
  readonly append: (
    partition: number,
    value: Buffer | null,
    about: { readonly appendMs: number; readonly content: LoggedRecord['content'] },
  ) => void;
  /** An offset that holds nothing for readers, as control records do. */
  readonly hole: (partition: number) => void;
  /** Retention: nothing below `first` can be read any more. */
  readonly truncate: (partition: number, first: number) => void;
  /** Another topic under the same name, empty. */
  readonly recreate: () => void;
  readonly bounds: (partition: number) => { readonly first: number; readonly end: number };
  readonly offsetAt: (partition: number, timeMs: number) => number;
  /** Records from `offset` on that readers get. */
  readonly read: (partition: number, offset: number, most: number) => readonly KeptRecord[];
  /** Everything that was ever appended to the topic as it is now. */
  readonly history: () => readonly LoggedRecord[];
  readonly onAppend: (listener: () => void) => void;
};

export function createTopic(name: string, count: number): Topic {
  const empty = (): Partition[] =>
    Array.from({ length: count }, () => ({ first: 0, end: 0, entries: [] }));
  let partitions = empty();
  const listeners: (() => void)[] = [];
  const at = (partition: number): Partition => partitions[partition] as Partition;
  const tell = (): void => {
    for (const listener of listeners) listener();
  };

  return {
    name,
    count,
    append(partition, value, { appendMs, content }) {
      const { end: offset, entries } = at(partition);
      entries.push({
        record: { offset, appendMs, key: null, value },
        logged: { partition, offset, appendMs, content },
      });
      at(partition).end++;
      tell();
    },
    hole(partition) {
      at(partition).end++;
      tell();
    },
    truncate(partition, first) {
      at(partition).first = Math.max(at(partition).first, first);
    },
    recreate() {
      partitions = empty();
    },
    bounds: (partition) => ({ first: at(partition).first, end: at(partition).end }),
    offsetAt(partition, timeMs) {
      const { first, end, entries } = at(partition);
      const found = entries.find(
        ({ logged }) => logged.offset >= first && logged.appendMs >= timeMs,
      );
      return found?.logged.offset ?? end;
    },
    read: (partition, offset, most) =>
      at(partition)
        .entries.filter(({ logged }) => logged.offset >= Math.max(offset, at(partition).first))
        .slice(0, most)
        .map(({ record }) => record),
    history: () => partitions.flatMap(({ entries }) => entries.map(({ logged }) => logged)),
    onAppend: (listener) => listeners.push(listener),
  };
}
