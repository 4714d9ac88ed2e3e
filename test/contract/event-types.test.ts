import { catalogEventTypes } from '../../services/ingest/adapters/catalog-event-types.ts';
import { TidemarkError } from '../../services/kernel/errors.ts';
import { createKafka } from '../../services/platform/kafka/client.ts';
import { createLogger } from '../../services/platform/logger.ts';
import { createSchemaStore } from '../../services/platform/schema-registry.ts';
import { memoryEventTypes } from '../support/memory-event-types.ts';
import { memoryCatalog, testConfig } from '../support/platform.ts';
import { servers, uniquePrefix } from '../support/servers.ts';
import { eventTypesContract } from './event-types.ts';

eventTypesContract('memory', () => {
  const types = memoryEventTypes([]);
  return Promise.resolve({
    types,
    publish: types.publish,
    setAway: types.setAway,
    close: () => {},
  });
});

eventTypesContract('catalogue, Kafka and registry', () => {
  const config = testConfig({ TIDEMARK_TOPIC_PREFIX: uniquePrefix() });
  const logger = createLogger({ level: 'silent', name: 'test', isTty: false });
  const catalog = memoryCatalog({});
  const real = createSchemaStore(servers().registryUrl, Date.now);
  let isAway = false;
  const types = catalogEventTypes({
    catalog: catalog.view,
    kafka: createKafka(config, logger),
    schemas: {
      ...real,
      register: (subject, schema) =>
        isAway
          ? Promise.reject(new TidemarkError('registry_unavailable', 'the registry is away'))
          : real.register(subject, schema),
    },
    config,
    logger,
  });
  return Promise.resolve({
    types,
    publish: (eventTypes) => catalog.publish({ eventTypes }),
    setAway(value) {
      isAway = value;
    },
    close: types.close,
  });
});
