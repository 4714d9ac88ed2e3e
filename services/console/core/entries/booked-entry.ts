import { formatDecimal, rescale } from '../../../kernel/decimal.ts';
import { ENTRY_SCALE, MANUAL_ENTRY } from '../../../kernel/catalog/manual-entry-type.ts';
import { manualWindowName } from '../../../kernel/catalog/manual-windows.ts';
import type { ManualMetric } from '../../../kernel/catalog/manual-windows.ts';
import type { ManualEntryData } from '../../../kernel/catalog/manual-entry-type.ts';
import type { EnvelopeHead } from '../../../kernel/envelope.ts';
import type { Integer } from '../../../kernel/integer.ts';
import { formatRfc3339 } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';

/** A record of `events.tidemark.manual-entry` as it is decoded. */
export type EntryEnvelope = EnvelopeHead & {
  readonly data: Omit<ManualEntryData, 'value'> & { readonly value: Integer };
};

/** An entry as the book keeps it. */
export type BookedEntry = {
  readonly partition: number;
  readonly offset: number;
  readonly id: string;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  /** At `ENTRY_SCALE`. */
  readonly value: string;
  readonly note: string | null;
  readonly by: string;
  /** Append time. */
  readonly atMs: EpochMs;
  readonly isHistorical: boolean;
};

/** `GET /v1/metrics/{id}/entries`: newest first. */
export type EntryItem = {
  readonly id: string;
  readonly start: string;
  readonly end: string;
  /** In the metric's own calendar as it is now: `FY2026 M01`. */
  readonly name?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
  readonly note: string | null;
  /** `person:ID` */
  readonly by: string;
  readonly at: string;
  readonly historical: boolean;
  readonly position: string;
};
export type EntriesAnswer = {
  readonly metric: string;
  readonly entries: readonly EntryItem[];
  /** Of the next page; absent on the last one. */
  readonly cursor?: string;
};

/** Where a record lies, and when the broker took it. */
export type EntryPlace = {
  readonly partition: number;
  readonly offset: number;
  readonly atMs: EpochMs;
};

export function bookedEntry(
  { id, historical, data }: EntryEnvelope,
  { partition, offset, atMs }: EntryPlace,
): BookedEntry {
  const { metric, labels, windowStart, windowEnd, value, note, by } = data;
  return {
    partition,
    offset,
    id,
    metric,
    labels,
    startMs: windowStart,
    endMs: windowEnd,
    value: formatDecimal(value, ENTRY_SCALE),
    note,
    by,
    atMs,
    isHistorical: historical,
  };
}

export function entryItem(entry: BookedEntry, metric: ManualMetric): EntryItem {
  const name = manualWindowName(metric, entry);
  return {
    id: entry.id,
    start: formatRfc3339(entry.startMs),
    end: formatRfc3339(entry.endMs),
    ...(name === undefined ? {} : { name }),
    labels: entry.labels,
    value: atScale(entry.value, metric.unit.scale),
    note: entry.note,
    by: entry.by,
    at: formatRfc3339(entry.atMs),
    historical: entry.isHistorical,
    position: `events.${MANUAL_ENTRY}/${entry.partition}/${entry.offset}`,
  };
}

/** The unit may have got fewer places since, as the value that is shown has. */
function atScale(value: string, unitScale: number): string {
  const unscaled = BigInt(value.replace('.', ''));
  return formatDecimal(rescale(unscaled, ENTRY_SCALE, unitScale), unitScale);
}
