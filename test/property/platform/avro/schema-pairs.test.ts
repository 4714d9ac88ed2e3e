import fc from 'fast-check';
import { expect, test } from 'vitest';
import { envelopeSchema } from '../../../../services/kernel/envelope.ts';
import { normalize } from '../../../../services/kernel/integer.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { openCodec } from '../../../../services/platform/avro/codec.ts';
import { envelopeReader } from '../../../../services/platform/avro/event-reader.ts';
import { avroType } from '../../../../services/platform/avro/types.ts';
import type { SchemaStore } from '../../../../services/platform/schema-registry.ts';

/**
 * A type, its values, and how it may go on under the registry's policy BACKWARD: readers of the new one read the old
 * one's records. `read` says what they then see.
 */
type Kind = {
  readonly schema: Json;
  readonly values: fc.Arbitrary<unknown>;
  readonly fallback: unknown;
  readonly wider: readonly Widening[];
};
type Widening = { readonly to: () => Kind; readonly read: (value: unknown) => unknown };
const same = (value: unknown): unknown => value;

const long: Kind = {
  schema: 'long',
  values: fc.integer({ min: -(2 ** 52), max: 2 ** 52 }),
  fallback: -7,
  wider: [],
};
const int: Kind = {
  schema: 'int',
  values: fc.integer(),
  fallback: 42,
  wider: [{ to: () => long, read: same }],
};
const text: Kind = {
  schema: 'string',
  values: fc.string({ unit: 'grapheme' }),
  fallback: 'none',
  wider: [],
};
const decimal = (precision: number): Kind => ({
  schema: { type: 'bytes', logicalType: 'decimal', precision, scale: 2 },
  values: fc.bigInt({ min: -(10n ** 17n) + 1n, max: 10n ** 17n - 1n }).map(normalize),
  fallback: '\u0007',
  wider: precision < 20 ? [{ to: () => decimal(precision + 1), read: same }] : [],
});
const symbols = (count: number): Kind => {
  const all = ['NEW', 'PAID', 'SENT', 'DONE', 'LOST'].slice(0, count);
  return {
    schema: { type: 'enum', name: 'Status', symbols: all },
    values: fc.constantFrom(...all),
    fallback: 'NEW',
    wider: count < 5 ? [{ to: () => symbols(count + 1), read: same }] : [],
  };
};
const nullable = (inner: Kind): Kind => ({
  schema: ['null', inner.schema],
  values: fc.option(inner.values),
  fallback: null,
  wider: inner.wider.map(({ to, read }) => ({
    to: () => nullable(to()),
    read: (value) => (value === null ? null : read(value)),
  })),
});
const list = (items: Kind): Kind => ({
  schema: { type: 'array', items: items.schema },
  values: fc.array(items.values, { maxLength: 3 }),
  fallback: [],
  wider: items.wider.map(({ to, read }) => ({
    to: () => list(to()),
    read: (value) => (value as unknown[]).map(read),
  })),
});
/** What may also become nullable. */
const plain = (kind: Kind): Kind => ({
  ...kind,
  wider: [...kind.wider, { to: () => nullable(kind), read: same }],
});
const KINDS: readonly Kind[] = [
  ...[int, long, text, decimal(18), symbols(2), list(int)].map(plain),
  nullable(int),
  nullable(decimal(18)),
];

type Field = { readonly name: string; readonly kind: Kind; readonly hasDefault: boolean };
/** What each field of the version before becomes; a field that is gone is not named. */
type Version = {
  readonly fields: readonly Field[];
  readonly reads: ReadonlyMap<string, (value: unknown) => unknown>;
};
const changes = fc.record({
  add: fc.option(fc.constantFrom(...KINDS)),
  at: fc.nat(6),
  drop: fc.option(fc.nat(6), { freq: 3 }),
  widen: fc.option(fc.tuple(fc.nat(6), fc.nat(3))),
});

/** A chain of versions, each allowed after the one before, hence after all before it: no name comes back. */
const chains = fc
  .tuple(
    fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 4 }),
    fc.array(changes, { minLength: 1, maxLength: 5, size: 'max' }),
  )
  .map(([kinds, steps]) => {
    let count = 0;
    const named = (kind: Kind, hasDefault: boolean): Field => ({
      name: `f${count++}`,
      kind,
      hasDefault,
    });
    const versions: Version[] = [
      { fields: kinds.map((kind) => named(kind, false)), reads: new Map() },
    ];
    for (const { add, at, drop, widen } of steps) {
      const before = versions.at(-1)?.fields ?? [];
      const reads = new Map(before.map(({ name }) => [name, same]));
      let fields = [...before];
      const chosen = widen && fields[widen[0] % Math.max(1, fields.length)];
      const widening =
        chosen?.kind.wider[(widen?.[1] ?? 0) % Math.max(1, chosen.kind.wider.length)];
      if (chosen && widening) {
        // The default of a field must be of its type, so the wider one has a default of its own.
        const next = { ...chosen, kind: widening.to() };
        fields = fields.map((one) => (one === chosen ? next : one));
        reads.set(chosen.name, widening.read);
      }
      const gone = drop === null ? undefined : fields[drop];
      if (gone) fields = fields.filter((one) => one !== gone);
      if (add) fields.splice(at % (fields.length + 1), 0, named(add, true));
      versions.push({ fields, reads });
    }
    return versions;
  });

const schemaOf = ({ fields }: Version): Json => ({
  type: 'record',
  name: 'Order',
  fields: fields.map(({ name, kind, hasDefault }) => ({
    name,
    type: namedFor(name, kind.schema),
    ...(hasDefault ? { default: kind.fallback as Json } : {}),
  })),
});
/** Avro wants each name once. */
const namedFor = (field: string, schema: Json): Json =>
  JSON.parse(JSON.stringify(schema).replace('"Status"', `"Status_${field}"`)) as Json;
/** A default as readers see it: bytes are written as text in schemas. */
const shown = ({ kind }: Field): unknown => (kind.fallback === '\u0007' ? 7 : kind.fallback);

type Written = Readonly<Record<string, unknown>>;
/** What the reader of version `to` must see of a record of version `from`: what was written, or its own default. */
function expected(
  versions: readonly Version[],
  pair: { from: number; to: number },
  value: Written,
): Written {
  const steps = versions.slice(pair.from + 1, pair.to + 1);
  const seen = (field: Field): unknown =>
    Object.hasOwn(value, field.name)
      ? steps.reduce((known, { reads }) => reads.get(field.name)?.(known), value[field.name])
      : shown(field);
  const fields = versions[pair.to]?.fields ?? [];
  return Object.fromEntries(fields.map((field) => [field.name, seen(field)]));
}

const cases = chains.chain((versions) => {
  const values = versions.map(({ fields }) =>
    fc.record(Object.fromEntries(fields.map(({ name, kind }) => [name, kind.values]))),
  );
  return fc.tuple(fc.constant(versions), fc.tuple(...values), fc.nat(63));
});

/** A registry of these versions, numbered from 1. */
const registry = (versions: readonly Version[]): SchemaStore => ({
  register: (_subject, schema) =>
    Promise.resolve(
      versions.findIndex((one) => JSON.stringify(schemaOf(one)) === JSON.stringify(schema)) + 1,
    ),
  schemaById: (id) => Promise.resolve(versions[id - 1] && schemaOf(versions[id - 1] as Version)),
});

test('P-12 what any version wrote, every later one that the policy allows reads as it was, projected or whole', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ([versions, values, kept]) => {
      const store = registry(versions);
      const codecs = await Promise.all(
        versions.map((one) =>
          openCodec<Written>(store, { subject: 'orders', schema: schemaOf(one) }),
        ),
      );
      for (const [from, value] of (values as readonly Written[]).entries()) {
        const writer = envelopeSchema('orders', schemaOf(versions[from] as Version));
        const head = {
          id: 'e',
          source: '/s',
          ingestedAt: null,
          historical: false,
          time: 0,
          subject: null,
        };
        const bytes = avroType(writer).toBuffer({ ...head, data: value });
        const dataAt =
          avroType(writer).toBuffer({ ...head, data: value }).length -
          avroType(schemaOf(versions[from] as Version)).toBuffer(value).length;
        for (let to = from; to < versions.length; to++) {
          const version = versions[to] as Version;
          const whole = expected(versions, { from, to }, value);
          const decoded = await codecs[to]?.decode(codecs[from]?.encode(value) as Buffer);
          expect(plainOf(decoded)).toEqual(plainOf({ ok: true, value: whole }));

          const needed = version.fields.filter((_, i) => (kept >> i) & 1).map(({ name }) => name);
          const reader = envelopeReader(writer, schemaOf(version), new Set(needed));
          if (!reader.ok) throw new Error(reader.error);
          const projected = Object.fromEntries(needed.map((name) => [name, whole[name]]));
          expect(plainOf(reader.value(bytes, dataAt, bytes.length))).toEqual(plainOf(projected));
        }
        // An older reader is promised nothing, but it is told so as a value.
        for (let to = 0; to < from; to++) {
          const decoded = await codecs[to]?.decode(codecs[from]?.encode(value) as Buffer);
          expect(typeof decoded?.ok).toBe('boolean');
          envelopeReader(writer, schemaOf(versions[to] as Version), new Set(['f0']));
        }
      }
    }),
    { numRuns: 80 },
  );
});

/** Without the prototypes that records of Avro have. */
const plainOf = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value ?? null, (_key, item: unknown) =>
      typeof item === 'bigint' ? `${item}n` : item,
    ),
  );
