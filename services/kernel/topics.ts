/** Names of topics; `prefix` is TIDEMARK_TOPIC_PREFIX. */
export const TOPICS = {
  metricUpdates: 'metric-updates',
  alerts: 'alerts',
  commands: 'commands',
  catalog: 'catalog',
  deadLetters: 'dead-letters',
  lateEvents: 'late-events',
} as const;

export const eventTopic = (prefix: string, eventType: string): string =>
  `${prefix}events.${eventType}`;
export const systemTopic = (prefix: string, topic: keyof typeof TOPICS): string =>
  `${prefix}${TOPICS[topic]}`;
/** @returns the event type of an `events.*` topic, or undefined */
export const eventTypeOf = (prefix: string, topic: string): string | undefined =>
  topic.startsWith(`${prefix}events.`) ? topic.slice(prefix.length + 'events.'.length) : undefined;
