import type {
  AlertRuleDefinition,
  Catalog,
  EventTypeDefinition,
  MetricDefinition,
  PersonDefinition,
  ReceiverDefinition,
  ResponsibilityDefinition,
  SubscriptionDefinition,
  TeamDefinition,
} from '../../services/kernel/definitions.ts';
import type { SettingsDefinition } from '../../services/kernel/settings.ts';
import type { DashboardDefinition } from '../../services/kernel/catalog/dashboard-panels.ts';
import { envelopeSchema } from '../../services/kernel/envelope.ts';
import type { TargetDefinition } from '../../services/kernel/target.ts';
import { createLifecycle } from '../../services/cli/lifecycle.ts';
import { openPlatform } from '../../services/cli/world.ts';
import { parseConfig } from '../../services/platform/config.ts';
import type { Config } from '../../services/platform/config.ts';
import { ensureTopics, eventTopicSpec } from '../../services/platform/kafka/topics.ts';
import { createLogger } from '../../services/platform/logger.ts';
import type {
  CatalogView,
  Platform,
  RunningService,
  StartService,
} from '../../services/platform/platform.ts';
import { servers, uniquePrefix } from './servers.ts';

/** A catalogue as a test writes it down; what it does not name is empty. */
export type Definitions = {
  readonly eventTypes?: readonly EventTypeDefinition[];
  readonly metrics?: readonly MetricDefinition[];
  readonly rules?: readonly AlertRuleDefinition[];
  readonly responsibilities?: readonly ResponsibilityDefinition[];
  readonly people?: readonly PersonDefinition[];
  readonly teams?: readonly TeamDefinition[];
  readonly receivers?: readonly ReceiverDefinition[];
  readonly subscriptions?: readonly SubscriptionDefinition[];
  readonly dashboards?: readonly DashboardDefinition[];
  readonly targets?: readonly TargetDefinition[];
  readonly settings?: SettingsDefinition;
};

const byId = <T extends { readonly id: string }>(
  items: readonly T[] = [],
): ReadonlyMap<string, T> => new Map(items.map((item) => [item.id, item]));

export const catalogOf = (definitions: Definitions): Catalog => ({
  eventTypes: byId(definitions.eventTypes),
  metrics: byId(definitions.metrics),
  rules: byId(definitions.rules),
  responsibilities: byId(definitions.responsibilities),
  people: byId(definitions.people),
  teams: byId(definitions.teams),
  receivers: byId(definitions.receivers),
  subscriptions: byId(definitions.subscriptions),
  dashboards: byId(definitions.dashboards),
  targets: byId(definitions.targets),
  settings: definitions.settings ?? {},
});

/** A catalogue in memory that a test changes. */
export function memoryCatalog(definitions: Definitions): {
  readonly view: CatalogView;
  readonly publish: (definitions: Definitions) => void;
} {
  let catalog = catalogOf(definitions);
  const listeners = new Set<(catalog: Catalog) => void>();
  return {
    view: {
      current: () => catalog,
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    publish(next) {
      catalog = catalogOf(next);
      for (const listener of listeners) listener(catalog);
    },
  };
}

export type TestPlatform = Platform & {
  /** TIDEMARK_TOPIC_PREFIX: no other test has it. */
  readonly prefix: string;
  /** Replaces the whole catalogue; topics and schemas of its event types are there when this resolves. */
  readonly publish: (definitions: Definitions) => Promise<void>;
  /** Starts a service as `cli` does; it is stopped before the platform closes. */
  readonly run: (start: StartService) => Promise<RunningService>;
  /** Listens on a free port. @returns `http://127.0.0.1:PORT` */
  readonly listen: () => Promise<string>;
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/**
 * A real platform on the shared servers of this run, with a prefix and a catalogue of its own. Logs are silent unless
 * TEST_LOG_LEVEL says otherwise.
 * @example
 * await using platform = await openTestPlatform({ eventTypes: [anEventType()], metrics: [aMetric()] });
 * const ingest = await platform.run(start);
 * const url = await platform.listen();
 */
export async function openTestPlatform(
  definitions: Definitions = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<TestPlatform> {
  const prefix = uniquePrefix();
  const config = testConfig({ TIDEMARK_TOPIC_PREFIX: prefix, ...environment });
  const logger = createLogger({
    level: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    name: 'test',
    isTty: false,
  });
  const problems: string[] = [];
  const lifecycle = createLifecycle((what, problem) => problems.push(`${what}: ${problem}`));
  const catalog = memoryCatalog({});
  const close = async (): Promise<void> => {
    await lifecycle.close();
    if (problems.length > 0) throw new Error(`not closed: ${problems.join('; ')}`);
  };
  try {
    const platform = await openPlatform({
      config,
      logger,
      lifecycle,
      openCatalog: () => Promise.resolve(catalog.view),
    });
    const publish = async (next: Definitions): Promise<void> => {
      await prepareEventTypes(platform, next.eventTypes ?? []);
      catalog.publish(next);
    };
    await publish(definitions);
    return {
      ...platform,
      prefix,
      publish,
      async run(start) {
        const service = await start(platform);
        lifecycle.onClose(service.name, service.stop);
        return service;
      },
      listen: () => platform.http.listen({ host: '127.0.0.1', port: 0 }),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}

/** Addresses of the shared servers, then what the test wants. */
export function testConfig(environment: Readonly<Record<string, string>>): Config {
  const { brokers, registryUrl, redisUrl } = servers();
  const parsed = parseConfig({
    KAFKA_BROKERS: brokers.join(','),
    SCHEMA_REGISTRY_URL: registryUrl,
    REDIS_URL: redisUrl,
    TIDEMARK_PORT: '0',
    ...environment,
  });
  if (!parsed.ok) throw new Error(parsed.error.map(({ detail }) => detail).join('; '));
  return parsed.value;
}

/** What `apply` does before it publishes an event type: its topic, and its envelope's schema under the topic's subject. */
async function prepareEventTypes(
  { kafka, config, schemas }: Platform,
  eventTypes: readonly EventTypeDefinition[],
): Promise<void> {
  await ensureTopics(
    kafka,
    eventTypes.map(({ id }) => eventTopicSpec(config, id)),
  );
  await Promise.all(
    eventTypes.map(({ id, schema }) =>
      schemas.register(`${eventTopicSpec(config, id).topic}-value`, envelopeSchema(id, schema)),
    ),
  );
}
