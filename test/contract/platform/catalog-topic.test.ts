import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Catalog } from '../../../services/kernel/definitions.ts';
import { eventTopic } from '../../../services/kernel/topics.ts';
import type { Json } from '../../../services/kernel/json.ts';
import {
  applyCatalog,
  diffCatalog,
  readCatalog,
} from '../../../services/platform/catalog/apply.ts';
import type { ApplyOptions } from '../../../services/platform/catalog/apply.ts';
import { openEntryCodec } from '../../../services/platform/catalog/entry.ts';
import type { CatalogEntry, CatalogSource } from '../../../services/platform/catalog/entry.ts';
import { createCatalogView } from '../../../services/platform/catalog/topic.ts';
import type { RunningCatalogView } from '../../../services/platform/catalog/topic.ts';
import { createKafka } from '../../../services/platform/kafka/client.ts';
import { createRecordProducer } from '../../../services/platform/kafka/producer.ts';
import { systemTopicSpec } from '../../../services/platform/kafka/topics.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { createSchemaStore } from '../../../services/platform/schema-registry.ts';
import { aDocuments, changed } from '../../support/catalog-documents.ts';
import { testConfig } from '../../support/platform.ts';
import { uniquePrefix } from '../../support/servers.ts';

const AT = Date.UTC(2026, 0, 1);

function openSource(): CatalogSource {
  const config = testConfig({ TIDEMARK_TOPIC_PREFIX: uniquePrefix() });
  const logger = createLogger({ level: 'silent', name: 'test', isTty: false });
  const schemas = createSchemaStore(config.SCHEMA_REGISTRY_URL, Date.now);
  return { config, logger, schemas, kafka: createKafka(config, logger) };
}
const apply = (
  source: CatalogSource,
  documents: readonly Json[],
  more: Partial<ApplyOptions> = {},
) => applyCatalog(source, { documents, author: 'person:test', now: () => AT, ...more });

/** Writes records as the console, or a damaged program, would. */
async function write(source: CatalogSource, key: string, value: Buffer): Promise<void> {
  const producer = createRecordProducer(source.kafka, { logger: source.logger });
  const { topic } = systemTopicSpec(source.config, 'catalog');
  await producer.send({ topic, partition: 0, key: Buffer.from(key), value });
  await producer.close();
}
async function writeEntry(source: CatalogSource, entry: CatalogEntry): Promise<void> {
  const codec = await openEntryCodec(source);
  await write(source, `${entry.kind}/${entry.id}`, codec.encode(entry));
}
const consoleEntry = (key: string, document: Json): CatalogEntry => ({
  kind: key.split('/')[0] ?? '',
  id: key.split('/')[1] ?? '',
  state: 'published',
  document: JSON.stringify(document),
  origin: 'console',
  author: 'person:anna',
  at: AT,
});

describe('the published catalogue, on real Kafka and registry', () => {
  const source = openSource();
  const documents = aDocuments();
  let view: RunningCatalogView;
  const seen: Catalog[] = [];

  beforeAll(async () => {
    view = await createCatalogView(source);
    view.onChange((catalog) => seen.push(catalog));
  });
  afterAll(() => view.stop());

  test('is empty before anything is published', () => {
    expect(view.current().metrics.size).toBe(0);
  });

  test('is seen whole, once, after apply', async () => {
    const { changes } = await apply(source, documents);
    expect(changes.map(({ action }) => action)).toEqual(documents.map(() => 'add'));
    await vi.waitFor(() => expect(view.current().metrics.size).toBe(3), 30_000);
    expect(seen).toHaveLength(1);
    expect([...view.current().metrics.keys()].toSorted()).toEqual(['cancels', 'orders', 'rate']);
    expect(view.current().rules.get('orders-low')?.version).toMatch(/^[0-9a-f]{12}$/);
  });

  test('topic and schema of an event type are there', async () => {
    const topic = eventTopic(source.config.TIDEMARK_TOPIC_PREFIX, 'shop.order');
    const admin = source.kafka.admin();
    await admin.connect();
    const topics = await admin.listTopics();
    await admin.disconnect();
    expect(topics).toContain(topic);
    const url = `${source.config.SCHEMA_REGISTRY_URL}/subjects/${topic}-value/versions/latest`;
    const { schema } = (await (await fetch(url)).json()) as { schema: string };
    expect(JSON.parse(schema)).toMatchObject({ name: 'Envelope_shop_order' });
  });

  test('applied again, nothing changes and nobody hears of it', async () => {
    const heard = seen.length;
    expect(await apply(source, documents)).toEqual({
      changes: [],
      conflicts: [],
      unchanged: documents.length,
      impacts: [],
    });
    expect(seen).toHaveLength(heard);
  });

  test('what breaks others is refused unless it is forced, and nothing is written', async () => {
    const own = openSource();
    await apply(own, documents);
    const narrowed = changed(documents, 'Metric/orders', { spec: { breakdowns: [['store']] } });
    const totalOnly = changed(narrowed, 'Metric/cancels', { spec: { breakdowns: [['store']] } });
    const options = { documents: totalOnly, author: 'person:anna', now: Date.now };
    await expect(applyCatalog(own, options)).rejects.toMatchObject({
      code: 'change_breaks',
      message: expect.stringContaining(
        'Metric/orders spec.breakdowns breakdown_removed orders is no longer kept by []',
      ) as string,
    });
    expect((await diffCatalog(own, { documents })).changes).toEqual([]);
    const { impacts } = await applyCatalog(own, { ...options, force: true });
    expect(impacts.filter(({ isBreaking }) => isBreaking).map(({ subject }) => subject)).toEqual([
      'Metric/cancels',
      'Metric/orders',
      'Metric/rate',
    ]);
    expect((await diffCatalog(own, { documents: totalOnly })).changes).toEqual([]);
  });

  test('the version before of a changed metric is known, to a view that begins later too', async () => {
    const own = openSource();
    await apply(own, documents);
    const first = await createCatalogView(own);
    const before = first.current().metrics.get('orders');
    expect(first.current().superseded).toBeUndefined();
    const next = changed(documents, 'Metric/orders', { spec: { where: 'data.amount > 5' } });
    const renamed = changed(next, 'Metric/orders', {
      metadata: { name: { en: 'Larger orders', zh: '大额订单' } },
    });
    await apply(own, next);
    await apply(own, renamed);
    const published = () => first.current().metrics.get('orders')?.name.en;
    await vi.waitFor(() => expect(published()).toBe('Larger orders'), 30_000);
    const second = await createCatalogView(own);
    for (const one of [first, second])
      expect([...(one.current().superseded ?? [])]).toEqual([['orders', before]]);
    await Promise.all([first.stop(), second.stop()]);
  });

  test('F-078 a changed document is a new version, and of that metric only', async () => {
    const before = view.current();
    const next = changed(documents, 'Metric/orders', { spec: { where: 'data.amount > 5' } });
    const { changes } = await apply(source, next);
    expect(changes).toMatchObject([{ action: 'change', key: 'Metric/orders' }]);
    const version = (catalog: Catalog, id: string) => catalog.metrics.get(id)?.version;
    await vi.waitFor(() => {
      expect(version(view.current(), 'orders')).not.toBe(version(before, 'orders'));
    }, 30_000);
    expect(version(view.current(), 'cancels')).toBe(version(before, 'cancels'));
    expect(version(view.current(), 'rate')).not.toBe(version(before, 'rate'));
    await apply(source, documents);
    await vi.waitFor(() => {
      expect(version(view.current(), 'orders')).toBe(version(before, 'orders'));
    }, 30_000);
  });

  test('a document that vanished from the files is withdrawn', async () => {
    const without = documents.filter((one) => (one as { kind: string }).kind !== 'AlertRule');
    expect(await apply(source, without)).toMatchObject({
      changes: [{ action: 'withdraw', key: 'AlertRule/orders-low' }],
    });
    await vi.waitFor(() => expect(view.current().rules.size).toBe(0), 30_000);
    await apply(source, documents);
    await vi.waitFor(() => expect(view.current().rules.size).toBe(1), 30_000);
  });

  test('a view that is opened later sees the same', async () => {
    const later = await createCatalogView(source);
    expect(later.current()).toEqual(view.current());
    await later.stop();
  });

  test('F-072 an incompatible schema is refused with the field, and nothing is written', async () => {
    const before = await readCatalog(source);
    const incompatible = changed(
      changed(documents, 'Person/anna', { spec: { locale: 'de-DE' } }),
      'EventType/shop.order',
      { spec: { avro: { type: 'record', name: 'Order', fields: [{ name: 'id', type: 'int' }] } } },
    ).filter(
      (one) => !['Metric', 'AlertRule', 'Responsibility'].includes((one as { kind: string }).kind),
    );
    await expect(apply(source, incompatible)).rejects.toMatchObject({
      code: 'schema_invalid',
      message: expect.stringMatching(/shop\.order-value: .*read/) as string,
    });
    expect(await readCatalog(source)).toEqual(before);
  });

  test('a broken entry keeps the last good definition and disturbs no other', async () => {
    const before = view.current();
    await write(source, 'Metric/orders', Buffer.from('no Avro at all'));
    await writeEntry(source, {
      ...consoleEntry('Metric/cancels', { kind: 'Metric', metadata: { id: 'cancels' } }),
      origin: 'file',
    });
    const bob = consoleEntry('Person/bob', {
      apiVersion: 'tidemark/v1',
      kind: 'Person',
      metadata: { id: 'bob' },
      spec: {},
    });
    await writeEntry(source, bob);
    await vi.waitFor(() => expect(view.current().people.has('bob')).toBe(true), 30_000);
    expect(view.current().metrics).toEqual(before.metrics);
    expect(view.current().rules).toEqual(before.rules);
    await apply(source, documents);
    expect(await diffCatalog(source, { documents })).toMatchObject({ changes: [] });
  });

  test('what the console published is not withdrawn, and not overwritten without force', async () => {
    expect((await readCatalog(source)).has('Person/bob')).toBe(true);
    const rule = documents.find((one) => (one as { kind: string }).kind === 'AlertRule') as {
      spec: object;
    };
    const edited = { ...rule, spec: { ...rule.spec, when: 'value < 7' } } as unknown as Json;
    await writeEntry(source, consoleEntry('AlertRule/orders-low', edited));
    await vi.waitFor(() => {
      expect(view.current().rules.get('orders-low')?.when).toBe('value < 7');
    }, 30_000);
    expect(await apply(source, documents)).toMatchObject({
      changes: [],
      conflicts: [{ key: 'AlertRule/orders-low', author: 'person:anna', at: AT }],
    });
    await apply(source, documents, { force: true });
    await vi.waitFor(() => {
      expect(view.current().rules.get('orders-low')?.when).toBe('value < 10');
    }, 30_000);
  });

  test('files that do not fit what the console published are refused', async () => {
    const watcher = {
      apiVersion: 'tidemark/v1',
      kind: 'AlertRule',
      metadata: { id: 'mine', name: 'Mine' },
      spec: { metric: 'rate', window: 'day', when: 'value > 1' },
    };
    await writeEntry(source, consoleEntry('AlertRule/mine', watcher));
    const without = documents.filter(
      (one) => (one as { metadata: { id: string } }).metadata.id !== 'rate',
    );
    await expect(apply(source, without)).rejects.toMatchObject({
      code: 'catalog_invalid',
      message: expect.stringContaining('AlertRule/mine') as string,
    });
    expect((await readCatalog(source)).has('Metric/rate')).toBe(true);
  });
});
