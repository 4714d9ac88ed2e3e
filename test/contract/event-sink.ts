import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventRecord, EventSink } from '../../services/ingest/ports.ts';

/** What a sink is tried with: one empty topic of its own with at least two partitions. */
export type SinkUnderTest = {
  readonly sink: EventSink;
  readonly topic: string;
  /** Values of a partition's log, in order. */
  readonly logOf: (partition: number) => Promise<readonly string[]>;
  /** Bytes that may wait for their acknowledgement. */
  readonly bytesMax: number;
};

/** What every EventSink keeps; run on each implementation. */
export function eventSinkContract(name: string, open: () => Promise<SinkUnderTest>): void {
  describe(`an event sink: ${name}`, () => {
    let under: SinkUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.sink.close());
    const record = (partition: number, value: string): EventRecord => ({
      topic: under.topic,
      partition,
      key: Buffer.from('k'),
      value: Buffer.from(value),
    });
    const numbered = (count: number) => Array.from({ length: count }, (_, index) => String(index));

    test('gives each record the offset at which the log has it', async () => {
      const values = numbered(50);
      const written = await under.sink.write(
        values.map((value, index) => record(index % 2, value)),
      );
      const logs = [await under.logOf(0), await under.logOf(1)];
      expect(written.map((one, index) => one.ok && logs[index % 2]?.[one.value.offset])).toEqual(
        values,
      );
    });

    test('keeps the order of calls in a partition, though none waits for the one before', async () => {
      await Promise.all(numbered(30).map((value) => under.sink.write([record(0, value)])));
      expect(await under.logOf(0)).toEqual(numbered(30));
    });

    test('hands over in the call: what is written before it is closed is in the log', async () => {
      const writing = under.sink.write([record(0, 'last')]);
      await under.sink.close();
      expect(await writing).toEqual([{ ok: true, value: { offset: 0 } }]);
      expect(await under.logOf(0)).toEqual(['last']);
    });

    test('refuses what would pass the bytes that may wait, whole, and takes what fits', async () => {
      const half = 'x'.repeat(Math.ceil(under.bytesMax / 2));
      await expect(under.sink.write([record(0, half), record(1, half)])).rejects.toMatchObject({
        code: 'overloaded',
      });
      expect(await under.sink.write([record(0, 'small')])).toMatchObject([{ ok: true }]);
      expect([await under.logOf(0), await under.logOf(1)]).toEqual([['small'], []]);
    });

    test('takes bytes again as soon as earlier ones are acknowledged', async () => {
      const most = 'x'.repeat(Math.floor(under.bytesMax * 0.7));
      for (let round = 0; round < 3; round++)
        expect(await under.sink.write([record(0, most)])).toMatchObject([
          { ok: true, value: { offset: round } },
        ]);
    });

    test('writes records together, each behind what was written before', async () => {
      const before = under.sink.write([record(0, 'event')]);
      const together = under.sink.writeTogether([record(0, 'a'), record(1, 'b')]);
      expect(await Promise.all(together)).toEqual([
        { ok: true, value: { offset: 1 } },
        { ok: true, value: { offset: 0 } },
      ]);
      await before;
      expect([await under.logOf(0), await under.logOf(1)]).toEqual([['event', 'a'], ['b']]);
    });

    test('once closed promises nothing any more', async () => {
      await under.sink.close();
      expect(await under.sink.write([record(0, 'late')])).toMatchObject([
        { ok: false, error: { code: 'broker_unavailable' } },
      ]);
    });

    test('has no fault while all is well', async () => {
      await under.sink.write([record(0, 'a')]);
      expect(under.sink.fault()).toBeUndefined();
    });
  });
}
