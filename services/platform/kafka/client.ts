import { Kafka, logLevel } from 'kafkajs';
import type { SASLOptions } from 'kafkajs';
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { silenceIdleTimer } from './idle-timer.ts';
import { fetchLean } from './lean-fetch.ts';
import { assembleInPlace, createSocket } from './response-frames.ts';

/** A broker that has just started says so while it loads its groups; kafkajs asks again by itself. */
const STARTING =
  /coordinator is (not available|loading)|not the (correct )?coordinator|Restarting the consumer/;

/** The kafkajs client with this installation's addresses and credentials. Its log goes to ours. */
export function createKafka(config: Config, logger: Logger): Kafka {
  silenceIdleTimer();
  fetchLean();
  assembleInPlace();
  const mechanism = config.KAFKA_SASL_MECHANISM;
  const sasl = mechanism
    ? ({
        mechanism,
        username: config.KAFKA_SASL_USERNAME,
        password: config.KAFKA_SASL_PASSWORD,
      } as SASLOptions)
    : undefined;
  const addresses = inTurn(config.KAFKA_BROKERS);
  return new Kafka({
    clientId: 'tidemark',
    brokers: () => [addresses.next().value],
    ssl: config.KAFKA_SSL,
    ...(sasl ? { sasl } : {}),
    socketFactory: createSocket,
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 10 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      const { message, ...fields } = entry.log;
      const isNews = entry.level === logLevel.ERROR && !STARTING.test(JSON.stringify(entry.log));
      const level = isNews ? 'warn' : 'debug';
      logger[level](
        {
          kafkajs: {
            namespace: entry.namespace,
            error: fields['error'],
            groupId: fields['groupId'],
          },
        },
        message,
      );
    },
  });
}

/**
 * Each connection to find the others by begins at the next address. kafkajs begins at the first for every consumer, producer
 * and reader, and stays there where that takes the connection and closes it: what stands before a dead broker does.
 */
function* inTurn(addresses: readonly string[]): Generator<string, never> {
  for (let at = 0; ; at++) yield addresses[at % addresses.length] ?? '';
}
