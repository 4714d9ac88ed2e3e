import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../services/kernel/json.ts';
import {
  FRAME_BYTES,
  frame,
  framed,
  frameSchemaId,
  openCodec,
} from '../../../../services/platform/avro/codec.ts';
import { avroType } from '../../../../services/platform/avro/types.ts';
import type { SchemaStore } from '../../../../services/platform/schema-registry.ts';

/** A registry in memory: ids count up from 1. */
function memorySchemas(): SchemaStore {
  const schemas: Json[] = [];
  return {
    register: (_subject, schema) => Promise.resolve(schemas.push(schema)),
    schemaById: (id) => Promise.resolve(schemas[id - 1]),
  };
}
const record = (...fields: readonly Json[]): Json => ({ type: 'record', name: 'R', fields });
const V1 = record({ name: 'a', type: 'int' });
const V2 = record({ name: 'a', type: 'int' }, { name: 'b', type: 'string', default: 'x' });

describe('the frame', () => {
  test('is a zero byte and the id, big-endian, before the value', () => {
    const written = frame(0x01020304, Buffer.from('v'));
    expect([...written]).toEqual([0, 1, 2, 3, 4, 0x76]);
    expect(frameSchemaId(written)).toBe(0x01020304);
    expect(written.subarray(FRAME_BYTES).toString()).toBe('v');
  });

  test.each([
    ['nothing', null],
    ['too little', Buffer.from([0, 0, 0, 1])],
    ['another first byte', Buffer.from([1, 0, 0, 0, 1])],
    ['an id of zero', Buffer.from([0, 0, 0, 0, 0])],
    ['a negative id', Buffer.from([0, 0xff, 0, 0, 0])],
  ])('is not %s', (_, value) => expect(frameSchemaId(value)).toBeUndefined());
});

test('values of any size are framed as one by one, and none changes the one before', () => {
  const type = avroType('bytes');
  const encode = framed(7, type);
  const values = [0, 3, 16_000, 16_383, 40_000, 1, 300_000, 2].map((size) =>
    Buffer.alloc(size, size),
  );
  const written = values.map(encode);
  expect(written).toEqual(values.map((value) => frame(7, type.toBuffer(value))));
});

describe('a codec', () => {
  test('says of a schema that does not resolve to its own why, and throws nothing', async () => {
    const schemas = memorySchemas();
    const foreign = await openCodec(schemas, {
      subject: 's',
      schema: record({ name: 'a', type: 'string' }),
    });
    const own = await openCodec(schemas, { subject: 's', schema: V1 });
    for (let again = 0; again < 2; again++)
      expect(await own.decode(foreign.encode({ a: 'x' }))).toMatchObject({
        ok: false,
        error: expect.stringMatching(/does not resolve to ours: .*"string" as "int"/) as string,
      });
  });

  test('reads what it wrote, and what an older or newer schema wrote', async () => {
    const schemas = memorySchemas();
    const old = await openCodec<{ a: number }>(schemas, { subject: 's', schema: V1 });
    const current = await openCodec<{ a: number; b: string }>(schemas, {
      subject: 's',
      schema: V2,
    });
    expect(await current.decode(current.encode({ a: 1, b: 'y' }))).toEqual({
      ok: true,
      value: { a: 1, b: 'y' },
    });
    expect(await current.decode(old.encode({ a: 2 }))).toEqual({
      ok: true,
      value: { a: 2, b: 'x' },
    });
    expect(await old.decode(current.encode({ a: 3, b: 'y' }))).toEqual({
      ok: true,
      value: { a: 3 },
    });
  });

  test('says what is wrong with bytes that are none of its records', async () => {
    const codec = await openCodec<{ a: number }>(memorySchemas(), { subject: 's', schema: V1 });
    expect(await codec.decode(Buffer.from('junk'))).toEqual({
      ok: false,
      error: 'no Confluent frame',
    });
    expect(await codec.decode(frame(99, Buffer.alloc(1)))).toEqual({
      ok: false,
      error: 'schema id 99 is not in the registry',
    });
    expect(await codec.decode(frame(1, Buffer.alloc(0)))).toMatchObject({ ok: false });
    expect(await codec.decode(frame(1, Buffer.from([2, 2])))).toMatchObject({ ok: false });
  });
});
