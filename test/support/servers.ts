import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';

export type ServerAddresses = {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  readonly redisUrl: string;
};

declare module 'vitest' {
  interface ProvidedContext {
    servers: ServerAddresses;
  }
}

/** Addresses of the real Kafka, registry and Redis of this run. */
export const servers = (): ServerAddresses => inject('servers');

/** A prefix of topics and Redis keys that no other test uses: files share the servers, not their data. */
export const uniquePrefix = (): string => `t${randomUUID().slice(0, 8)}.`;
