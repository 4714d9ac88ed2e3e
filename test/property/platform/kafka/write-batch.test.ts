import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeBatch } from '../../../../services/platform/kafka/write-batch.ts';
import type { BatchRecord } from '../../../../services/platform/kafka/write-batch.ts';

type Encoded = { readonly buffer: Buffer };
const load = createRequire(import.meta.url);
const stockRecord = load('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (
  record: object,
) => Encoded;
const { RecordBatch: stockBatch } = load('kafkajs/src/protocol/recordBatch/v0/index.js') as {
  RecordBatch: (batch: object) => Promise<Encoded>;
};

const stock = async (records: readonly BatchRecord[], atMs: number): Promise<Buffer> =>
  (
    await stockBatch({
      firstTimestamp: atMs,
      maxTimestamp: atMs,
      producerId: -1,
      lastOffsetDelta: records.length - 1,
      records: records.map((record, offsetDelta) =>
        stockRecord({ ...record, offsetDelta, timestampDelta: 0 }),
      ),
    })
  ).buffer;

// Around 64 and 8192 bytes, lengths take one byte more.
const length = fc.oneof(
  fc.integer({ min: 0, max: 200 }),
  fc.integer({ min: 8_150, max: 8_230 }),
  fc.integer({ min: 0, max: 1 << 20 }),
);
const field = fc.option(
  fc
    .tuple(length, fc.integer({ min: 0, max: 255 }))
    .map(([bytes, fill]) => Buffer.alloc(bytes, fill)),
);
const record = fc.record({ key: field, value: field });

describe('a batch is written byte for byte as kafkajs writes it', () => {
  test('whatever its records are', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 6 }),
        fc.maxSafeNat(),
        async (records, atMs) => {
          expect(writeBatch(records, atMs).equals(await stock(records, atMs))).toBe(true);
        },
      ),
      { numRuns: 60 },
    ));

  test('with 10,000 records, whose numbers take up to three bytes', async () => {
    const records = Array.from({ length: 10_000 }, (_, index) => ({
      key: Buffer.from(String(index)),
      value: index % 7 === 0 ? null : Buffer.alloc(index % 100, index),
    }));
    const [ours, theirs] = [writeBatch(records, 1), await stock(records, 1)];
    expect(ours.equals(theirs)).toBe(true);
  });
});
