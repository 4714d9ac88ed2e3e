import type { DeadLetterLog } from '../../services/console/ports.ts';
import { payloadOf } from '../../services/console/core/dead-letters/answers.ts';
import { letterId } from '../../services/console/core/dead-letters/letter.ts';
import type { DeadLetterRecord } from '../../services/platform/side-records.ts';

/** Dead letters of one partition, and what was written back. */
export function memoryDeadLetters(): DeadLetterLog & {
  readonly append: (record: DeadLetterRecord) => void;
  /** The log's start moves on: what lies below is gone. */
  readonly truncate: (first: number) => void;
  readonly sent: readonly { readonly id: string; readonly asHistorical: boolean }[];
} {
  const records: DeadLetterRecord[] = [];
  const sent: { id: string; asHistorical: boolean }[] = [];
  let first = 0;
  let next = 0;
  return {
    sent,
    append: (record) => void records.push(record),
    truncate: (offset) => void (first = offset),
    catchUp({ onFirst, onNote }) {
      onFirst(0, first);
      for (next = Math.max(next, first); next < records.length; next++)
        onNote(records[next] as DeadLetterRecord, { partition: 0, offset: next });
      return Promise.resolve();
    },
    read: ({ offset }) => Promise.resolve(offset < first ? undefined : records[offset]),
    preview: ({ value }) => Promise.resolve(payloadOf(value)),
    sendAgain(letter, { by, asHistorical }) {
      sent.push({ id: letterId(letter), asHistorical });
      const resent = { by, at: sent.length, offset: 1_000 + sent.length, historical: asHistorical };
      records.push({ ...letter, key: null, value: null, resent });
      return Promise.resolve({
        by,
        atMs: resent.at,
        offset: resent.offset,
        historical: asHistorical,
      });
    },
  };
}
