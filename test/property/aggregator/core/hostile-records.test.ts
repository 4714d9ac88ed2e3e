import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { schemaReaders } from '../../../../services/aggregator/adapters/schema-readers.ts';
import { folding } from '../../../../services/aggregator/core/fold.ts';
import { partitionJudge } from '../../../../services/aggregator/core/judge.ts';
import type { RecordReader } from '../../../../services/aggregator/core/judge.ts';
import { emptyNotes } from '../../../../services/aggregator/core/notes.ts';
import { ProjectionState } from '../../../../services/aggregator/core/projection-state.ts';
import { envelopeSchema } from '../../../../services/kernel/envelope.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { FRAME_BYTES, frame, frameSchemaId } from '../../../../services/platform/avro/codec.ts';
import { avroType } from '../../../../services/platform/avro/types.ts';
import { catalogTools } from '../../../../services/platform/catalog/tools.ts';
import { envelopes, rawRecord } from '../../../support/envelopes.ts';
import { aMetric, anEventType } from '../../../support/metrics.ts';
import { anOrder } from '../../../support/order-events.ts';

/** Records as anyone who may write to the topic can put them there: bytes between the log and the cells. */
const T = 1_700_000_000_000;
const PLACE = { topic: 't', partition: 0 };
const type = anEventType();
const { record, reader, plan } = envelopes(type);
const orders = plan(aMetric({ dimensions: { store: 'data.store_id' }, breakdowns: [['store']] }));

let judge: ReturnType<typeof partitionJudge>;
let projection: ProjectionState;
let offset: number;
beforeEach(() => {
  judge = partitionJudge(type, 0);
  offset = 0;
  projection = new ProjectionState(orders, {
    generation: 'g',
    partitions: [{ ...PLACE, next: 0, watermarkMs: 0, appendMs: 0, historicalMs: 0 }],
    series: new Map(),
  });
});

/** Judges and counts one record as the worker does. @returns its verdict, with the code where it has one */
function put(value: Buffer | null, by: RecordReader = reader, appendMs = T): string {
  const one = rawRecord({ offset: offset++, appendMs }, value);
  const judged = judge.judge(one, frameSchemaId(value) === undefined ? undefined : by);
  folding({ projections: [projection], notes: emptyNotes() }, PLACE)(one, judged);
  const { verdict } = judged;
  return verdict.kind === 'dead_lettered' ? `${verdict.kind} ${verdict.code}` : verdict.kind;
}
const valueOf = (event: ReturnType<typeof anOrder>): Buffer =>
  record({ offset: 0, appendMs: T }, event).bytes;
const SOUND = valueOf(anOrder('sound', T));
const counted = (): number => projection.take()?.spans[0]?.counters.get('counted') ?? 0;

/** A zig-zag varint of any 64-bit integer: avsc writes only those that a double holds. */
function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value < 0n ? -value * 2n - 1n : value * 2n;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}
/** The sound event with another time. */
function atTime(time: bigint): Buffer {
  const old = varint(BigInt(T));
  const at = SOUND.indexOf(old);
  return Buffer.concat([SOUND.subarray(0, at), varint(time), SOUND.subarray(at + old.length)]);
}

describe('F-058 event times that cannot be', () => {
  const YEAR_275760 = 8_640_000_000_000_000n;
  const hostile = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(
      BigInt(Date.UTC(2099, 0, 1)),
      YEAR_275760,
      YEAR_275760 + 1n,
      -YEAR_275760,
      -YEAR_275760 - 1n,
      -1n,
      2n ** 53n,
      -(2n ** 53n),
      2n ** 63n - 1n,
      -(2n ** 63n),
    ),
  );

  test('a time of 2099, of the year 275760, before 1970 or beyond 64 bits moves no watermark past the append time, and its neighbours count', () => {
    fc.assert(
      fc.property(hostile, (time) => {
        judge = partitionJudge(type, 0);
        offset = 0;
        put(SOUND);
        const before = judge.watermarkMs();
        const outcome = put(atTime(time));
        expect(judge.watermarkMs()).toBe(before);
        if (time > BigInt(T + type.maxFutureMs)) expect(outcome).toMatch(/^dead_lettered/);
        expect(put(valueOf(anOrder('next', T + 1)))).toBe('event');
        expect(judge.watermarkMs()).toBe(T - type.outOfOrdernessMs);
      }),
      { numRuns: 2_000 },
    );
  });

  test('the year 2099 is dead-lettered with its reason, and counts again as soon as it is the present', () => {
    const then = Date.UTC(2099, 0, 1);
    const event = valueOf(anOrder('ahead', then));
    expect(put(event)).toBe('dead_lettered event_time_in_future');
    expect(put(event, reader, then)).toBe('event');
  });
});

describe('frames and envelopes', () => {
  test('F-068 a payload of less than a frame, of another magic byte or of a negative id is dead-lettered, and its neighbours count', () => {
    const frames = fc.oneof(
      fc.uint8Array({ maxLength: FRAME_BYTES - 1 }).map((bytes) => Buffer.from(bytes)),
      fc
        .integer({ min: 1, max: 255 })
        .map((magic) => Buffer.concat([Buffer.from([magic]), SOUND.subarray(1)])),
      fc.integer({ min: -(2 ** 31), max: 0 }).map((id) => frame(id, SOUND.subarray(FRAME_BYTES))),
      fc.constant(null),
    );
    fc.assert(
      fc.property(frames, (bytes) => {
        expect(put(bytes)).toBe('dead_lettered schema_unknown');
      }),
    );
    expect(put(SOUND)).toBe('event');
    expect(counted()).toBe(1);
  });

  test('F-069 any cut, tail or noise in a record is dead-lettered or a whole event, never thrown at, and its neighbours count', () => {
    const body = SOUND.subarray(FRAME_BYTES);
    const damage = fc.oneof(
      fc.nat(body.length - 1).map((length) => body.subarray(0, length)),
      fc.uint8Array({ minLength: 1, maxLength: 20 }).map((tail) => Buffer.concat([body, tail])),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.tuple(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, flip]) => {
        const bytes = Buffer.from(body);
        bytes[at] = (bytes[at] as number) ^ flip;
        return bytes;
      }),
    );
    const seen = new Set<string>();
    fc.assert(
      fc.property(damage, (bytes) => {
        seen.add(put(frame(1, bytes)).split(' ')[0] ?? '');
      }),
      { numRuns: 3_000 },
    );
    expect(seen).toContain('dead_lettered');
    expect(put(valueOf(anOrder('after all', T)))).toBe('event');
  });

  test('F-069 every cut and every tail of a record is dead-lettered', () => {
    for (let length = 0; length < SOUND.length; length++)
      expect(put(SOUND.subarray(0, length))).toMatch(/^dead_lettered/);
    for (let byte = 0; byte < 256; byte++)
      expect(put(Buffer.concat([SOUND, Buffer.from([byte])]))).toBe('dead_lettered schema_invalid');
    expect(counted()).toBe(0);
  });
});

test('F-069 a text that is no UTF-8 is dead-lettered, never another text', async () => {
  const broken = [
    [0xff],
    [0xc3],
    [0xc3, 0x28],
    [0xe2, 0x82],
    [0xed, 0xa0, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
  ];
  const at = SOUND.indexOf('S1');
  const withStore = (bytes: readonly number[]): Buffer =>
    Buffer.concat([
      SOUND.subarray(0, at - 1),
      varint(BigInt(bytes.length)),
      Buffer.from(bytes),
      SOUND.subarray(at + 2),
    ]);
  for (const bytes of broken) expect(put(withStore(bytes))).toBe('dead_lettered schema_invalid');
  expect(put(withStore([...Buffer.from('\uFFFD商店')]))).not.toMatch(/^dead_lettered/);
  // Where avsc reads: a field within a record.
  const Inner: Json = { type: 'record', name: 'Inner', fields: [{ name: 'note', type: 'string' }] };
  const schema = orderWith({ name: 'inner', type: Inner });
  const by = await readerBy(schema, schema, [...ALL_FIELDS, 'inner']);
  const withNote = (bytes: readonly number[]): Buffer =>
    Buffer.concat([SOUND, varint(BigInt(bytes.length)), Buffer.from(bytes)]);
  for (const bytes of broken) expect(put(withNote(bytes), by)).toBe('dead_lettered schema_invalid');
  expect(put(withNote([...Buffer.from('\uFFFD')]), by)).not.toMatch(/^dead_lettered/);
});

/** A reader by the schema that a stranger registered, for the fields of the event type. */
const readerBy = async (data: Json, needed: Json, fields: readonly string[]) =>
  schemaReaders({
    register: () => Promise.reject(new Error('nothing is registered here')),
    schemaById: () => Promise.resolve(envelopeSchema('t', data)),
  }).readerOf(1, { schema: needed, fields: new Set(fields) });
const orderWith = (...fields: readonly Json[]): Json => ({
  ...(type.schema as object),
  fields: [...(type.schema as { fields: Json[] }).fields, ...fields],
});
const ALL_FIELDS = ['store_id', 'amount', 'status'];

describe('F-070 schemas of strangers, by which few bytes stand for much', () => {
  const EMPTY: Json = { type: 'record', name: 'Empty', fields: [] };
  test.each<[string, Json]>([
    ['nulls', 'null'],
    ['empty records', EMPTY],
    ['records of nulls', { type: 'record', name: 'N', fields: [{ name: 'a', type: 'null' }] }],
    ['fixed of no bytes', { type: 'fixed', name: 'F', size: 0 }],
  ])(
    'five bytes that stand for 20 million %s are refused by their schema, unread',
    async (_, items) => {
      const schema = orderWith({ name: 'bomb', type: { type: 'array', items } });
      expect(catalogTools.schemaFault(schema)).toContain('no bytes');
      const by = await readerBy(schema, type.schema, ALL_FIELDS);
      const head = SOUND.subarray(0, SOUND.length);
      const bomb = Buffer.concat([head, varint(20_000_000n), Buffer.from([0])]);
      expect(put(bomb, by)).toBe('dead_lettered schema_invalid');
      expect(by).toMatchObject({ kind: 'refused', detail: expect.stringContaining('no bytes') });
      expect(put(SOUND)).toBe('event');
    },
  );

  test.each<[string, Json]>([
    ['nullable items', { type: 'array', items: ['null', 'long'] }],
    ['maps of nulls', { type: 'map', values: 'null' }],
    ['a null field', 'null'],
  ])('%s take bytes, and are read', async (_, added) => {
    const by = await readerBy(orderWith({ name: 'added', type: added }), type.schema, ALL_FIELDS);
    expect(by.kind).toBe('event');
  });

  test('a record that holds itself 300,000 levels deep is dead-lettered, and the process goes on', async () => {
    const chain: Json = {
      type: 'record',
      name: 'Chain',
      fields: [{ name: 'next', type: ['null', 'Chain'] }],
    };
    const schema = orderWith({ name: 'chain', type: chain });
    const deep = Buffer.concat([SOUND, Buffer.alloc(300_000, 2), Buffer.from([0])]);
    const shallow = Buffer.concat([SOUND, Buffer.from([2, 2, 0])]);
    for (const fields of [ALL_FIELDS, [...ALL_FIELDS, 'chain']]) {
      const by = await readerBy(schema, schema, fields);
      expect(put(deep, by)).toBe('dead_lettered schema_invalid');
      expect(put(shallow, by)).not.toMatch(/^dead_lettered/);
    }
    expect(put(valueOf(anOrder('after all', T)))).toBe('event');
  });

  test('a length of 2^31, 2^53 or below zero takes no memory and is dead-lettered', async () => {
    const schema = orderWith({ name: 'note', type: 'string' }, { name: 'blob', type: 'bytes' });
    const by = await readerBy(schema, schema, [...ALL_FIELDS, 'note', 'blob']);
    const before = process.memoryUsage().rss;
    for (const length of [2n ** 31n, 2n ** 32n + 1n, 2n ** 53n, 2n ** 62n, -1n, -(2n ** 31n)])
      for (const prefix of [Buffer.alloc(0), Buffer.from([0])])
        expect(put(Buffer.concat([SOUND, prefix, varint(length), Buffer.from('x')]), by)).toBe(
          'dead_lettered schema_invalid',
        );
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });
});

test('F-071 a long beyond 2^53 is exact or dead-lettered, never another number', async () => {
  const schema = orderWith({ name: 'pieces', type: 'long' });
  const [ofLong, ofInt] = await Promise.all(
    [schema, orderWith({ name: 'pieces', type: 'int' })].map((one) =>
      readerBy(one, schema, [...ALL_FIELDS, 'pieces']),
    ),
  );
  const dataFrom = SOUND.length - avroType(type.schema).toBuffer(dataOf(SOUND)).length;
  const longs = fc.oneof(
    fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
    fc.bigInt({ min: -(2n ** 53n) - 3n, max: -(2n ** 53n) + 3n }),
    fc.bigInt({ min: -(2n ** 52n) - 3n, max: -(2n ** 52n) + 3n }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  );
  let exact = 0;
  fc.assert(
    fc.property(longs, (long) => {
      for (const by of [ofLong, ofInt]) {
        if (by?.kind !== 'event') throw new Error('the schema is sound');
        const bytes = Buffer.concat([SOUND, varint(long)]);
        const read = by.readData(bytes, dataFrom, bytes.length);
        if (read === undefined) continue;
        exact++;
        expect(BigInt(read['pieces'] as number)).toBe(long);
      }
    }),
    { numRuns: 2_000 },
  );
  expect(exact).toBeGreaterThan(0);
});
const dataOf = (value: Buffer): unknown =>
  (
    avroType(envelopeSchema(type.id, type.schema)).fromBuffer(value.subarray(FRAME_BYTES)) as {
      data: unknown;
    }
  ).data;

test('F-073 the key __proto__ in a map of a record pollutes nothing and is seen by no expression', async () => {
  const rights: Json = {
    type: 'record',
    name: 'Rights',
    fields: [{ name: 'isAdmin', type: 'string' }],
  };
  const schema = orderWith({ name: 'tags', type: { type: 'map', values: rights } });
  const by = await readerBy(schema, schema, [...ALL_FIELDS, 'tags']);
  const text = (value: string) => Buffer.concat([varint(BigInt(value.length)), Buffer.from(value)]);
  for (const key of ['__proto__', 'constructor', 'prototype']) {
    const tags = Buffer.concat([varint(1n), text(key), text('yes'), Buffer.from([0])]);
    put(Buffer.concat([SOUND, tags]), by);
    expect(({} as { isAdmin?: string }).isAdmin).toBeUndefined();
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  }
  const { plan: planOf } = envelopes(anEventType({ schema }));
  const { where } = planOf(aMetric({ where: 'has(data.tags.isAdmin)', breakdowns: [[]] }));
  if (by.kind !== 'event') throw new Error('the schema is sound');
  const dataFrom = SOUND.length - avroType(type.schema).toBuffer(dataOf(SOUND)).length;
  const polluting = Buffer.concat([varint(1n), text('__proto__'), text('yes'), Buffer.from([0])]);
  const bytes = Buffer.concat([SOUND, polluting]);
  const data = by.readData(bytes, dataFrom, bytes.length);
  expect(where?.read({ data, id: 'i', source: 's', time: T, subject: null } as never)).toBe(false);
});
