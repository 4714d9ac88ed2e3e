import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { applyCatalog, readCatalog } from '../../../../services/platform/catalog/apply.ts';
import type { CatalogSource } from '../../../../services/platform/catalog/entry.ts';
import { createCatalogView } from '../../../../services/platform/catalog/topic.ts';
import type { RunningCatalogView } from '../../../../services/platform/catalog/topic.ts';
import { createKafka } from '../../../../services/platform/kafka/client.ts';
import { createLogger } from '../../../../services/platform/logger.ts';
import { createSchemaStore } from '../../../../services/platform/schema-registry.ts';
import { aDocuments, changed } from '../../../support/catalog-documents.ts';
import { testConfig } from '../../../support/platform.ts';
import { servers, uniquePrefix } from '../../../support/servers.ts';
import { kafkaThrough, tcpProxy } from '../../../support/tcp-proxy.ts';
import type { TcpProxy } from '../../../support/tcp-proxy.ts';

const config = testConfig({ TIDEMARK_TOPIC_PREFIX: uniquePrefix() });
const logger = createLogger({ level: 'silent', name: 'test', isTty: false });
const schemas = createSchemaStore(config.SCHEMA_REGISTRY_URL, Date.now);
const direct: CatalogSource = { config, logger, schemas, kafka: createKafka(config, logger) };
const options = { author: 'person:test', now: () => 1 };

let proxy: TcpProxy;
let far: CatalogSource;
let view: RunningCatalogView;
const heard: string[] = [];

beforeAll(async () => {
  proxy = await tcpProxy(servers().brokers[0] ?? '');
  far = { ...direct, kafka: kafkaThrough(proxy, servers().brokers) };
  await applyCatalog(direct, { documents: aDocuments(), ...options });
  view = await createCatalogView(far);
  view.onChange((catalog) => heard.push(catalog.rules.get('orders-low')?.when ?? ''));
});
afterEach(() => proxy.restore());
afterAll(async () => {
  await view.stop();
  await proxy.close();
});

const publish = (when: string) =>
  applyCatalog(direct, {
    documents: changed(aDocuments(), 'AlertRule/orders-low', { spec: { when } }),
    ...options,
  });
const seenBy = (source: RunningCatalogView) => source.current().rules.get('orders-low')?.when;

test('a view whose broker is cut off keeps what it had, and follows again by itself', async () => {
  proxy.cut();
  await publish('value < 20');
  expect(seenBy(view)).toBe('value < 10');
  await publish('value < 30');
  proxy.restore();
  await vi.waitFor(() => expect(seenBy(view)).toBe('value < 30'), 60_000);
  expect(view.current().metrics.size).toBe(3);
});

test('listeners hear of no state that is older than one they heard of', async () => {
  const before = heard.length;
  proxy.cut();
  proxy.restore();
  await publish('value < 40');
  await vi.waitFor(() => expect(seenBy(view)).toBe('value < 40'), 60_000);
  expect(heard.slice(before)).toEqual(['value < 40']);
});

test('apply without a broker fails clearly', async () => {
  proxy.cut();
  await expect(applyCatalog(far, { documents: aDocuments(), ...options })).rejects.toMatchObject({
    code: 'broker_unavailable',
  });
});

test('apply without a registry fails clearly and writes nothing', async () => {
  const before = await readCatalog(direct);
  const away = {
    ...direct,
    config: { ...config, SCHEMA_REGISTRY_URL: 'http://127.0.0.1:9' },
  };
  const documents = changed(aDocuments(), 'Person/anna', { spec: { locale: 'de' } });
  await expect(applyCatalog(away, { documents, ...options })).rejects.toMatchObject({
    code: 'registry_unavailable',
  });
  expect(await readCatalog(direct)).toEqual(before);
});
