import { randomUUID } from 'node:crypto';
import { ackLinks } from './adapters/ack-links.ts';
import type { AckLinks } from './adapters/ack-links.ts';
import { unsubscribeLinks } from './adapters/unsubscribe-links.ts';
import type { UnsubscribeLinks } from './adapters/unsubscribe-links.ts';
import type { ReceiverDefinition } from '../kernel/definitions.ts';
import { TidemarkError } from '../kernel/errors.ts';
import { systemTopic } from '../kernel/topics.ts';
import { createGroupConsumer } from '../platform/kafka/consumer.ts';
import { createRecordProducer } from '../platform/kafka/producer.ts';
import { linkSecret } from '../platform/link-secret.ts';
import type { Platform } from '../platform/platform.ts';
import { publicUrl } from '../platform/public-url.ts';
import { createSmtpClient } from '../platform/mail/smtp-client.ts';
import { addressGuard } from '../platform/webhook/address.ts';
import { createWebhookClient } from '../platform/webhook/client.ts';
import { secretsFrom } from '../platform/webhook/secret.ts';
import { addressOf } from './adapters/channels/address.ts';
import { alertmanagerChannel, renewAlertmanagers } from './adapters/channels/alertmanager.ts';
import { browserChannel } from './adapters/channels/browser.ts';
import { chatChannels } from './adapters/channels/chats.ts';
import { emailChannel } from './adapters/channels/email.ts';
import type { NotRenewed } from './adapters/channels/renewal.ts';
import { webhookChannel } from './adapters/channels/webhook.ts';
import { openKafkaLogs } from './adapters/kafka-logs.ts';
import { kafkaSource } from './adapters/kafka-source.ts';
import { redisAlertStore, redisDisabledReceivers } from './adapters/redis-alert-store.ts';
import { redisHistory } from './adapters/redis-history.ts';
import { redisPace } from './adapters/redis-pace.ts';
import { redisThreads } from './adapters/redis-threads.ts';
import type { AlertState } from './core/alert/episode.ts';
import { loggedDisabling } from './disabled-receivers.ts';
import { mergeFor } from './merging.ts';
import { createMessenger } from './messenger.ts';
import type { CommandLog, Limiter, Messenger } from './ports.ts';
import type { Merge } from './sending-lines.ts';
import type { AlertingPorts } from './alerting-ports.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How alerting speaks to receivers. */
export type Telling = {
  readonly messenger: Messenger;
  /** How fast they may be told, and how many messages become one above it. */
  readonly pace: { readonly limiter: Limiter; readonly merge: Merge };
  /** Takes back that a receiver wants nothing more. @returns whether it had said so. @throws redis_unavailable */
  readonly enable: (receiver: ReceiverDefinition) => Promise<boolean>;
  /** Tells receivers that forget again what they have to keep. @returns what went wrong; the next time tries again */
  readonly renew: (alerts: Iterable<AlertState>) => Promise<readonly NotRenewed[]>;
  readonly close: () => void;
};

/** A channel for each type of receiver, with this installation's allowed ranges, secrets and receivers. @throws config_invalid */
export function openTelling(platform: Platform, commands: CommandLog, env: Environment): Telling {
  const { config, redis, catalog, now } = platform;
  const guard = addressGuard(config.TIDEMARK_WEBHOOK_ALLOW);
  if (!guard.ok)
    throw new TidemarkError('config_invalid', `TIDEMARK_WEBHOOK_ALLOW: ${guard.error}`);
  const client = createWebhookClient(guard.value);
  const mail = createSmtpClient(guard.value);
  const secrets = secretsFrom(env, config);
  const disabled = loggedDisabling(redisDisabledReceivers(redis, config.TIDEMARK_TOPIC_PREFIX), {
    commands,
    now,
    newId: randomUUID,
  });
  const receiver = (id: string) => catalog.current().receivers.get(id);
  const smtp = () => catalog.current().settings.smtp;
  const ports = { client, secrets, disabled, now };
  const prefix = config.TIDEMARK_TOPIC_PREFIX;
  const threads = redisThreads(redis, prefix);
  const chance = Math.random;
  const turns = { client: redis, prefix, secrets, receiverOf: receiver, now, chance };
  return {
    messenger: createMessenger(
      {
        ...chatChannels({ ...ports, threads }),
        webhook: webhookChannel(ports),
        alertmanager: alertmanagerChannel(ports),
        browser: browserChannel(redis, prefix),
        email: emailChannel({ client: mail, secrets, smtp }),
      },
      receiver,
    ),
    pace: {
      limiter: redisPace(turns),
      merge: mergeFor(receiver),
    },
    async enable(one) {
      if (one.type !== 'webhook') return false;
      const url = addressOf(one.url, secrets);
      return url.ok && disabled.enable({ id: one.id, url: url.value });
    },
    renew: (alerts) => renewAlertmanagers(ports, alerts, receiver),
    close: mail.close,
  };
}

/** The real world behind alerting's ports. @throws registry_unavailable, broker_unavailable */
export async function openPorts(platform: Platform): Promise<{
  ports: Omit<AlertingPorts, 'observer' | 'outbox'>;
  links: AckLinks;
  unsubscribe: UnsubscribeLinks;
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
  const consoleUrl = publicUrl(config);
  const secret = linkSecret(config);
  const links = ackLinks(consoleUrl, secret);
  const unsubscribe = unsubscribeLinks(consoleUrl, secret);
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
      links: { consoleUrl, ackUrl: links.urlOf, unsubscribeUrl: unsubscribe.urlOf },
    },
    links,
    unsubscribe,
    async close() {
      await producer.close();
      await close();
    },
  };
}
