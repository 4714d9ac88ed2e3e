/** Names of topics; `prefix` is TIDEMARK_TOPIC_PREFIX. */
export const TOPICS = {
  metricUpdates: 'metric-updates',
  alerts: 'alerts',
  commands: 'commands',
  catalog: 'catalog',
  deadLetters: 'dead-letters',
  lateEvents: 'late-events',
} as const;

/** The record of each system topic: its schema under schemas/tidemark, and what its key is. */
export const TOPIC_RECORDS: Readonly<
  Record<keyof typeof TOPICS, { readonly schema: string; readonly key: string }>
> = {
  metricUpdates: {
    schema: 'metric-update',
    key: 'metric id and series, so that the values of a series stay in order; of a tick the metric id',
  },
  alerts: { schema: 'alert', key: 'fingerprint of the alert' },
  commands: { schema: 'command', key: 'what the command is about: its target' },
  catalog: { schema: 'catalog-entry', key: 'KIND/ID, or step/KIND/ID/UUID' },
  deadLetters: { schema: 'dead-letter', key: 'topic-partition-offset of the record' },
  lateEvents: { schema: 'late-event', key: 'as the event is keyed, else topic-partition-offset' },
};
/** Law of ingest for the key of an event; programs that write by themselves keep to it. */
export const EVENT_KEY = 'CloudEvents partitionkey, else subject, else id';

export const eventTopic = (prefix: string, eventType: string): string =>
  `${prefix}events.${eventType}`;
export const systemTopic = (prefix: string, topic: keyof typeof TOPICS): string =>
  `${prefix}${TOPICS[topic]}`;
/** @returns the event type of an `events.*` topic, or undefined */
export const eventTypeOf = (prefix: string, topic: string): string | undefined =>
  topic.startsWith(`${prefix}events.`) ? topic.slice(prefix.length + 'events.'.length) : undefined;
