import type { EventJson } from './mapping.ts';
import type { Row } from './row.ts';

/** Events of one request: ingest takes up to 1,000. */
export const BATCH_EVENTS_MAX = 500;
/** Of one request, characters of JSON: well below ingest's limit of 5 MiB. */
export const BATCH_CHARACTERS_MAX = 1024 * 1024;

export type Batch = {
  readonly events: readonly EventJson[];
  /** Of the events, in the same order. */
  readonly rows: readonly Row[];
  readonly lastRow: number;
  readonly share: number;
};

export type RowReader = {
  /** Undefined leaves the row out. */
  readonly toEvent: (row: Row) => EventJson | undefined;
  /** Told of the rows that an earlier run sent. */
  readonly passBy?: (row: Row) => void;
};

/**
 * Rows after `after` as batches of events that one request takes. The next row is read when the next batch is asked for.
 */
export async function* batches(
  rows: AsyncIterable<Row>,
  after: number,
  { toEvent, passBy }: RowReader,
): AsyncIterable<Batch> {
  let taken: { event: EventJson; row: Row }[] = [];
  let characters = 0;
  let last: Row | undefined;
  const batch = (): Batch => {
    const full = {
      events: taken.map(({ event }) => event),
      rows: taken.map(({ row }) => row),
      lastRow: last?.number ?? after,
      share: last?.share ?? 1,
    };
    taken = [];
    characters = 0;
    return full;
  };
  for await (const row of rows) {
    if (row.number <= after) {
      passBy?.(row);
      continue;
    }
    const event = toEvent(row);
    const size = event ? JSON.stringify(event).length : 0;
    // A row that makes no event goes with the batch before it: what is said of it is said once.
    if (event && taken.length > 0 && characters + size > BATCH_CHARACTERS_MAX) yield batch();
    last = row;
    if (!event) continue;
    taken.push({ event, row });
    characters += size;
    if (taken.length >= BATCH_EVENTS_MAX) yield batch();
  }
  if (taken.length > 0) yield batch();
}
