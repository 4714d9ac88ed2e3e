import { describe, expect, test } from 'vitest';
import { envelopeSchema } from '../../../../services/kernel/envelope.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import {
  envelopeReader,
  heartbeatReader,
} from '../../../../services/platform/avro/event-reader.ts';
import { avroType } from '../../../../services/platform/avro/types.ts';

const record = (...fields: readonly Json[]): Json => ({ type: 'record', name: 'Order', fields });
const WRITER = record(
  { name: 'store', type: 'string' },
  { name: 'note', type: 'string' },
  { name: 'amount', type: { type: 'bytes', logicalType: 'decimal', precision: 18, scale: 2 } },
);
const head = { id: 'e', source: '/s', ingestedAt: 1, historical: false, time: 2, subject: null };
const write = (data: unknown): { bytes: Buffer; position: number } => {
  const bytes = avroType(envelopeSchema('t', WRITER)).toBuffer({ ...head, data });
  return { bytes, position: bytes.length - avroType(WRITER).toBuffer(data).length };
};
const DATA = { store: 'S1', note: 'n'.repeat(20), amount: 255 };

describe('an envelope reader', () => {
  test('gives the fields that are needed and skips the others', () => {
    const reader = envelopeReader(envelopeSchema('t', WRITER), WRITER, new Set(['amount']));
    const { bytes, position } = write(DATA);
    expect(reader.ok && reader.value(bytes, position, bytes.length)).toEqual({ amount: 255 });
  });

  test('gives defaults for what an older writer did not know', () => {
    const current = record(
      { name: 'amount', type: { type: 'bytes', logicalType: 'decimal', precision: 18, scale: 2 } },
      { name: 'channel', type: 'string', default: 'shop' },
    );
    const reader = envelopeReader(
      envelopeSchema('t', WRITER),
      current,
      new Set(['amount', 'channel']),
    );
    const { bytes, position } = write(DATA);
    expect(reader.ok && reader.value(bytes, position, bytes.length)).toEqual({
      amount: 255,
      channel: 'shop',
    });
  });

  test('gives nothing for a record that is cut off or goes on', () => {
    const reader = envelopeReader(envelopeSchema('t', WRITER), WRITER, new Set(['store']));
    const { bytes, position } = write(DATA);
    expect(reader.ok && reader.value(bytes, position, bytes.length - 1)).toBeUndefined();
    const longer = Buffer.concat([bytes, Buffer.from([0])]);
    expect(reader.ok && reader.value(longer, position, longer.length)).toBeUndefined();
  });

  test.each<[string, Json, Json]>([
    ['a writer that is no record', 'string', WRITER],
    ['a record that is no envelope', WRITER, WRITER],
    [
      'a writer whose data lack a needed field',
      envelopeSchema('t', WRITER),
      record({ name: 'tax', type: 'int' }),
    ],
    [
      'a writer whose field has another type',
      envelopeSchema('t', WRITER),
      record({ name: 'tax', type: 'int' }, { name: 'store', type: 'int' }),
    ],
  ])('refuses %s', (_, ...[writer, reader]) => {
    expect(envelopeReader(writer, reader, new Set(['tax', 'store']))).toMatchObject({ ok: false });
  });
});

describe('a heartbeat reader', () => {
  const HEARTBEAT: Json = {
    type: 'record',
    name: 'Heartbeat',
    namespace: 'tidemark',
    fields: [
      { name: 'instance', type: 'string' },
      { name: 'oldestAccepted', type: 'long' },
    ],
  };
  test('reads heartbeats, and nothing from other bytes', () => {
    const bytes = avroType(HEARTBEAT).toBuffer({ instance: 'i', oldestAccepted: 7 });
    expect(heartbeatReader(HEARTBEAT)?.(bytes, 0, bytes.length)).toEqual({
      instance: 'i',
      oldestAcceptedMs: 7,
    });
    expect(heartbeatReader(HEARTBEAT)?.(bytes, 1, bytes.length)).toBeUndefined();
  });
  test('is none for another schema', () => {
    expect(heartbeatReader(WRITER)).toBeUndefined();
  });
});
