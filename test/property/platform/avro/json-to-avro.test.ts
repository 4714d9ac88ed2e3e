import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDecimal } from '../../../../services/kernel/decimal.ts';
import { literalSource, parseExactJson } from '../../../../services/kernel/exact-json.ts';
import { normalize } from '../../../../services/kernel/integer.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { compileJsonToAvro } from '../../../../services/platform/avro/json-to-avro.ts';
import { avroType } from '../../../../services/platform/avro/types.ts';

/** A schema, and how JSON stands for its values: texts of JSON with the value that Avro must hold. */
type Sample = {
  readonly schema: Json;
  readonly json: fc.Arbitrary<{ json: Json; value: unknown }>;
};

const same = (values: fc.Arbitrary<Json>): fc.Arbitrary<{ json: Json; value: unknown }> =>
  values.map((value) => ({ json: value, value }));
const name = (index: number): string => `f${index}`;
const text = fc.string({ unit: 'grapheme' });

const SCALARS: readonly Sample[] = [
  { schema: 'boolean', json: same(fc.boolean()) },
  { schema: 'int', json: same(fc.integer()) },
  { schema: 'long', json: same(fc.integer({ min: -(2 ** 52), max: 2 ** 53 - 2 })) },
  {
    schema: 'double',
    json: same(fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0)),
  },
  { schema: 'string', json: same(text) },
  {
    schema: 'bytes',
    json: fc
      .uint8Array()
      .map((bytes) => ({ json: Buffer.from(bytes).toString('base64'), value: Buffer.from(bytes) })),
  },
  {
    schema: { type: 'enum', name: 'E', symbols: ['A', 'B', 'C'] },
    json: same(fc.constantFrom('A', 'B', 'C')),
  },
  {
    schema: { type: 'long', logicalType: 'timestamp-millis' },
    json: fc
      .integer({ min: Date.parse('0100-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59Z') })
      .chain((ms) =>
        fc.constantFrom<Json>(ms, new Date(ms).toISOString()).map((json) => ({ json, value: ms })),
      ),
  },
  {
    schema: { type: 'bytes', logicalType: 'decimal', precision: 38, scale: 4 },
    json: fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }).map((unscaled) => ({
      json: formatDecimal(normalize(unscaled), 4),
      value: normalize(unscaled),
    })),
  },
];

const unzip = (
  items: readonly { json: Json; value: unknown }[],
): { json: Json; value: unknown } => ({
  json: items.map(({ json }) => json),
  value: items.map(({ value }) => value),
});
const unzipMembers = (
  members: Readonly<Record<string, { json: Json; value: unknown }>>,
): { json: Json; value: unknown } => ({
  json: Object.fromEntries(Object.entries(members).map(([key, { json }]) => [key, json])),
  value: Object.fromEntries(Object.entries(members).map(([key, { value }]) => [key, value])),
});

const recordOf = (fields: readonly Sample[]): Sample => ({
  schema: {
    type: 'record',
    name: 'R',
    fields: fields.map(({ schema }, index) => ({ name: name(index), type: ['null', schema] })),
  },
  json: fc
    .tuple(...fields.map(({ json }) => fc.option(json, { nil: { json: null, value: null } })))
    .map((values) =>
      unzipMembers(Object.fromEntries(values.map((value, index) => [name(index), value]))),
    ),
});

/** Records, lists, maps and nullable fields over the scalars, named apart. */
const samples: fc.Arbitrary<Sample> = fc.letrec<{ any: Sample; nested: Sample; scalar: Sample }>(
  (tie) => ({
    any: fc.oneof({ maxDepth: 3 }, tie('scalar'), tie('nested')),
    scalar: fc.constantFrom(...SCALARS),
    nested: fc.oneof(
      tie('any').map(({ schema, json }) => ({
        schema: { type: 'array', items: schema },
        json: fc.array(json, { maxLength: 5 }).map(unzip),
      })),
      tie('any').map(({ schema, json }) => ({
        schema: { type: 'map', values: schema },
        json: fc
          .dictionary(
            text.filter((key) => key !== '__proto__'),
            json,
            { maxKeys: 5, noNullPrototype: true },
          )
          .map(unzipMembers),
      })),
      fc.array(tie('any'), { minLength: 1, maxLength: 4 }).map(recordOf),
    ),
  }),
).nested;

/** Avro wants each name once: every named type gets its own, in the order in which it stands. */
function named(schema: Json): Json {
  let count = 0;
  const walk = (node: Json): Json => {
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    const members = Object.entries(node as Record<string, Json>).map(([key, member]) => [
      key,
      walk(member),
    ]);
    const copy = Object.fromEntries(members) as Record<string, Json>;
    return copy['type'] === 'record' || copy['type'] === 'enum'
      ? { ...copy, name: `N${count++}` }
      : copy;
  };
  return walk(schema);
}

describe('JSON becomes Avro', () => {
  test('what the conversion gives, the type writes and reads back as the same value', () => {
    const cases = samples.chain(({ schema, json }) =>
      json.map((sample) => ({ schema: named(schema), ...sample })),
    );
    fc.assert(
      fc.property(cases, ({ schema, json, value }) => {
        const converted = compileJsonToAvro(schema, { unknownFields: 'refuse' })(
          parseExactJson(JSON.stringify(json)),
        );
        expect(converted).toEqual({ ok: true, value });
        const type = avroType(schema);
        const back: unknown = type.fromBuffer(type.toBuffer(value));
        expect(JSON.stringify(back, bigintAsText)).toBe(JSON.stringify(value, bigintAsText));
      }),
      { numRuns: 500 },
    );
  });

  test('what it refuses is named by a pointer that exists, and nothing throws, whatever the JSON', () => {
    const cases = samples.chain(({ schema }) =>
      fc.jsonValue().map((json) => ({ schema: named(schema), json: json as Json })),
    );
    fc.assert(
      fc.property(cases, ({ schema, json }) => {
        const converted = compileJsonToAvro(schema, { unknownFields: 'refuse' })(json);
        if (converted.ok) avroType(schema).toBuffer(converted.value);
        else expect(converted.error.pointer).toMatch(/^(?:\/(?:[^~/]|~[01])*)*$/);
      }),
      { numRuns: 500 },
    );
  });

  test('a decimal is the same as text and as a number, and is refused rather than rounded', () => {
    const convert = compileJsonToAvro(
      { type: 'bytes', logicalType: 'decimal', precision: 30, scale: 2 },
      { unknownFields: 'refuse' },
    );
    const decimals = fc.tuple(
      fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }),
      fc.integer({ min: 0, max: 4 }),
    );
    fc.assert(
      fc.property(decimals, ([unscaled, scale]) => {
        const written = formatDecimal(normalize(unscaled), scale);
        const asText = convert(written);
        expect(convert(parseExactJson(written))).toEqual(
          asText.ok ? asText : { ...asText, error: expect.anything() as unknown },
        );
        const factor = 10n ** BigInt(Math.max(0, scale - 2));
        expect(asText.ok).toBe(unscaled % factor === 0n);
        if (asText.ok)
          expect(BigInt(asText.value as number)).toBe(
            scale >= 2 ? unscaled / factor : unscaled * 10n ** BigInt(2 - scale),
          );
      }),
      { numRuns: 1_000 },
    );
  });
});

test('a long is refused rather than written as another number', () => {
  const convert = compileJsonToAvro('long', { unknownFields: 'refuse' });
  const type = avroType('long');
  fc.assert(
    fc.property(
      fc.oneof(fc.maxSafeInteger(), fc.constantFrom(2 ** 53, -(2 ** 53), 2 ** 60)),
      (value) => {
        const converted = convert(value);
        if (converted.ok) expect(type.fromBuffer(type.toBuffer(value))).toBe(value);
        else expect(value < -(2 ** 52) || value > 2 ** 53 - 2).toBe(true);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('exact JSON gives every number as it was written', () => {
  const numbers = fc.tuple(
    fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
    fc.integer({ min: 0, max: 12 }),
  );
  fc.assert(
    fc.property(numbers, ([unscaled, scale]) => {
      const written = formatDecimal(normalize(unscaled), scale);
      const parsed = (parseExactJson(`{"n":${written}}`) as { n: unknown }).n;
      const source = literalSource(parsed);
      if (source === undefined) expect(parsed).toBe(Number(written));
      else expect(source).toBe(written);
    }),
    { numRuns: 1_000 },
  );
});

const bigintAsText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value;
