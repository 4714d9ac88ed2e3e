import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../../../../services/ingest/core/decide.ts';
import { readBinary, readStructured } from '../../../../services/ingest/core/incoming-event.ts';
import { LIMITS } from '../../../../services/ingest/core/limits.ts';
import { envelopeSchema } from '../../../../services/kernel/envelope.ts';
import { ERRORS } from '../../../../services/kernel/errors.ts';
import { parseExactJson } from '../../../../services/kernel/exact-json.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { err, ok } from '../../../../services/kernel/result.ts';
import { compileJsonToAvro } from '../../../../services/platform/avro/json-to-avro.ts';
import { avroType } from '../../../../services/platform/avro/types.ts';
import { aCloudEvent } from '../../../support/cloud-events.ts';
import { anEventType } from '../../../support/metrics.ts';

const FIELDS: Json = {
  type: 'record',
  name: 'Poison',
  fields: [
    { name: 'text', type: ['null', 'string'], default: null },
    { name: 'int', type: ['null', 'int'], default: null },
    { name: 'long', type: ['null', 'long'], default: null },
    { name: 'double', type: ['null', 'double'], default: null },
    { name: 'bytes', type: ['null', 'bytes'], default: null },
    {
      name: 'amount',
      type: ['null', { type: 'bytes', logicalType: 'decimal', precision: 18, scale: 2 }],
      default: null,
    },
    {
      name: 'at',
      type: ['null', { type: 'long', logicalType: 'timestamp-micros' }],
      default: null,
    },
    { name: 'list', type: { type: 'array', items: ['null', 'long', 'string'] }, default: [] },
    { name: 'map', type: { type: 'map', values: 'double' }, default: {} },
  ],
};
const NOW = Date.parse('2026-01-31T08:01:00Z');
const definition = anEventType({ schema: FIELDS });
const convert = compileJsonToAvro(FIELDS, definition);
const envelope = avroType(envelopeSchema(definition.id, FIELDS));
const terms = {
  nowMs: NOW,
  isHistorical: false,
  sources: undefined,
  typeOf: (id: string) =>
    id === definition.id
      ? ok({ definition, convert })
      : err({ code: 'type_unknown', detail: id } as const),
};

/** Texts of JSON, so that numbers that no double holds, lone surrogates and `__proto__` come as a body brings them. */
const poison = fc.oneof(
  fc.json({ stringUnit: 'binary' }),
  fc.constantFrom(
    '1e400',
    '-1e400',
    '9007199254740993',
    '-4503599627370497',
    '2.5500000000000000001',
    '"\\ud800"',
    '{"__proto__":{"a":1}}',
    '-0',
    '1E-400',
  ),
  fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }).map(String),
);
const member = (names: readonly string[]) => fc.tuple(fc.constantFrom(...names), poison);
const ATTRIBUTES = [
  'id',
  'source',
  'type',
  'time',
  'subject',
  'partitionkey',
  'specversion',
  'data',
  'data_base64',
  'datacontenttype',
];
const DATA = ['text', 'int', 'long', 'double', 'bytes', 'amount', 'at', 'list', 'map', 'other'];

const objectText = (members: readonly (readonly [string, string])[]): string =>
  `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
const dataText = fc.array(member(DATA), { maxLength: 5 }).map(objectText);
const eventText = fc
  .tuple(fc.array(member(ATTRIBUTES), { maxLength: 3 }), dataText)
  .map(([changes, data]) => {
    const whole = Object.entries(aCloudEvent({ data: undefined })).map(
      ([name, value]) => [name, JSON.stringify(value)] as const,
    );
    return objectText([
      ...whole.filter(([, text]) => text !== undefined),
      ['data', data],
      ...changes,
    ]);
  });

/** What ingest does with an event between its bytes and the log. */
function process(read: ReturnType<typeof readStructured>): string {
  const decided = read.ok ? decide(read.value, terms) : read;
  if (!decided.ok) {
    expect(Object.keys(ERRORS)).toContain(decided.error.code);
    expect(decided.error.detail.length).toBeLessThan(2_000 + LIMITS.sourceBytesMax);
    return 'refused';
  }
  const bytes = envelope.toBuffer(decided.value.envelope);
  const back = envelope.fromBuffer(bytes) as { id: string; source: string; subject: string | null };
  const { id, source, subject } = decided.value.envelope;
  expect([back.id, back.source, back.subject]).toEqual([id, source, subject]);
  return 'accepted';
}

test('whatever a body says, an event is refused with a code, or accepted and can be written', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.oneof({ weight: 1, arbitrary: poison }, { weight: 5, arbitrary: eventText }),
      (text) => {
        seen.add(process(readStructured(parseExactJson(text))));
      },
    ),
    { numRuns: 3_000 },
  );
  expect(seen).toEqual(new Set(['refused', 'accepted']));
});

test('whatever headers say, too', () => {
  const header = fc.oneof(
    fc.string({ unit: 'binary-ascii' }),
    fc.constantFrom('%', '%E5%95%86', '"a', '""', '%00', '1.0'),
  );
  const headers = fc.dictionary(
    fc.constantFrom(
      'ce-id',
      'ce-source',
      'ce-subject',
      'ce-time',
      'ce-partitionkey',
      'content-type',
    ),
    header,
  );
  const base: Readonly<Record<string, string>> = {
    'ce-specversion': '1.0',
    'ce-id': 'e-1',
    'ce-source': '/test',
    'ce-type': definition.id,
    'ce-time': '2026-01-31T08:00:00Z',
  };
  fc.assert(
    fc.property(headers, dataText, (changes, data) => {
      const all: Readonly<Record<string, string>> = { ...base, ...changes };
      process(readBinary((name) => all[name], parseExactJson(data)));
    }),
    { numRuns: 1_000 },
  );
});
