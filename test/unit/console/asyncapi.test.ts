import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import avro from 'avsc';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiDocumentRoutes } from '../../../services/console/adapters/http-api-documents.ts';
import { asyncApiDocument } from '../../../services/console/core/asyncapi.ts';
import { topicFacts } from '../../../services/console/adapters/topic-facts.ts';
import { MANUAL_ENTRY } from '../../../services/kernel/catalog/manual-entry-type.ts';
import type { EventTypeDefinition } from '../../../services/kernel/definitions.ts';
import { envelopeSchema } from '../../../services/kernel/envelope.ts';
import { TOPICS } from '../../../services/kernel/topics.ts';
import { createAccess } from '../../../services/platform/access.ts';
import { parseConfig } from '../../../services/platform/config.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { eventTopicSpec, systemTopicSpecs } from '../../../services/platform/kafka/topics.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { anEventType } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

type Channel = {
  readonly address: string;
  readonly parameters?: object;
  readonly messages: Readonly<Record<string, Message>>;
  readonly bindings: { readonly kafka: Readonly<Record<string, unknown>> };
};
type Message = {
  readonly payload: { readonly schema: object; readonly schemaFormat: string };
  readonly bindings: { readonly kafka: { readonly key: { readonly description: string } } };
};
type Document = {
  readonly channels: Readonly<Record<string, Channel>>;
  readonly operations: Readonly<
    Record<
      string,
      {
        readonly action: string;
        readonly channel: { readonly $ref: string };
        readonly messages: readonly { readonly $ref: string }[];
      }
    >
  >;
};

const parsed = parseConfig({ TIDEMARK_TOPIC_PREFIX: 'shop.', TIDEMARK_REPLICATION: '3' });
if (!parsed.ok) throw new Error('no configuration');
const config = parsed.value;
const order: EventTypeDefinition = anEventType({
  id: 'com.example.sales.order-booked',
  schema: {
    type: 'record',
    name: 'OrderBooked',
    fields: [
      { name: 'store_id', type: 'string', doc: 'Where.' },
      { name: 'amount', type: { type: 'bytes', logicalType: 'decimal', precision: 18, scale: 2 } },
      { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['booked', 'cancelled'] } },
      { name: 'tags', type: { type: 'array', items: 'string' }, default: [] },
      { name: 'note', type: ['null', 'string'], default: null },
    ],
  },
});
const INFO = { version: '1.2.3', license: { name: 'Apache-2.0' } };
const documentOf = (eventTypes: readonly EventTypeDefinition[]): Document =>
  asyncApiDocument(INFO, topicFacts(config)(eventTypes)) as Document;
const made = documentOf([order]);

describe('the AsyncAPI document', () => {
  const require = createRequire(import.meta.url);
  const official = JSON.parse(
    readFileSync(require.resolve('@asyncapi/specs/schemas/3.0.0.json'), 'utf8'),
  ) as object;
  const validate = new Ajv({
    strict: false,
    validateFormats: false,
    // The bundle brings the dialect that it is written in.
    meta: false,
    validateSchema: false,
  }).compile(official);
  const faultsOf = (document: unknown): unknown => (validate(document) ? [] : validate.errors);

  test('is valid by the schema of AsyncAPI 3.0', () => {
    expect(faultsOf(made)).toEqual([]);
    expect(faultsOf(documentOf([]))).toEqual([]);
  });

  test.each<[string, object]>([
    ['another version', { ...made, asyncapi: '2.6.0' }],
    [
      'an operation that neither sends nor receives',
      { ...made, operations: { x: { action: 'publish', channel: { $ref: '#/channels/alerts' } } } },
    ],
    [
      'a record that is no Avro',
      {
        ...made,
        channels: {
          alerts: {
            messages: {
              alert: {
                payload: {
                  schemaFormat: 'application/vnd.apache.avro;version=1.9.0',
                  schema: { type: 'record', name: 'x' },
                },
              },
            },
          },
        },
      },
    ],
  ])('%s would be noticed', (_what, document) => {
    expect(faultsOf(document)).not.toEqual([]);
  });

  test('has every topic of the table as it is made, with its key and its record', () => {
    const specs = [eventTopicSpec(config, order.id), ...systemTopicSpecs(config)];
    expect(specs).toHaveLength(Object.keys(TOPICS).length + 1);
    const channels = Object.values(made.channels);
    expect(channels.map(({ address }) => address)).toEqual(specs.map(({ topic }) => topic));
    for (const [i, { topic, partitions, replication, settings }] of specs.entries()) {
      expect(channels[i]?.bindings.kafka).toMatchObject({
        topic,
        partitions,
        replicas: replication,
      });
      const { topicConfiguration } = channels[i]?.bindings.kafka ?? {};
      const told = Object.entries(topicConfiguration as object).map(([name, value]) => [
        name,
        String(value),
      ]);
      expect(Object.fromEntries(told)).toEqual(settings);
    }
  });

  test('has records that avsc reads, each with its key', () => {
    for (const { messages } of Object.values(made.channels))
      for (const { payload, bindings } of Object.values(messages)) {
        expect(() => avro.Type.forSchema(payload.schema as never)).not.toThrow();
        expect(payload.schemaFormat).toBe('application/vnd.apache.avro;version=1.9.0');
        expect(bindings.kafka.key.description).not.toBe('');
      }
  });

  test('has the envelope of each event type, as it is registered, and heartbeats beside it', () => {
    const { messages, address } = made.channels[`events.${order.id}`] ?? {};
    expect(address).toBe(`shop.events.${order.id}`);
    expect(Object.keys(messages ?? {})).toEqual(['event', 'heartbeat']);
    expect(messages?.['event']?.payload.schema).toEqual(envelopeSchema(order.id, order.schema));
  });

  test('lets outside programs read all topics, and write events alone', () => {
    const by = Object.groupBy(Object.values(made.operations), ({ action }) => action);
    const channels = Object.keys(made.channels).map((name) => `#/channels/${name}`);
    expect(by['receive']?.map(({ channel }) => channel.$ref)).toEqual(channels);
    expect(by['send']?.map(({ channel }) => channel.$ref)).toEqual([
      `#/channels/events.${order.id}`,
    ]);
    // Heartbeats are the business of ingest.
    expect(by['send']?.[0]?.messages).toEqual([
      { $ref: `#/channels/events.${order.id}/messages/event` },
    ]);
  });

  test('lets nobody write what people enter', () => {
    const { operations } = documentOf([order, anEventType({ id: MANUAL_ENTRY })]);
    expect(Object.keys(operations)).toContain(`receive-events.${MANUAL_ENTRY}`);
    expect(Object.keys(operations)).not.toContain(`send-events.${MANUAL_ENTRY}`);
  });

  test.each([[[order]], [[]]])('refers to nothing that is not there', (eventTypes) => {
    const document = documentOf(eventTypes);
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, ref]) => ref,
    );
    expect(refs.length).toBeGreaterThan(15);
    for (const ref of refs) {
      const parts = (ref ?? '').split('/').map((part) => decodeURIComponent(part));
      const found = parts.reduce<unknown>(
        (at, part) => (at as Record<string, unknown>)[part],
        document,
      );
      expect([ref, typeof found]).toEqual([ref, 'object']);
    }
  });

  test('has one channel for any event type where none is named', () => {
    const channel = documentOf([]).channels['events.{eventType}'];
    expect(channel).toMatchObject({
      address: 'shop.events.{eventType}',
      parameters: { eventType: {} },
    });
    expect(channel?.bindings.kafka).not.toHaveProperty('topic');
  });
});

describe('GET /asyncapi.json', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-asyncapi-'));
  const sha256 = (token: string): string => createHash('sha256').update(token).digest('hex');
  const tokensFile = join(folder, 'tokens.json');
  const http = createHttpServer(createLogger({ level: 'silent', name: 'test', isTty: false }));
  beforeAll(async () => {
    const entries = [
      ['shop', 'ingest'],
      ['anna', 'reader'],
    ].map(([token = '', role]) => [sha256(token), { person: `person:${token}`, roles: [role] }]);
    writeFileSync(tokensFile, JSON.stringify(Object.fromEntries(entries)));
    apiDocumentRoutes({
      http,
      config,
      access: createAccess({ tokensFile, host: '0.0.0.0' }),
      catalog: { current: () => catalogOf({ eventTypes: [order] }), onChange: () => () => {} },
    });
    await http.ready();
  });
  afterAll(async () => {
    await http.close();
    rmSync(folder, { recursive: true });
  });
  const get = async (token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await http.inject({ url: '/asyncapi.json', headers });
    return [response.statusCode, Object.keys(response.json<Document>().channels)[0]];
  };

  test('is open, and names event types to those who may read', async () => {
    expect(await get('anna')).toEqual([200, `events.${order.id}`]);
    for (const token of [undefined, 'guess', 'shop'])
      expect(await get(token)).toEqual([200, 'events.{eventType}']);
  });
});
