import type { Json } from '../../kernel/json.ts';

/** A topic as outside programs meet it. */
export type TopicFacts = {
  /** Without the prefix; `{eventType}` in it stands for any. */
  readonly name: string;
  readonly address: string;
  readonly partitions: number;
  readonly replicas: number;
  /** Kafka's names and texts. */
  readonly settings: Readonly<Record<string, string>>;
  /** What a key is made of. */
  readonly key: string;
  readonly records: readonly RecordFacts[];
  /** Whether outside programs may write the first of the records; all may be read. */
  readonly isWritable: boolean;
};
export type RecordFacts = {
  readonly name: string;
  readonly summary: string;
  readonly avro: Json;
};

const CONTENT_TYPE = 'avro/binary';
const AVRO = 'application/vnd.apache.avro;version=1.9.0';
const BINDING = { bindingVersion: '0.5.0' };
/** Settings that are numbers, and lists, in the binding. */
const TEXTS = new Set(['message.timestamp.type']);
const LISTS = new Set(['cleanup.policy']);

const FRAMING =
  'Confluent framing: a byte 0, the id of the schema in the registry as four bytes (big-endian), then the record in Avro binary.';
const DESCRIPTION = `The topics of this installation, for programs beside it: its operations are theirs. They may read all topics, and write events. Values have ${FRAMING.charAt(0).toLowerCase()}${FRAMING.slice(1)} The schema of a topic is registered as TOPIC-value, with compatibility BACKWARD. Times in records are milliseconds since 1970 in UTC, unless a field says otherwise. The order of records holds within a partition.`;

/**
 * The AsyncAPI document of the topics: a channel for each, an operation for each way that outside programs use it.
 * @see https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */
export function asyncApiDocument(
  info: { readonly version: string; readonly license: Json },
  topics: readonly TopicFacts[],
): Json {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Tidemark topics',
      version: info.version,
      description: DESCRIPTION,
      license: info.license,
    },
    defaultContentType: CONTENT_TYPE,
    channels: Object.fromEntries(topics.map((topic) => [topic.name, channelOf(topic)])),
    operations: Object.fromEntries(topics.flatMap(operationsOf)),
  };
}

function channelOf({ name, address, partitions, replicas, settings, key, records }: TopicFacts) {
  const summary = records[0]?.summary ?? '';
  return {
    address,
    title: name,
    ...(summary === '' ? {} : { description: summary }),
    ...(address.includes('{eventType}')
      ? { parameters: { eventType: { description: 'The id of an event type of the catalogue.' } } }
      : {}),
    messages: Object.fromEntries(records.map((record) => [record.name, messageOf(record, key)])),
    bindings: {
      kafka: {
        // Not a name where it stands for many.
        ...(address.includes('{') ? {} : { topic: address }),
        partitions,
        replicas,
        topicConfiguration: Object.fromEntries(
          Object.entries(settings).map(([setting, text]) => [setting, settingOf(setting, text)]),
        ),
        ...BINDING,
      },
    },
  };
}

const settingOf = (setting: string, text: string): Json =>
  LISTS.has(setting) ? text.split(',') : TEXTS.has(setting) ? text : Number(text);

const messageOf = ({ name, summary, avro }: RecordFacts, key: string) => ({
  name,
  ...(summary === '' ? {} : { summary }),
  description: FRAMING,
  contentType: CONTENT_TYPE,
  payload: { schemaFormat: AVRO, schema: avro },
  bindings: {
    kafka: {
      key: { type: 'string', description: key },
      schemaIdLocation: 'payload',
      schemaIdPayloadEncoding: '4',
      schemaLookupStrategy: 'TopicNameStrategy',
      ...BINDING,
    },
  },
});

function operationsOf({
  name,
  records,
  isWritable,
}: TopicFacts): readonly (readonly [string, Json])[] {
  const channel = { $ref: `#/channels/${pointer(name)}` };
  const messages = records.map((record) => ({
    $ref: `${channel.$ref}/messages/${pointer(record.name)}`,
  }));
  const receive = { action: 'receive', channel, summary: `Reads ${name}.`, messages };
  if (!isWritable) return [[`receive-${name}`, receive]];
  const summary = `Writes ${name}. Acknowledged by all in-sync replicas (acks=all), an event is durable; the same source and id count once.`;
  const send = { action: 'send', channel, summary, messages: messages.slice(0, 1) };
  return [
    [`receive-${name}`, receive],
    [`send-${name}`, send],
  ];
}

/** @see RFC 6901, and RFC 3986 for what a fragment holds as it is */
const pointer = (name: string): string =>
  encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
