import { describe, expect, test } from 'vitest';
import { consumedRecords } from '../../../../services/platform/kafka/consumer.ts';
import {
  BASE_MS,
  encodeBatch,
  encodeMarker,
  readAll,
  sealed,
  setOf,
} from '../../../support/record-batches.ts';
import type { WrittenBatch } from '../../../support/record-batches.ts';

const value = (text: string): Buffer => Buffer.from(text);
const batch = (from: number, to: number, more: Partial<WrittenBatch> = {}): Buffer =>
  encodeBatch({
    baseOffset: from,
    records: Array.from({ length: to - from }, (_, i) => ({
      offset: from + i,
      value: value(`v${from + i}`),
    })),
    ...more,
  });
const offsets = (set: ReturnType<typeof setOf>): readonly number[] =>
  readAll(set.open()).records.map(({ offset }) => offset);
const faultOf = (set: ReturnType<typeof setOf>): unknown => readAll(set.open()).fault;

describe('a record', () => {
  test('is shown with its offset, time, key and value; a null is none, an empty one is there', () => {
    const set = setOf([
      encodeBatch({
        baseOffset: 5_000_000_000,
        records: [
          { offset: 5_000_000_000, key: value('k'), value: value('v') },
          { offset: 5_000_000_001, afterMs: 300, key: null, value: value('x'.repeat(300)) },
          { offset: 5_000_000_002, afterMs: -70_000, key: value(''), value: null },
          { offset: 5_000_000_003, afterMs: 9_000_000_000, headers: [['h', value('1')]] },
        ],
      }),
    ]);
    expect(readAll(set.open())).toEqual({
      fault: undefined,
      records: [
        { offset: 5_000_000_000, appendMs: BASE_MS, key: 'k', value: 'v' },
        { offset: 5_000_000_001, appendMs: BASE_MS + 300, key: null, value: 'x'.repeat(300) },
        { offset: 5_000_000_002, appendMs: BASE_MS - 70_000, key: '', value: null },
        { offset: 5_000_000_003, appendMs: BASE_MS + 9_000_000_000, key: null, value: null },
      ],
    });
    expect(set.nextOffset).toBe(5_000_000_004);
  });

  test('has the time of its batch where the broker gives the times', () => {
    const records = [{ offset: 0 }, { offset: 1, afterMs: 50 }];
    const set = setOf([encodeBatch({ baseOffset: 0, records, appendMs: BASE_MS + 7 })]);
    expect(readAll(set.open()).records.map(({ appendMs }) => appendMs)).toEqual([
      BASE_MS + 7,
      BASE_MS + 7,
    ]);
  });

  test('as an object is the same', () => {
    const records = [{ offset: 3, key: value('k'), value: value('v') }, { offset: 4 }];
    expect(consumedRecords(setOf([encodeBatch({ baseOffset: 3, records })]))).toEqual([
      { offset: 3, appendMs: BASE_MS, key: value('k'), value: value('v') },
      { offset: 4, appendMs: BASE_MS, key: null, value: null },
    ]);
  });
});

test('a batch written byte by byte', () => {
  const bytes = [
    '0000000000000009', // base offset
    '00000042', // bytes behind this field
    '00000005', // leader epoch
    '02', // magic
    '4dd0e27f', // CRC-32C of what follows
    '0000', // attributes
    '00000001', // last offset less the base
    '000001a0c4b5fc00', // base time
    '000001a0c4b5fc01', // greatest time
    'ffffffffffffffff', // producer
    'ffff', // its epoch
    'ffffffff', // sequence
    '00000002', // records
    '12 00 00 00 02 6b 04 7631 00', // 9 bytes: attributes, +0 ms, +0, key of 1, value of 2, no headers
    '0c 00 02 02 01 01 00', // 6 bytes: attributes, +1 ms, +1, no key, no value, no headers
  ];
  const set = setOf([Buffer.from(bytes.join('').replaceAll(' ', ''), 'hex')], { offset: 9 });
  expect(readAll(set.open())).toEqual({
    fault: undefined,
    records: [
      { offset: 9, appendMs: 0x1a0_c4b5_fc00, key: 'k', value: 'v1' },
      { offset: 10, appendMs: 0x1a0_c4b5_fc01, key: null, value: null },
    ],
  });
});

describe('a set of batches', () => {
  test('is read in order, by each cursor from its start', () => {
    const set = setOf([batch(0, 3), batch(3, 5), batch(5, 6)]);
    const first = set.open();
    first.next();
    expect(offsets(set)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(first.next() && first.offset).toBe(1);
    expect(set).toMatchObject({ nextOffset: 6, count: 6, isEmpty: false });
  });

  test('begins at the offset that was asked for: a batch comes whole', () => {
    const set = setOf([batch(10, 15), batch(15, 17)], { offset: 13 });
    expect(offsets(set)).toEqual([13, 14, 15, 16]);
  });

  test('a record knows the hole before it, as whoever decodes the log sees it', () => {
    const holed = encodeBatch({
      baseOffset: 12,
      lastOffset: 19,
      records: [{ offset: 14 }, { offset: 15 }, { offset: 17 }],
    });
    const marker = encodeMarker(20, 1, 'commit');
    const cursor = setOf([batch(8, 11), holed, marker, batch(21, 23)], { offset: 9 }).open();
    const holes: (readonly [number, number])[] = [];
    while (cursor.next()) holes.push([cursor.holeFrom, cursor.offset]);
    expect(holes).toEqual([
      [9, 9],
      [10, 10],
      [11, 14],
      [15, 15],
      [16, 17],
      [18, 21],
      [22, 22],
    ]);
    const first = setOf([holed], { offset: 11 }).open();
    expect(first.next() && first.holeFrom).toBe(11);
  });

  test('what is cut off at the end comes with the next fetch', () => {
    const cut = batch(3, 6);
    for (let size = 0; size < cut.length; size++) {
      const set = setOf([batch(0, 3), cut.subarray(0, size)]);
      expect(readAll(set.open())).toMatchObject({ fault: undefined, records: { length: 3 } });
      expect(set.nextOffset).toBe(3);
    }
  });

  test('nothing at all is empty', () => {
    expect(setOf([], { offset: 8 })).toMatchObject({ isEmpty: true, count: 0, nextOffset: 8 });
    expect(offsets(setOf([], { offset: 8 }))).toEqual([]);
  });

  test('what compaction took leaves holes, also at the ends of batches and in place of whole ones', () => {
    const holed = encodeBatch({
      baseOffset: 2,
      lastOffset: 9,
      records: [{ offset: 4 }, { offset: 7 }],
    });
    const hollow = encodeBatch({ baseOffset: 12, lastOffset: 19, records: [] });
    const set = setOf([holed, hollow]);
    expect(offsets(set)).toEqual([4, 7]);
    expect(set.nextOffset).toBe(20);
    const nothing = setOf([hollow], { offset: 12 });
    expect(nothing).toMatchObject({ isEmpty: false, count: 0, nextOffset: 20 });
    expect(offsets(nothing)).toEqual([]);
  });

  test.each(['gzip', 'zstd'] as const)('packed with %s is read as the others', (codec) => {
    const set = setOf([batch(0, 2), batch(2, 500, { codec }), batch(500, 502)]);
    expect(readAll(set.open())).toEqual(
      readAll(setOf([batch(0, 2), batch(2, 500), batch(500, 502)]).open()),
    );
  });
});

describe('transactions', () => {
  const [A, B] = [40, 41];
  test('control records are shown to nobody', () => {
    const set = setOf([batch(0, 2, { producerId: A }), encodeMarker(2, A, 'commit'), batch(3, 4)]);
    expect(offsets(set)).toEqual([0, 1, 3]);
    const marker = setOf([encodeMarker(2, A, 'commit')], { offset: 2 });
    expect(marker).toMatchObject({ isEmpty: false, count: 0, nextOffset: 3 });
  });

  test('an aborted one is hidden from its first offset to its marker, and nothing else is', () => {
    const batches = [
      batch(0, 2, { producerId: A }), // committed
      encodeMarker(2, A, 'commit'),
      batch(3, 5, { producerId: A }), // aborted
      batch(5, 6, { producerId: B }), // committed in between
      batch(6, 7), // of no transaction
      batch(7, 8, { producerId: A }), // aborted
      encodeMarker(8, A, 'abort'),
      batch(9, 10, { producerId: A }), // committed again
      encodeMarker(10, B, 'commit'),
      batch(11, 12, { producerId: B }), // aborted
      encodeMarker(12, A, 'commit'),
      encodeMarker(13, B, 'abort'),
    ];
    const aborted = [
      { producerId: B, firstOffset: 11 },
      { producerId: A, firstOffset: 3 },
    ];
    const set = setOf(batches, { aborted });
    expect(offsets(set)).toEqual([0, 1, 5, 6, 9]);
    expect(set).toMatchObject({ count: 5, nextOffset: 14 });
  });

  test('that began below the fetch is hidden too, and two of one producer end apart', () => {
    const batches = [
      batch(5, 7, { producerId: A }),
      encodeMarker(7, A, 'abort'),
      batch(8, 9, { producerId: A }),
      encodeMarker(9, A, 'abort'),
      batch(10, 11, { producerId: A }),
    ];
    const aborted = [
      { producerId: A, firstOffset: 1 },
      { producerId: A, firstOffset: 8 },
    ];
    expect(offsets(setOf(batches, { offset: 6, aborted }))).toEqual([10]);
    const all = setOf(batches.slice(0, 4), { offset: 6, aborted });
    expect(all).toMatchObject({ isEmpty: false, count: 0, nextOffset: 10 });
  });
});

describe('log_unreadable', () => {
  test('a batch that is damaged ends the reading where it begins, and stays so', () => {
    const damaged = batch(3, 6);
    damaged.writeUInt8(damaged.readUInt8(70) ^ 1, 70);
    const set = setOf([batch(0, 3), damaged, batch(6, 8)]);
    const cursor = set.open();
    expect(readAll(cursor).records.map(({ offset }) => offset)).toEqual([0, 1, 2]);
    for (const fault of [readAll(cursor).fault, readAll(set.open()).fault])
      expect(fault).toMatchObject({
        code: 'log_unreadable',
        message: 'events/3: the batch at 3 fails its checksum',
      });
  });

  test('a damaged batch that nobody would see is none to pass over either', () => {
    const marker = encodeMarker(3, 40, 'commit');
    marker.writeUInt8(9, 68);
    expect(faultOf(setOf([batch(0, 3), marker, batch(4, 5)]))).toMatchObject({
      code: 'log_unreadable',
    });
  });

  test.each(['snappy', 'lz4'] as const)('%s is named', (codec) => {
    expect(faultOf(setOf([batch(0, 2, { codec })]))).toMatchObject({
      code: 'log_unreadable',
      message: `events/3: a batch is packed with ${codec}; only gzip and zstd are read here`,
    });
  });

  test.each(['gzip', 'zstd'] as const)('what is no %s, though the checksum is right', (codec) => {
    const bytes = Buffer.concat([batch(0, 2, { codec }).subarray(0, 61), Buffer.from('nonsense')]);
    expect(faultOf(setOf([sealed(bytes)]))).toMatchObject({ code: 'log_unreadable' });
  });

  test.each([0, 1])('message format %d is named', (magic) => {
    const old = batch(0, 2);
    old.writeInt8(magic, 16);
    expect(faultOf(setOf([old]))).toMatchObject({
      message: `events/3: message format ${magic} is not read here, only 2`,
    });
  });

  test('a length that reaches beyond the first batch, or not to its records', () => {
    for (const length of [100_000, 48, -1]) {
      const wrong = batch(0, 2);
      wrong.writeInt32BE(length, 8);
      const set = setOf([wrong]);
      expect(set.isEmpty).toBe(false);
      expect(faultOf(set)).toMatchObject({ code: 'log_unreadable' });
    }
  });

  test('offsets that go back', () => {
    expect(faultOf(setOf([batch(0, 3), batch(2, 4)]))).toMatchObject({
      message: 'events/3: offsets 2 to 3 come where 3 is next',
    });
    expect(faultOf(setOf([batch(0, 3)], { offset: 3 }))).toMatchObject({ code: 'log_unreadable' });
  });

  test('a batch whose records do not fill it, or do not fit in it', () => {
    const whole = batch(0, 2);
    for (const count of [1, 3]) {
      const other = Buffer.from(whole);
      other.writeInt32BE(count, 57);
      expect(faultOf(setOf([sealed(other)]))).toMatchObject({ code: 'log_unreadable' });
    }
    // The first record's value, and the last record with its value, each four bytes longer than they are.
    for (const places of [[66], [70, 75]]) {
      const long = Buffer.from(whole);
      for (const place of places) long.writeUInt8(long.readUInt8(place) + 8, place);
      const { records, fault } = readAll(setOf([sealed(long)]).open());
      expect(fault).toMatchObject({ code: 'log_unreadable' });
      expect(records).toHaveLength(places.length - 1);
    }
  });
});
