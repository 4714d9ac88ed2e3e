import { describe, expect, test } from 'vitest';
import { schemaReaders } from '../../../services/aggregator/adapters/schema-readers.ts';
import { envelopeSchema } from '../../../services/kernel/envelope.ts';
import type { Json } from '../../../services/kernel/json.ts';
import { avroType } from '../../../services/platform/avro/types.ts';
import { compatibilityFault } from '../../../services/platform/catalog/compatibility.ts';
import { createSchemaStore } from '../../../services/platform/schema-registry.ts';
import { servers, uniquePrefix } from '../../support/servers.ts';

const decimal = (scale: number): Json => ({
  type: 'bytes',
  logicalType: 'decimal',
  precision: 18,
  scale,
});
const channel = (...symbols: readonly string[]): Json => ({
  type: 'enum',
  name: 'Channel',
  symbols: [...symbols],
});
const order = (...fields: readonly Json[]): Json => ({ type: 'record', name: 'Order', fields });
const STORE: Json = { name: 'store', type: 'string' };
const AMOUNT: Json = { name: 'amount', type: decimal(2) };
const LINES: Json = { name: 'lines', type: 'long' };
const CHANNEL: Json = { name: 'channel', type: channel('shop', 'web') };
const OLD = order(STORE, AMOUNT, LINES, CHANNEL);
const RECORD = { store: 'S1', amount: 255, lines: 3, channel: 'web' };

const store = createSchemaStore(servers().registryUrl, Date.now);
const envelope = (data: Json): Json => envelopeSchema('evolution', data);

/** What becomes of a record of `OLD` where the event type has this schema by now. */
async function readBy(next: Json): Promise<unknown> {
  const fields = (next as { fields: { name: string }[] }).fields.map(({ name }) => name);
  const source = schemaReaders({ ...store, schemaById: () => Promise.resolve(envelope(OLD)) });
  const reader = await source.readerOf(1, { schema: next, fields: new Set(fields) });
  if (reader.kind !== 'event') return reader.kind;
  const bytes = avroType(OLD).toBuffer(RECORD);
  const data = reader.readData(bytes, 0, bytes.length);
  return data && { ...data };
}

describe('F-072 a schema that follows another', () => {
  test.each<[string, Json]>([
    ['renames a field', order(STORE, { name: 'total', type: decimal(2) }, LINES, CHANNEL)],
    ['has a narrower type', order(STORE, AMOUNT, { name: 'lines', type: 'int' }, CHANNEL)],
    [
      'has a new required field',
      order(STORE, AMOUNT, LINES, CHANNEL, { name: 'tax', type: 'int' }),
    ],
    ['has another type', order({ name: 'store', type: 'long' }, AMOUNT, LINES, CHANNEL)],
    ['loses a symbol', order(STORE, AMOUNT, LINES, { name: 'channel', type: channel('shop') })],
  ])(
    'and %s is refused when it is registered; if it slips in, no old record is read by it',
    async (_, next) => {
      const subject = `${uniquePrefix()}evolution-value`;
      await store.register(subject, envelope(OLD));
      await expect(store.register(subject, envelope(next))).rejects.toMatchObject({
        code: 'schema_invalid',
      });
      const { registryUrl } = servers();
      expect(await compatibilityFault(registryUrl, { subject, schema: envelope(next) })).toContain(
        'records written before could not be read',
      );
      expect(await readBy(next)).toSatisfy((read) => read === 'refused' || read === undefined);
    },
  );

  test('and has another scale of a decimal reads no old record: it would be another amount', async () => {
    const next = order(STORE, { name: 'amount', type: decimal(3) }, LINES, CHANNEL);
    expect(await readBy(next)).toBe('refused');
  });

  test.each<[string, Json, object]>([
    [
      'has a new field with a default',
      order(STORE, AMOUNT, LINES, CHANNEL, { name: 'tax', type: 'int', default: 7 }),
      { ...RECORD, tax: 7 },
    ],
    ['drops a field', order(STORE, AMOUNT), { store: 'S1', amount: 255 }],
    [
      'has one more symbol',
      order(STORE, AMOUNT, LINES, { name: 'channel', type: channel('shop', 'web', 'phone') }),
      RECORD,
    ],
    [
      'makes a field optional',
      order({ name: 'store', type: ['null', 'string'], default: null }, AMOUNT, LINES, CHANNEL),
      RECORD,
    ],
  ])('and %s is taken, and reads old records right', async (_, next, record) => {
    const subject = `${uniquePrefix()}evolution-value`;
    await store.register(subject, envelope(OLD));
    expect(await store.register(subject, envelope(next))).toBeGreaterThan(0);
    expect(await readBy(next)).toEqual(record);
  });
});
