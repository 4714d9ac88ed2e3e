import kafkajs from 'kafkajs';
import type { Admin, Kafka } from 'kafkajs';
import { TidemarkError } from '../../kernel/errors.ts';
import { DAY_MS } from '../../kernel/time.ts';
import { eventTopic, systemTopic, TOPICS } from '../../kernel/topics.ts';
import type { Config } from '../config.ts';

/** What a topic must be. `partitions` is for creation only: an existing topic keeps its count, since changing it moves keys. */
export type TopicSpec = {
  readonly topic: string;
  readonly partitions: number;
  readonly replication: number;
  readonly settings: Readonly<Record<string, string>>;
};

/** Kafka's own default, stated: an event of 900 kB and its envelope fit. */
const EVENT_BYTES_MAX = 1_048_588;
/** A dead letter or late event carries a whole event record and says why. */
const SYSTEM_BYTES_MAX = 2 * 1_048_588;
const UNLIMITED_MS = -1;

const deleted = (retentionMs: number, maxBytes: number): Readonly<Record<string, string>> => ({
  'cleanup.policy': 'delete',
  'retention.ms': String(retentionMs),
  'max.message.bytes': String(maxBytes),
  'message.timestamp.type': 'LogAppendTime',
});
const compacted: Readonly<Record<string, string>> = {
  'cleanup.policy': 'compact',
  'max.message.bytes': String(SYSTEM_BYTES_MAX),
  'message.timestamp.type': 'LogAppendTime',
};

const EVENTS = deleted(UNLIMITED_MS, EVENT_BYTES_MAX);
/** The one table of the system topics' settings. `partitions` stands where the topic needs a count of its own. */
const SYSTEM: Readonly<
  Record<keyof typeof TOPICS, { settings: Readonly<Record<string, string>>; partitions?: number }>
> = {
  metricUpdates: { settings: deleted(7 * DAY_MS, SYSTEM_BYTES_MAX) },
  alerts: { settings: compacted },
  /** One partition: everyone sees what people said in one order. */
  commands: { settings: deleted(90 * DAY_MS, SYSTEM_BYTES_MAX), partitions: 1 },
  /** One partition: definitions that name each other are read in the order in which they were published. */
  catalog: { settings: compacted, partitions: 1 },
  deadLetters: { settings: deleted(90 * DAY_MS, SYSTEM_BYTES_MAX) },
  lateEvents: { settings: deleted(90 * DAY_MS, SYSTEM_BYTES_MAX) },
};

type Sizes = Pick<Config, 'TIDEMARK_TOPIC_PREFIX' | 'TIDEMARK_PARTITIONS' | 'TIDEMARK_REPLICATION'>;

const specOf = (
  config: Sizes,
  topic: string,
  settings: Readonly<Record<string, string>>,
): TopicSpec => ({
  topic,
  partitions: config.TIDEMARK_PARTITIONS,
  replication: config.TIDEMARK_REPLICATION,
  settings: {
    ...settings,
    'min.insync.replicas': String(Math.max(1, config.TIDEMARK_REPLICATION - 1)),
  },
});

export function systemTopicSpec(config: Sizes, name: keyof typeof TOPICS): TopicSpec {
  const { settings, partitions } = SYSTEM[name];
  const spec = specOf(config, systemTopic(config.TIDEMARK_TOPIC_PREFIX, name), settings);
  return partitions === undefined ? spec : { ...spec, partitions };
}

export const systemTopicSpecs = (config: Sizes): readonly TopicSpec[] =>
  (Object.keys(TOPICS) as (keyof typeof TOPICS)[]).map((name) => systemTopicSpec(config, name));

export const eventTopicSpec = (config: Sizes, eventType: string): TopicSpec =>
  specOf(config, eventTopic(config.TIDEMARK_TOPIC_PREFIX, eventType), EVENTS);

/** How long a new topic may take until every partition has a leader. */
const READY_WITHIN_MS = 30_000;
const POLL_EVERY_MS = 50;
/** How long one admin call is made again that fails for a reason that passes: a broker that starts under load takes its time. */
const PASSES_WITHIN_MS = 30_000;
const PAUSE_MS_MAX = 500;
/** What the broker says just after it created a topic, or while its controller moves (kafkajs throws them at once). */
const PASSING = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_CONTROLLER',
  'REQUEST_TIMED_OUT',
]);

/**
 * Creates the topics that are missing, with exactly the settings of their specs, and verifies the others. Safe to call
 * from several processes at once.
 * @returns number of partitions of each topic
 * @throws topic_mismatch naming every difference, with nothing altered; broker_unavailable
 */
export async function ensureTopics(
  kafka: Kafka,
  specs: readonly TopicSpec[],
  { readyWithinMs = READY_WITHIN_MS }: { readyWithinMs?: number } = {},
): Promise<ReadonlyMap<string, number>> {
  if (specs.length === 0) return new Map();
  const admin = kafka.admin();
  try {
    await admin.connect();
    const existing = new Set(await retried(() => admin.listTopics()));
    await create(
      admin,
      specs.filter(({ topic }) => !existing.has(topic)),
    );
    const partitions = await awaitLeaders(admin, specs, readyWithinMs);
    await verify(admin, specs);
    return partitions;
  } catch (cause) {
    if (cause instanceof TidemarkError) throw cause;
    throw new TidemarkError(
      'broker_unavailable',
      `Kafka did not answer while topics were ensured: ${(cause as Error).message}`,
      { cause },
    );
  } finally {
    await admin.disconnect();
  }
}

async function create(admin: Admin, missing: readonly TopicSpec[]): Promise<void> {
  if (missing.length === 0) return;
  const topics = missing.map(({ topic, partitions, replication, settings }) => ({
    topic,
    numPartitions: partitions,
    replicationFactor: replication,
    configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
  }));
  try {
    // Leaders are awaited below: kafkajs' own wait throws where the broker is not done yet.
    await retried(() => admin.createTopics({ topics, waitForLeaders: false }));
  } catch (cause) {
    const errors = (cause as { errors?: readonly (Error & { topic?: string; type?: string })[] })
      .errors;
    const refused = errors?.filter(({ type }) => type !== 'TOPIC_ALREADY_EXISTS') ?? [
      cause as Error & { topic?: string },
    ];
    if (refused.length === 0) return;
    if (!errors) throw cause;
    const reasons = refused.map((error) => `${error.topic ?? ''}: ${error.message}`).join('; ');
    throw new TidemarkError('topic_mismatch', `topics cannot be created: ${reasons}`, { cause });
  }
}

async function awaitLeaders(
  admin: Admin,
  specs: readonly TopicSpec[],
  withinMs: number,
): Promise<ReadonlyMap<string, number>> {
  const until = performance.now() + withinMs;
  for (;;) {
    const { topics } = await retried(() =>
      admin.fetchTopicMetadata({ topics: specs.map(({ topic }) => topic) }),
    );
    const waiting = topics.filter(
      ({ partitions }) => partitions.length === 0 || partitions.some(({ leader }) => leader < 0),
    );
    if (waiting.length === 0)
      return new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
    if (performance.now() > until)
      throw new TidemarkError(
        'broker_unavailable',
        `no leader within ${withinMs} ms for ${waiting.map(({ name }) => name).join(', ')}`,
      );
    await pause(POLL_EVERY_MS);
  }
}

async function verify(admin: Admin, specs: readonly TopicSpec[]): Promise<void> {
  const names = [...new Set(specs.flatMap(({ settings }) => Object.keys(settings)))];
  const { resources } = await retried(() =>
    admin.describeConfigs({
      includeSynonyms: false,
      resources: specs.map(({ topic }) => ({
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: topic,
        configNames: names,
      })),
    }),
  );
  const { topics } = await retried(() =>
    admin.fetchTopicMetadata({ topics: specs.map(({ topic }) => topic) }),
  );
  const differences = specs.flatMap((spec) => {
    const actual = new Map(
      resources
        .find(({ resourceName }) => resourceName === spec.topic)
        ?.configEntries.map((entry) => [entry.configName, entry.configValue]),
    );
    const replicas =
      topics
        .find(({ name }) => name === spec.topic)
        ?.partitions.map((partition) => partition.replicas.length) ?? [];
    return topicDifferences(spec, { settings: actual, replicas: Math.min(...replicas) });
  });
  if (differences.length > 0) throw new TidemarkError('topic_mismatch', differences.join('; '));
}

/**
 * What differs between a topic and its spec, one sentence each; more replicas, or room for larger records, is no fault.
 * Pure.
 */
export function topicDifferences(
  spec: TopicSpec,
  actual: { settings: ReadonlyMap<string, string>; replicas: number },
): readonly string[] {
  const differences = Object.entries(spec.settings).flatMap(([name, expected]) => {
    const value = actual.settings.get(name);
    const isEnough =
      name === 'max.message.bytes' || name === 'min.insync.replicas'
        ? Number(value) >= Number(expected)
        : value === expected;
    return isEnough
      ? []
      : [`topic ${spec.topic} has ${name}=${value ?? '(unknown)'}, needed is ${expected}`];
  });
  if (actual.replicas >= spec.replication) return differences;
  return [
    ...differences,
    `topic ${spec.topic} has ${actual.replicas} replicas, needed are ${spec.replication}`,
  ];
}

/** Calls again while the broker gives an answer that passes, such as that it does not lead yet what was just created. */
export async function retried<T>(call: () => Promise<T>): Promise<T> {
  const until = performance.now() + PASSES_WITHIN_MS;
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const isPassing = typesOf(error).some((type) => PASSING.has(type));
      if (!isPassing || performance.now() > until) throw error;
      await pause(Math.min(POLL_EVERY_MS * attempt, PAUSE_MS_MAX));
    }
  }
}

type KafkaError = {
  readonly type?: string;
  readonly cause?: { readonly type?: string };
  readonly errors?: readonly { readonly type?: string }[];
};

/** Codes of the broker in an error of kafkajs, which wraps one or many. */
function typesOf(error: unknown): readonly string[] {
  const { type, cause, errors = [] } = error as KafkaError;
  return [type, cause?.type, ...errors.map((one) => one.type)].filter((name) => name !== undefined);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
