import { hash128Into } from '../../kernel/hash.ts';
import { spanKey } from './gathering.ts';
import type { ProjectionState } from './projection-state.ts';
import type { SourceRecord } from './source-record.ts';

/**
 * `offset|append time|hash of the value`: which record lies there. Stored beside a cursor, it tells the log that was
 * counted from another one of the same name (a topic that was deleted and made again, a broker that lost its tail),
 * also when that one has outgrown the cursor.
 */
export function fingerprintOf({ offset, appendMs, ...view }: SourceRecord): string {
  const { bytes, valueFrom, valueTo } = view;
  const words = new Int32Array(4);
  const range = valueFrom < 0 ? { from: 0, to: 0 } : { from: valueFrom, to: valueTo };
  hash128Into(words, bytes, range);
  const hash = [...words].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  return `${offset}|${appendMs}|${hash}`;
}

/** Offset of the record that a fingerprint is of. */
export const fingerprintOffset = (fingerprint: string): number =>
  Number(fingerprint.slice(0, fingerprint.indexOf('|')));

/**
 * Stamps the open spans of a partition with the last record of a batch: once per batch, not per record. A flush in the
 * middle of a batch leaves the stored fingerprint as it is, which stays true: it names its own offset.
 */
export function stamp(
  projections: readonly ProjectionState[],
  place: { readonly topic: string; readonly partition: number },
  last: SourceRecord | undefined,
): void {
  if (!last) return;
  const key = spanKey(place.topic, place.partition);
  let fingerprint: string | undefined;
  for (const { gathering } of projections) {
    const span = gathering.spans.get(key);
    if (!span || span.to <= last.offset) continue;
    span.fingerprint = fingerprint ??= fingerprintOf(last);
  }
}
