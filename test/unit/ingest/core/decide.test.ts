import { describe, expect, test } from 'vitest';
import { decide } from '../../../../services/ingest/core/decide.ts';
import type { Terms } from '../../../../services/ingest/core/decide.ts';
import type { IncomingEvent } from '../../../../services/ingest/core/incoming-event.ts';
import type { EventTypeDefinition } from '../../../../services/kernel/definitions.ts';
import { err, ok } from '../../../../services/kernel/result.ts';
import { compileJsonToAvro } from '../../../../services/platform/avro/json-to-avro.ts';
import { anIncomingEvent } from '../../../support/cloud-events.ts';
import { anEventType } from '../../../support/metrics.ts';

const NOW = Date.parse('2026-01-31T08:01:00Z');
const termsOf = (type: Partial<EventTypeDefinition> = {}, over: Partial<Terms> = {}): Terms => {
  const definition = anEventType(type);
  return {
    nowMs: NOW,
    isHistorical: false,
    sources: undefined,
    typeOf: (id) =>
      id === definition.id
        ? ok({ definition, convert: compileJsonToAvro(definition.schema, definition) })
        : err({ code: 'type_unknown', detail: id }),
    ...over,
  };
};
const decided = (event: Partial<IncomingEvent>, terms: Terms = termsOf()) =>
  decide(anIncomingEvent(event), terms);

describe('an event that is accepted', () => {
  test('becomes its envelope, with defaults filled in and the accept time', () => {
    expect(decided({})).toEqual(
      ok({
        id: 'e-1',
        type: 'com.example.sales.order-booked',
        key: 'order-1',
        envelope: {
          id: 'e-1',
          source: '/test',
          ingestedAt: NOW,
          historical: false,
          time: Date.parse('2026-01-31T08:00:00Z'),
          subject: 'order-1',
          data: { store_id: 'S1', amount: 255, status: 'booked' },
        },
      }),
    );
  });

  test('is marked when it comes as historical', () => {
    const decision = decided({}, termsOf({}, { isHistorical: true }));
    expect(decision).toMatchObject({ ok: true, value: { envelope: { historical: true } } });
  });

  test.each([
    ['partitionkey, before all', { partitionKey: 'p', subject: 's' }, 'p'],
    ['subject, where there is no partitionkey', { subject: 's' }, 's'],
    ['id, where there is neither', { subject: undefined }, 'e-1'],
  ])('has as its key its %s', (_, event, key) => {
    expect(decided(event)).toMatchObject({ ok: true, value: { key } });
  });

  test('may lie as far in the future as its type allows', () => {
    const time = new Date(NOW + 300_000).toISOString();
    expect(decided({ time })).toMatchObject({ ok: true });
  });

  test('needs no time, and keeps none, where its type takes the append time', () => {
    const append = termsOf({ timeFrom: 'append' });
    expect(decided({ time: undefined }, append)).toMatchObject({
      ok: true,
      value: { envelope: { time: null } },
    });
    expect(decided({}, append)).toMatchObject({ ok: true, value: { envelope: { time: null } } });
  });

  test('may have unknown fields where its type ignores them', () => {
    const data = { store_id: 'S1', amount: 2.55, colour: 'red' };
    expect(decided({ data }, termsOf({ unknownFields: 'ignore' }))).toMatchObject({
      ok: true,
      value: { envelope: { data: { amount: 255 } } },
    });
  });
});

describe('an event that is refused', () => {
  const limited = termsOf({}, { sources: new Set(['/mine']) });
  test.each<[string, Partial<IncomingEvent>, Terms, string, string]>([
    [
      'of a source that the token may not write',
      { source: '/other' },
      limited,
      'forbidden',
      '/source',
    ],
    ['without id', { id: undefined }, termsOf(), 'id_missing', '/id'],
    ['without source', { source: undefined }, termsOf(), 'id_missing', '/source'],
    [
      'without source, where sources are limited',
      { source: undefined },
      limited,
      'id_missing',
      '/source',
    ],
    ['without type', { type: undefined }, termsOf(), 'type_unknown', '/type'],
    ['of an unknown type', { type: 'com.example.other' }, termsOf(), 'type_unknown', '/type'],
    ['without data', { data: undefined }, termsOf(), 'schema_invalid', '/data'],
    [
      'with a missing field',
      { data: { store_id: 'S1' } },
      termsOf(),
      'schema_invalid',
      '/data/amount',
    ],
    [
      'with a wrong field',
      { data: { store_id: 7, amount: '1' } },
      termsOf(),
      'schema_invalid',
      '/data/store_id',
    ],
    [
      'with an inexact decimal',
      { data: { store_id: 'S1', amount: '2.555' } },
      termsOf(),
      'schema_invalid',
      '/data/amount',
    ],
    [
      'with an unknown field',
      { data: { store_id: 'S1', amount: '1', 'a/b': 1 } },
      termsOf(),
      'schema_invalid',
      '/data/a~1b',
    ],
    ['without time', { time: undefined }, termsOf(), 'event_time_missing', '/time'],
    ['with an empty time', { time: '' }, termsOf(), 'event_time_invalid', '/time'],
    [
      'with a time that is no date',
      { time: '2026-02-30T08:00:00Z' },
      termsOf(),
      'event_time_invalid',
      '/time',
    ],
    [
      'with a time without zone',
      { time: '2026-01-31T08:00:00' },
      termsOf(),
      'event_time_invalid',
      '/time',
    ],
    [
      'with a bad time, though its type takes the append time',
      { time: 'x' },
      termsOf({ timeFrom: 'append' }),
      'event_time_invalid',
      '/time',
    ],
    [
      'with a time in the future',
      { time: new Date(NOW + 300_001).toISOString() },
      termsOf(),
      'event_time_in_future',
      '/time',
    ],
  ])('%s', (_, ...[event, terms, code, pointer]) => {
    expect(decided(event, terms)).toMatchObject({ ok: false, error: { code, pointer } });
  });

  test('says what was expected and what was found', () => {
    const decision = decided({ data: { store_id: 'S1', amount: 'much' } });
    expect(decision.ok ? '' : decision.error.detail).toMatch(/expected a decimal .*; found "much"/);
  });

  test('for several reasons names the first of the table', () => {
    const event = { id: undefined, time: 'x', data: {} };
    expect(decided(event)).toMatchObject({ error: { code: 'id_missing' } });
    expect(decided({ ...event, id: 'e' })).toMatchObject({ error: { code: 'schema_invalid' } });
  });
});

describe('an event with several faults', () => {
  test('is refused by the first, and the others are told: one of each field, and the time', () => {
    const data = { store_id: 7, amount: 'much', status: 'booked' };
    expect(decided({ data, time: undefined })).toEqual(
      err({
        code: 'schema_invalid',
        detail: expect.stringMatching(/^expected a string/) as string,
        pointer: '/data/store_id',
        others: [
          {
            code: 'schema_invalid',
            detail: expect.stringMatching(/^expected a decimal/) as string,
            pointer: '/data/amount',
          },
          {
            code: 'event_time_missing',
            detail: 'the event has no time, and its type needs one',
            pointer: '/time',
          },
        ],
      }),
    );
  });

  test('tells fields that it lacks', () => {
    expect(decided({ data: {} })).toMatchObject({
      error: { pointer: '/data/store_id', others: [{ pointer: '/data/amount' }] },
    });
  });
});
