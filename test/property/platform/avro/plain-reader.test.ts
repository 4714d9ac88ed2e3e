import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalize } from '../../../../services/kernel/integer.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { plainReader } from '../../../../services/platform/avro/plain-reader.ts';
import { avroType } from '../../../../services/platform/avro/types.ts';
import type { AvroType } from '../../../../services/platform/avro/types.ts';

type Kind = { readonly schema: Json; readonly values: fc.Arbitrary<unknown> };
/** As far as avsc writes them. */
const longs = fc.integer({ min: -(2 ** 53) + 2, max: 2 ** 53 - 2 });
const text = fc.oneof(
  fc.constantFrom('S001', 'S002', 'web', 'café', '', '商店'),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);
const decimal: Kind = {
  schema: { type: 'bytes', logicalType: 'decimal', precision: 24, scale: 2 },
  values: fc
    .oneof(
      fc.bigInt({ min: -(10n ** 23n), max: 10n ** 23n }),
      fc.bigInt({ min: -70_000n, max: 70_000n }),
      fc.bigInt({ min: -(2n ** 47n) - 2n, max: -(2n ** 47n) + 2n }),
    )
    .map(normalize),
};
/** Kinds that are read plainly. */
const PLAIN: readonly Kind[] = [
  { schema: 'string', values: text },
  { schema: 'int', values: fc.integer() },
  { schema: 'long', values: longs },
  { schema: 'boolean', values: fc.boolean() },
  decimal,
];
const SYMBOLS = ['NEW', 'PAID', 'SENT'];
const plainKind = (index: number, which: number): Kind => {
  const symbols: Kind = {
    schema: { type: 'enum', name: `Status${index}`, symbols: SYMBOLS },
    values: fc.constantFrom(...SYMBOLS),
  };
  const kind = PLAIN[which % (PLAIN.length + 1)] ?? symbols;
  const isNullable = which > PLAIN.length;
  if (!isNullable) return kind;
  const schema = which % 2 === 0 ? ['null', kind.schema] : [kind.schema, 'null'];
  return { schema: schema as Json, values: fc.option(kind.values) };
};
/** Kinds that are only passed over. */
const passedOver = (index: number): readonly Kind[] => [
  { schema: 'bytes', values: fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)) },
  { schema: 'double', values: fc.double({ noNaN: true }) },
  {
    schema: { type: 'fixed', name: `Fixed${index}`, size: 3 },
    values: fc.uint8Array({ minLength: 3, maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
  },
  { schema: { type: 'array', items: 'string' }, values: fc.array(text, { maxLength: 3 }) },
  {
    schema: { type: 'map', values: 'long' },
    values: fc.dictionary(fc.constantFrom('a', 'b'), longs),
  },
  {
    schema: {
      type: 'record',
      name: `Inner${index}`,
      fields: [{ name: 'x', type: ['null', 'string', 'long'] }],
    },
    values: fc.record({ x: fc.oneof(fc.constant(null), text, longs) }),
  },
];

type Field = { readonly name: string; readonly kind: Kind; readonly wanted: boolean };
const fields: fc.Arbitrary<readonly Field[]> = fc
  .array(
    fc.record({
      which: fc.nat(2 * PLAIN.length + 1),
      wanted: fc.boolean(),
      other: fc.option(fc.nat(5)),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((list) =>
    list.map(({ which, wanted, other }, index) =>
      other === null
        ? { name: `f${index}`, kind: plainKind(index, which), wanted }
        : { name: `f${index}`, kind: passedOver(index)[other] as Kind, wanted: false },
    ),
  );

const recordOf = (list: readonly Field[]): AvroType =>
  avroType({
    type: 'record',
    name: 'R',
    fields: list.map(({ name, kind }) => ({ name, type: kind.schema })),
  } as Json);
const withValues = fields.chain((list) =>
  fc.record({
    list: fc.constant(list),
    values: fc.array(
      fc.record(Object.fromEntries(list.map(({ name, kind }) => [name, kind.values]))),
      { minLength: 1, maxLength: 4 },
    ),
  }),
);

/** What avsc's resolver makes of the bytes. */
function readByAvsc(writer: AvroType, wanted: AvroType, bytes: Buffer): unknown {
  const positioned = wanted as unknown as {
    decode: (bytes: Buffer, at: number, by: object) => { value: unknown; offset: number };
  };
  try {
    const { value, offset } = positioned.decode(bytes, 0, wanted.createResolver(writer));
    return offset === bytes.length ? plain(value) : undefined;
  } catch {
    return undefined;
  }
}
const plain = (value: unknown): unknown =>
  value === undefined ? undefined : { ...(value as object) };

test('plain values are read as avsc reads them, between other bytes too', () => {
  fc.assert(
    fc.property(withValues, fc.nat(5), ({ list, values }, before) => {
      const writer = recordOf(list);
      const wanted = recordOf(list.filter((field) => field.wanted));
      const read = plainReader(writer, wanted);
      if (!read) throw new Error('the fields are plain');
      for (const value of values) {
        const bytes = writer.toBuffer(value);
        const within = Buffer.concat([Buffer.alloc(before, 0xff), bytes, Buffer.alloc(3, 0xff)]);
        const found = read(within, before, before + bytes.length);
        expect(plain(found)).toEqual(readByAvsc(writer, wanted, bytes));
        expect(found).toBeDefined();
        expect(read(within, before, before + bytes.length - 1)).toBeUndefined();
        expect(read(within, before, before + bytes.length + 1)).toBeUndefined();
      }
    }),
    { numRuns: 2_000 },
  );
});

test('of bytes that were changed it makes what avsc makes of them', () => {
  const flips = fc.array(fc.record({ at: fc.nat(200), to: fc.nat(255) }), {
    minLength: 1,
    maxLength: 3,
  });
  let refused = 0;
  fc.assert(
    fc.property(withValues, flips, ({ list, values }, changes) => {
      const simple = list.filter(({ kind }) => !JSON.stringify(kind.schema).includes('"values"'));
      const sound = simple.filter(({ kind }) => !JSON.stringify(kind.schema).includes('"items"'));
      const writer = recordOf(sound);
      const wanted = recordOf(sound.filter((field) => field.wanted));
      const read = plainReader(writer, wanted);
      for (const value of values) {
        const bytes = writer.toBuffer(value);
        for (const { at, to } of changes) if (at < bytes.length) bytes[at] = to;
        const expected = readByAvsc(writer, wanted, bytes);
        expect(plain(read?.(bytes, 0, bytes.length))).toEqual(expected);
        if (expected === undefined) refused++;
      }
    }),
    { numRuns: 3_000 },
  );
  expect(refused).toBeGreaterThan(100);
});

test.each<[string, Json, Json]>([
  ['a field that the writer does not know', field('a', 'int'), field('b', 'int', 1)],
  ['another promotion', field('a', 'int'), field('a', 'double')],
  ['another scale', field('a', scaled(2)), field('a', scaled(3))],
  ['a nested record', field('a', inner()), field('a', inner())],
  ['a symbol that the reader does not know', field('a', symbols(3)), field('a', symbols(2))],
  [
    'a union of three',
    field('a', ['null', 'int', 'string']),
    field('a', ['null', 'int', 'string']),
  ],
])('%s is left to avsc', (_, written, wanted) => {
  expect(plainReader(avroType(written), avroType(wanted))).toBeUndefined();
});

function field(name: string, type: Json, byDefault?: Json): Json {
  const one = byDefault === undefined ? { name, type } : { name, type, default: byDefault };
  return { type: 'record', name: 'R', fields: [one] };
}
function scaled(scale: number): Json {
  return { type: 'bytes', logicalType: 'decimal', precision: 12, scale };
}
function inner(): Json {
  return { type: 'record', name: 'Inner', fields: [{ name: 'x', type: 'int' }] };
}
function symbols(count: number): Json {
  return { type: 'enum', name: 'E', symbols: ['A', 'B', 'C'].slice(0, count) };
}
