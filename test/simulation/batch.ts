import type { KeptRecord } from '../../services/aggregator/core/source-record.ts';
import type { SourceBatch, SourceCursor } from '../../services/aggregator/ports.ts';

export type FakeBatch = SourceBatch & {
  /** What a client does with the memory of a fetch when it is done with: nobody may have kept a view on it. */
  readonly release: () => void;
};

/** A fetch: its records lie in one piece of memory, and one view moves over them. */
export function createBatch(
  at: Omit<SourceBatch, 'open'>,
  records: readonly KeptRecord[],
): FakeBatch {
  const bytes = Buffer.concat(records.map(({ value }) => value ?? Buffer.alloc(0)));
  return {
    ...at,
    open: () => cursorOver(bytes, records, at.fetchedOffset),
    release: () => void bytes.fill(0xff),
  };
}

function cursorOver(
  bytes: Buffer,
  records: readonly KeptRecord[],
  fetchedOffset: number,
): SourceCursor {
  let index = -1;
  let position = 0;
  const view = {
    offset: -1,
    holeFrom: -1,
    appendMs: 0,
    bytes,
    keyFrom: -1,
    keyTo: -1,
    valueFrom: -1,
    valueTo: -1,
    next(): boolean {
      const record = records[index + 1];
      if (!record) return false;
      index++;
      view.holeFrom = index === 0 ? fetchedOffset : view.offset + 1;
      view.offset = record.offset;
      view.appendMs = record.appendMs;
      view.valueFrom = record.value ? position : -1;
      position += record.value?.length ?? 0;
      view.valueTo = record.value ? position : -1;
      return true;
    },
  };
  return view;
}
