import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';
import { envelopeSchema } from '../../services/kernel/envelope.ts';
import type { Json } from '../../services/kernel/json.ts';
import { EVENT_KEY, TOPIC_RECORDS, TOPICS } from '../../services/kernel/topics.ts';
import { parseConfig } from '../../services/platform/config.ts';
import { eventTopicSpec, systemTopicSpec } from '../../services/platform/kafka/topics.ts';
import type { TopicSpec } from '../../services/platform/kafka/topics.ts';
import { code, page, table } from './markdown.ts';

type Field = { readonly name: string; readonly type: unknown; readonly doc?: string };
type Schema = { readonly doc?: string; readonly fields: readonly Field[] };

export function topicsPage(): string {
  const config = parseConfig({});
  if (!config.ok) throw new Error('the defaults are no configuration');
  const settings = config.value;
  const topics = (Object.keys(TOPICS) as (keyof typeof TOPICS)[]).map((name) => ({
    spec: systemTopicSpec(settings, name),
    schema: schemaOf(TOPIC_RECORDS[name].schema),
    key: TOPIC_RECORDS[name].key,
  }));
  const envelope = envelopeSchema('TYPE', '(your record)' as Json) as unknown as Schema;
  return page(
    'Topics',
    '`services/platform/kafka/topics.ts`, `schemas/tidemark` and `services/kernel/envelope.ts`',
    [
      'Values are Avro with Confluent framing; the schema of a topic is registered as `TOPIC-value`. `TIDEMARK_TOPIC_PREFIX` stands before every name. Topics are made at start; one that differs stops the start with a message that names the difference.',
      '`GET /asyncapi.json` of an installation says the same for programs, as an [AsyncAPI 3.0](https://www.asyncapi.com/docs/reference/specification/v3.0.0) document: every topic with its prefix, its record and its settings, and, for those who may read, each event type of the catalogue of now. Who may not read is told of one channel for all event types.',
      table(
        ['topic', 'key', 'partitions', 'settings'],
        [{ spec: eventTopicSpec(settings, 'EVENT-TYPE'), key: EVENT_KEY }, ...topics].map(
          ({ spec, key }) => [code(spec.topic), key, String(spec.partitions), settingsOf(spec)],
        ),
      ),
      '## `events.EVENT-TYPE`',
      'Any program may write here, with the schema that start or `catalog apply` registered. The order of the fields is part of the format. Heartbeats of ingest lie in the same topic under another schema.',
      fieldsOf(envelope),
      ...topics.flatMap(({ spec, schema }) => [
        `## ${code(spec.topic)}`,
        ...(schema.doc ? [schema.doc] : []),
        fieldsOf(schema),
      ]),
    ],
  );
}

const settingsOf = ({ settings }: TopicSpec): string =>
  Object.entries(settings)
    .map(([name, value]) => code(`${name}=${value}`))
    .join(', ');

const schemaOf = (file: string): Schema =>
  JSON.parse(
    readFileSync(join(repositoryDir, 'schemas', 'tidemark', `${file}.avsc`), 'utf8'),
  ) as Schema;

const fieldsOf = ({ fields }: Schema): string =>
  table(
    ['field', 'type', 'meaning'],
    fields.map(({ name, type, doc = '' }) => [code(name), code(typeName(type)), doc]),
  );

/** A schema in a few words: `string`, `null or long`, `array of Cursor`. */
function typeName(type: unknown): string {
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) return type.map(typeName).join(' or ');
  const named = type as { type: unknown; name?: string; items?: unknown; values?: unknown };
  if (named.type === 'array') return `array of ${typeName(named.items)}`;
  if (named.type === 'map') return `map of ${typeName(named.values)}`;
  return named.name ?? typeName(named.type);
}
