import { fingerprintOf, fingerprintOffset } from './core/fingerprint.ts';
import { viewOf } from './core/source-record.ts';
import type { SourceOffsets, StoredProjection } from './ports.ts';

/**
 * Whether the log is still the one that the projection was computed from: the records that its fingerprints are of must
 * lie where they lay. What retention took cannot be compared.
 * @returns what differs, in a sentence; undefined when nothing that can be compared does   @throws broker_unavailable
 */
export async function strangeRecord(
  offsets: Pick<SourceOffsets, 'recordAt'>,
  stored: StoredProjection,
  bounds: readonly { readonly partition: number; readonly first: number }[],
): Promise<string | undefined> {
  const kept = stored.partitions.flatMap(({ topic, partition, fingerprints }) =>
    [...new Set(fingerprints)].map((fingerprint) => {
      const offset = fingerprintOffset(fingerprint);
      return { topic, partition, offset, fingerprint };
    }),
  );
  const findings = kept
    .filter(({ partition, offset }) =>
      bounds.some((one) => one.partition === partition && one.first <= offset),
    )
    .map(async ({ fingerprint, ...at }) => {
      const record = await offsets.recordAt(at);
      if (record && fingerprintOf(viewOf(record)) === fingerprint) return undefined;
      const place = `${at.topic}/${at.partition}/${at.offset}`;
      return `${place} is ${record ? 'another record than' : 'no longer'} the one that was counted`;
    });
  return (await Promise.all(findings)).find((finding) => finding !== undefined);
}
