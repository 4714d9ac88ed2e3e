import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventTypes } from '../../services/ingest/ports.ts';
import type { EventTypeDefinition } from '../../services/kernel/definitions.ts';
import { envelopeSchema } from '../../services/kernel/envelope.ts';
import { FRAME_BYTES, frameSchemaId } from '../../services/platform/avro/codec.ts';
import { avroType } from '../../services/platform/avro/types.ts';
import { anEventType } from '../support/metrics.ts';

export type TypesUnderTest = {
  readonly types: EventTypes;
  readonly publish: (definitions: readonly EventTypeDefinition[]) => void;
  /** Takes away what opening needs, and brings it back. */
  readonly setAway: (isAway: boolean) => void;
  readonly close: () => void;
};

const A = anEventType();
const B = anEventType({ id: 'com.example.b' });
const ENVELOPE = {
  id: 'e',
  source: '/s',
  ingestedAt: 1,
  historical: false,
  time: 2,
  subject: null,
  data: { store_id: 'S', amount: 255, status: 'booked' },
};

/** What every EventTypes keeps; run on each implementation. Nothing is published at first. */
export function eventTypesContract(name: string, open: () => Promise<TypesUnderTest>): void {
  describe(`event types: ${name}`, () => {
    let under: TypesUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());

    test('a published type opens: it has a topic, partitions, and writes framed envelopes', async () => {
      under.publish([A]);
      const type = await under.types.open(A.id);
      if (!type.ok) throw new Error(type.error.detail);
      expect(type.value.topic).toMatch(/events\.com\.example\.sales\.order-booked$/);
      expect(type.value.partitions).toBeGreaterThan(0);
      const value = type.value.encode(ENVELOPE);
      expect(frameSchemaId(value)).toBeGreaterThan(0);
      const schema = avroType(envelopeSchema(A.id, A.schema));
      expect(schema.fromBuffer(value.subarray(FRAME_BYTES))).toMatchObject(ENVELOPE);
      expect(type.value.convert({ store_id: 'S', amount: '2.55' })).toEqual({
        ok: true,
        value: ENVELOPE.data,
      });
      expect(under.types.opened().map(({ definition }) => definition.id)).toEqual([A.id]);
    });

    test('an unpublished type is unknown, and takes effect when it is published', async () => {
      under.publish([A]);
      expect(await under.types.open(B.id)).toMatchObject({
        ok: false,
        error: { code: 'type_unknown' },
      });
      under.publish([A, B]);
      expect(await under.types.open(B.id)).toMatchObject({ ok: true });
    });

    test('a withdrawn type is unknown, and gets no heartbeats', async () => {
      under.publish([A, B]);
      await Promise.all([under.types.open(A.id), under.types.open(B.id)]);
      under.publish([A]);
      expect(await under.types.open(B.id)).toMatchObject({
        ok: false,
        error: { code: 'type_unknown' },
      });
      expect(under.types.opened().map(({ definition }) => definition.id)).toEqual([A.id]);
    });

    test('a type whose schema is no Avro is refused, the others are not', async () => {
      under.publish([anEventType({ id: B.id, schema: { type: 'rekord' } }), A]);
      expect(await under.types.open(B.id)).toMatchObject({
        ok: false,
        error: { code: 'schema_unknown' },
      });
      expect(await under.types.open(A.id)).toMatchObject({ ok: true });
    });

    test('a changed definition holds from then on', async () => {
      under.publish([A]);
      await under.types.open(A.id);
      under.publish([anEventType({ unknownFields: 'ignore' })]);
      const type = await under.types.open(A.id);
      expect(type.ok && type.value.convert({ store_id: 'S', amount: 1, other: 2 })).toMatchObject({
        ok: true,
      });
    });

    test('while what it needs is away, open types go on and others throw; then they open', async () => {
      under.publish([A]);
      await under.types.open(A.id);
      under.setAway(true);
      under.publish([A, B]);
      expect(await under.types.open(A.id)).toMatchObject({ ok: true });
      await expect(under.types.open(B.id)).rejects.toMatchObject({ code: 'registry_unavailable' });
      under.setAway(false);
      expect(await under.types.open(B.id)).toMatchObject({ ok: true });
    });
  });
}
