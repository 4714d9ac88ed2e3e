import { randomUUID } from 'node:crypto';
import { ackLinks } from './adapters/ack-links.ts';
import type { AckLinks } from './adapters/ack-links.ts';
import { TidemarkError } from '../kernel/errors.ts';
import { systemTopic } from '../kernel/topics.ts';
import { createGroupConsumer } from '../platform/kafka/consumer.ts';
import { createRecordProducer } from '../platform/kafka/producer.ts';
import { linkSecret } from '../platform/link-secret.ts';
import type { Platform } from '../platform/platform.ts';
import { addressGuard } from '../platform/webhook/address.ts';
import { createWebhookClient } from '../platform/webhook/client.ts';
import { secretsFrom } from '../platform/webhook/secret.ts';
import { webhookChannel } from './adapters/channels/webhook.ts';
import { openKafkaLogs } from './adapters/kafka-logs.ts';
import { kafkaSource } from './adapters/kafka-source.ts';
import { redisAlertStore, redisDisabledReceivers } from './adapters/redis-alert-store.ts';
import { redisHistory } from './adapters/redis-history.ts';
import { createMessenger } from './messenger.ts';
import type { Messenger } from './ports.ts';
import type { AlertingPorts } from './service.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Who sends messages: a channel for each type of receiver, with this installation's allowed ranges, secrets and receivers. @throws config_invalid */
export function openMessenger(platform: Platform, env: Environment): Messenger {
  const { config, redis, catalog, now } = platform;
  const guard = addressGuard(config.TIDEMARK_WEBHOOK_ALLOW);
  if (!guard.ok)
    throw new TidemarkError('config_invalid', `TIDEMARK_WEBHOOK_ALLOW: ${guard.error}`);
  const client = createWebhookClient(guard.value);
  const secrets = secretsFrom(env);
  const disabled = redisDisabledReceivers(redis, config.TIDEMARK_TOPIC_PREFIX);
  return createMessenger({ webhook: webhookChannel({ client, secrets, disabled, now }) }, (id) =>
    catalog.current().receivers.get(id),
  );
}

/** The real world behind alerting's ports. @throws registry_unavailable, broker_unavailable */
export async function openPorts(platform: Platform): Promise<{
  ports: Omit<AlertingPorts, 'observer' | 'outbox'>;
  links: AckLinks;
  close: () => Promise<void>;
}> {
  const { config, kafka, logger, schemas, redis, now } = platform;
  const prefix = config.TIDEMARK_TOPIC_PREFIX;
  const groupId = `${prefix}tidemark-alerting`;
  const producer = createRecordProducer(kafka, { logger });
  const { alerts, updates, commands, close } = await openKafkaLogs({
    kafka,
    schemas,
    producer,
    prefix,
    groupId,
  });
  const consoleUrl = `http://${config.TIDEMARK_HOST}:${config.TIDEMARK_PORT}`;
  const links = ackLinks(consoleUrl, linkSecret(config));
  const consumer = createGroupConsumer(kafka, {
    groupId,
    logger,
    sessionTimeoutMs: config.TIDEMARK_SESSION_TIMEOUT_MS,
  });
  return {
    ports: {
      store: redisAlertStore(redis, prefix),
      history: redisHistory(redis, prefix, platform.catalog.current),
      alerts,
      updates,
      commands,
      source: kafkaSource(consumer, systemTopic(prefix, 'metricUpdates')),
      now,
      newOwner: randomUUID,
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      links: { consoleUrl, ackUrl: links.urlOf },
    },
    links,
    async close() {
      await producer.close();
      await close();
    },
  };
}
