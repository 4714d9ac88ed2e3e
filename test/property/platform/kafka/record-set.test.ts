import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BASE_MS,
  encodeBatch,
  encodeMarker,
  readAll,
  setOf,
} from '../../../support/record-batches.ts';
import type { ReadRecord } from '../../../support/record-batches.ts';

const load = createRequire(import.meta.url);
/** kafkajs' own encoder: what its producers send. */
const encodeTheirRecord = load('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (
  record: object,
) => unknown;
const { RecordBatch } = load('kafkajs/src/protocol/recordBatch/v0/index.js') as {
  RecordBatch: (batch: object) => Promise<{ readonly buffer: Buffer }>;
};
const Long = load('kafkajs/src/utils/long.js') as { fromValue: (value: number) => unknown };
const GZIP = 1;

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const drafts = fc.array(
  fc.record({
    key: fc.option(bytes),
    value: fc.option(bytes),
    afterMs: fc.integer({ min: 0, max: 2 ** 40 }),
    headers: fc.constantFrom({}, { a: Buffer.from('1') }),
  }),
  { minLength: 1, maxLength: 80 },
);
const text = (part: Buffer | null): string | null => part && part.toString('latin1');

test('what kafkajs encodes is read as it was', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: Number.MAX_SAFE_INTEGER - 1_000 }),
      fc.array(fc.tuple(drafts, fc.boolean()), { minLength: 1, maxLength: 4 }),
      async (start, runs) => {
        const batches: Buffer[] = [];
        const wanted: ReadRecord[] = [];
        let next = start;
        for (const [records, isPacked] of runs) {
          const batch = await RecordBatch({
            firstOffset: Long.fromValue(next),
            lastOffsetDelta: records.length - 1,
            firstTimestamp: BASE_MS,
            compression: isPacked ? GZIP : 0,
            records: records.map(({ afterMs, ...record }, index) =>
              encodeTheirRecord({ ...record, offsetDelta: index, timestampDelta: afterMs }),
            ),
          });
          batches.push(batch.buffer);
          for (const { key, value, afterMs } of records)
            wanted.push({
              offset: next++,
              appendMs: BASE_MS + afterMs,
              key: text(key),
              value: text(value),
            });
        }
        const set = setOf(batches, { offset: start });
        expect(readAll(set.open())).toEqual({ records: wanted, fault: undefined });
        expect(set).toMatchObject({ nextOffset: next, count: wanted.length });
      },
    ),
  );
});

const three = [0, 10, 20].map((from) =>
  encodeBatch({
    baseOffset: from,
    records: Array.from({ length: 10 }, (_, i) => ({
      offset: from + i,
      key: Buffer.from(`key ${i}`),
      value: Buffer.from(`value ${from + i + 100}`),
    })),
  }),
);
const whole = readAll(setOf(three).open()).records;
const size = (three[0] as Buffer).length;

test('any cut of the tail leaves the batches before it', () => {
  fc.assert(
    fc.property(fc.integer({ min: size, max: 3 * size }), (to) => {
      const set = setOf([Buffer.concat(three).subarray(0, to)]);
      const batches = Math.floor(to / size);
      expect(readAll(set.open())).toEqual({
        records: whole.slice(0, 10 * batches),
        fault: undefined,
      });
      expect(set.nextOffset).toBe(10 * batches);
    }),
  );
});

/** Where Kafka's checksum does not reach and no neighbour tells: the base offset, and the leader's epoch. */
const isUncovered = (place: number): boolean => place < 8 || (place >= 12 && place < 16);

test('any flipped bit in a batch keeps it and all after it from being read', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 2 }),
      fc.nat({ max: size - 1 }).filter((place) => !isUncovered(place)),
      fc.nat({ max: 7 }),
      (index, place, bit) => {
        const batches = three.map((batch) => Buffer.from(batch));
        const damaged = batches[index] as Buffer;
        damaged.writeUInt8(damaged.readUInt8(place) ^ (1 << bit), place);
        const set = setOf(batches);
        const { records, fault } = readAll(set.open());
        expect(records).toEqual(whole.slice(0, 10 * index));
        // A length that grew is like a cut: then the next fetch begins with this batch.
        const isFetchedAgain = index > 0 && set.nextOffset === 10 * index;
        if (!isFetchedAgain || fault) expect(fault).toMatchObject({ code: 'log_unreadable' });
      },
    ),
    { numRuns: 2_000 },
  );
});

test('read_committed shows what was committed and nothing else, wherever the fetch begins', () => {
  const step = fc.record({
    producerId: fc.nat({ max: 2 }),
    kind: fc.constantFrom('data', 'data', 'data', 'plain', 'commit', 'abort'),
    count: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), fc.nat(), (steps, choice) => {
      const log = writeLog(steps);
      const first = choice % log.batches.length;
      const { from } = log.batches[first] as { from: number };
      const set = setOf(
        log.batches.slice(first).map((batch) => batch.bytes),
        { offset: from, aborted: log.aborted.filter(({ endOffset }) => endOffset >= from) },
      );
      const { records, fault } = readAll(set.open());
      expect(fault).toBeUndefined();
      expect(records.map(({ offset }) => offset)).toEqual(log.shown.filter((one) => one >= from));
      expect(set).toMatchObject({ nextOffset: log.end, count: records.length });
    }),
  );
});

type Step = {
  readonly producerId: number;
  readonly kind: 'data' | 'plain' | 'commit' | 'abort';
  readonly count: number;
};
/** A log of transactions that run into each other; all are ended at its end. */
function writeLog(steps: readonly Step[]) {
  const open = new Map<number, number[]>();
  const batches: { from: number; bytes: Buffer }[] = [];
  const aborted: { producerId: number; firstOffset: number; endOffset: number }[] = [];
  const shown: number[] = [];
  let end = 0;
  const ends: Step[] = [0, 1, 2].map((producerId) => ({ producerId, kind: 'commit', count: 1 }));
  for (const { producerId, kind, count } of [...steps, ...ends]) {
    const from = end;
    if (kind === 'commit' || kind === 'abort') {
      const offsets = open.get(producerId);
      if (!offsets) continue;
      open.delete(producerId);
      batches.push({ from, bytes: encodeMarker(end++, producerId, kind) });
      if (kind === 'commit') shown.push(...offsets);
      else aborted.push({ producerId, firstOffset: offsets[0] as number, endOffset: from });
      continue;
    }
    const offsets = Array.from({ length: count }, () => end++);
    const records = offsets.map((offset) => ({ offset }));
    const owner = kind === 'data' ? { producerId } : {};
    batches.push({ from, bytes: encodeBatch({ baseOffset: from, records, ...owner }) });
    if (kind === 'plain') shown.push(...offsets);
    else open.set(producerId, [...(open.get(producerId) ?? []), ...offsets]);
  }
  if (batches.length === 0) batches.push({ from: 0, bytes: Buffer.alloc(0) });
  return { batches, aborted, end, shown: shown.sort((a, b) => a - b) };
}
