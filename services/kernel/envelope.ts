import type { Json } from './json.ts';

/**
 * The Kafka value of an `events.*` record: the CloudEvents attributes that the pipeline needs, then the user's record.
 * Field order is part of the format: identity first, then what is outside the payload's checksum (ingestedAt,
 * historical), then what the checksum covers (time, subject, data), so both are plain byte ranges.
 */
export function envelopeSchema(eventType: string, data: Json): Json {
  return {
    type: 'record',
    name: `Envelope_${eventType.replaceAll(/[^A-Za-z0-9_]/g, '_')}`,
    namespace: 'tidemark.events',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'source', type: 'string' },
      { name: 'ingestedAt', type: ['null', 'long'], default: null },
      { name: 'historical', type: 'boolean', default: false },
      { name: 'time', type: ['null', 'long'], default: null },
      { name: 'subject', type: ['null', 'string'], default: null },
      { name: 'data', type: data },
    ],
  };
}

/** What stands before `data` in an envelope. Times are epoch ms. `time` is null where the event type takes append time. */
export type EnvelopeHead = {
  readonly id: string;
  readonly source: string;
  readonly ingestedAt: number | null;
  readonly historical: boolean;
  readonly time: number | null;
  readonly subject: string | null;
};

/** The first fields of every envelope, by name and type, as canonical JSON: a writer schema that differs is refused. */
export const ENVELOPE_HEAD_FIELDS = [
  'id',
  'source',
  'ingestedAt',
  'historical',
  'time',
  'subject',
  'data',
] as const;
