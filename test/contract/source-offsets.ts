import { describe, expect, test } from 'vitest';
import type { SourceOffsets } from '../../services/aggregator/ports.ts';

export type OffsetsWorld = {
  readonly offsets: SourceOffsets;
  /** A topic of two partitions: three records in the first, none in the second. */
  readonly topic: string;
  /** Append times of the first partition's records. */
  readonly appendMs: readonly number[];
};

/** Where partitions begin and end, and where a time lies in them, whoever answers. */
export function sourceOffsetsContract(name: string, open: () => Promise<OffsetsWorld>): void {
  describe(`offsets of a log, ${name}`, () => {
    test('partitions come in order, each with its first offset and its end', async () => {
      const { offsets, topic } = await open();
      expect(await offsets.bounds(topic)).toEqual([
        { partition: 0, first: 0, end: 3 },
        { partition: 1, first: 0, end: 0 },
      ]);
    });

    test('a time is at the first record that is not older', async () => {
      const { offsets, topic, appendMs } = await open();
      const at = (timeMs: number) => offsets.offsetAt({ topic, partition: 0, timeMs });
      const last = appendMs.at(-1) ?? 0;
      expect(await at((appendMs[0] ?? 0) - 1)).toBe(0);
      expect(await at(last)).toBe(appendMs.indexOf(last));
    });

    test('a record is found at its offset, and none beyond the end', async () => {
      const { offsets, topic, appendMs } = await open();
      const at = (partition: number, offset: number) =>
        offsets.recordAt({ topic, partition, offset });
      expect(await at(0, 1)).toMatchObject({ offset: 1, appendMs: appendMs[1] });
      expect(await at(0, 3)).toBeUndefined();
      expect(await at(1, 0)).toBeUndefined();
    });

    test('a time after the last record is the end, also of an empty partition', async () => {
      const { offsets, topic, appendMs } = await open();
      const timeMs = (appendMs.at(-1) ?? 0) + 1;
      expect(await offsets.offsetAt({ topic, partition: 0, timeMs })).toBe(3);
      expect(await offsets.offsetAt({ topic, partition: 1, timeMs })).toBe(0);
    });
  });
}
