import { readFileSync } from 'node:fs';
import { MANUAL_ENTRY } from '../../kernel/catalog/manual-entry-type.ts';
import type { EventTypeDefinition } from '../../kernel/definitions.ts';
import { envelopeSchema } from '../../kernel/envelope.ts';
import type { Json } from '../../kernel/json.ts';
import { EVENT_KEY, TOPIC_RECORDS, TOPICS } from '../../kernel/topics.ts';
import type { Config } from '../../platform/config.ts';
import { eventTopicSpec, systemTopicSpec } from '../../platform/kafka/topics.ts';
import type { TopicSpec } from '../../platform/kafka/topics.ts';
import type { RecordFacts, TopicFacts } from '../core/asyncapi.ts';

const SCHEMAS = new URL('../../../schemas/tidemark/', import.meta.url);
/** Stands for the id of any event type. */
const ANY_TYPE = '{eventType}';
const NO_FIELDS: Json = {
  type: 'record',
  name: 'Data',
  doc: 'The record of the event type: its fields are in the schema that is registered for the topic.',
  fields: [],
};

const recordOf = (file: string): RecordFacts => {
  const avro = JSON.parse(readFileSync(new URL(`${file}.avsc`, SCHEMAS), 'utf8')) as {
    readonly doc?: string;
  };
  return { name: file, summary: avro.doc ?? '', avro };
};

/**
 * What there is to say of the topics, from their one table, the schemas of their records and the event types given.
 * @returns how: of these event types, or of any where none is named
 */
export function topicFacts(
  config: Config,
): (eventTypes: readonly EventTypeDefinition[]) => readonly TopicFacts[] {
  const heartbeat = recordOf('heartbeat');
  const system = (Object.keys(TOPICS) as (keyof typeof TOPICS)[]).map((name) => {
    const { schema, key } = TOPIC_RECORDS[name];
    const records = [recordOf(schema)];
    return facts(systemTopicSpec(config, name), { name: TOPICS[name], key, records });
  });
  const events = (id: string, avro: Json): TopicFacts => ({
    ...facts(eventTopicSpec(config, id), {
      name: `events.${id}`,
      key: EVENT_KEY,
      records: [
        {
          name: 'event',
          summary: `An event: the CloudEvents attributes, then its record under data. Identity is source and id; the order of the fields is part of the format.`,
          avro,
        },
        heartbeat,
      ],
    }),
    // What people enter comes in by ingest, which knows who they are and what they may.
    isWritable: id !== MANUAL_ENTRY,
  });
  return (eventTypes) => [
    ...(eventTypes.length === 0
      ? [events(ANY_TYPE, envelopeSchema('TYPE', NO_FIELDS))]
      : eventTypes.map(({ id, schema }) => events(id, envelopeSchema(id, schema)))),
    ...system,
  ];
}

const facts = (
  { topic, partitions, replication, settings }: TopicSpec,
  record: Pick<TopicFacts, 'name' | 'key' | 'records'>,
): TopicFacts => ({
  ...record,
  address: topic,
  partitions,
  replicas: replication,
  settings,
  isWritable: false,
});
