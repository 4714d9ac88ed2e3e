import type { FastifyInstance } from 'fastify';
import type { Kafka } from 'kafkajs';
import type { Catalog } from '../kernel/definitions.ts';
import type { Json } from '../kernel/json.ts';
import type { Access } from './access.ts';
import type { ShownLedger } from './catalog/shown-ledger.ts';
import type { Config } from './config.ts';
import type { Logger } from './logger.ts';
import type { RedisClient } from './redis.ts';
import type { SchemaStore } from './schema-registry.ts';
import type { Telemetry } from './telemetry.ts';

/** The published catalogue, folded live from its topic: no restart to add a metric. */
export type CatalogView = {
  readonly current: () => Catalog;
  /** The documents that it is built from, by `KIND/ID`; absent where a test made the catalogue without. */
  readonly documents?: () => ReadonlyMap<string, Json>;
  /** All that the topic tells of every document, drafts too; absent where a test made the catalogue without. */
  readonly ledger?: ShownLedger;
  /** Called after each change, in order. @returns how to stop */
  readonly onChange: (listener: (catalog: Catalog) => void) => () => void;
};

/** The outside world as every service gets it from `cli`, which opens and closes it. */
export type Platform = {
  readonly config: Config;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly kafka: Kafka;
  readonly redis: RedisClient;
  readonly schemas: SchemaStore;
  readonly catalog: CatalogView;
  readonly access: Access;
  /** Routes are added before it listens. In `dev` all services share it; with `serve` each has its own. */
  readonly http: FastifyInstance;
  readonly now: () => number;
};

/** What a service's `main.ts` gives back. */
export type RunningService = {
  readonly name: 'ingest' | 'aggregator' | 'alerting' | 'console';
  /** What is missing before the service can do its job; empty when ready. One clear sentence each. */
  readonly missing: () => readonly string[];
  /** Drains and closes, within 10 s. */
  readonly stop: () => Promise<void>;
};

/** `main.ts` of every service exports `start`. */
export type StartService = (platform: Platform) => Promise<RunningService>;
