import { eventEnvironment } from '../../services/kernel/expression/environment.ts';
import type { Compiled } from '../../services/kernel/expression/types.ts';
import type { Catalog } from '../../services/kernel/definitions.ts';
import { TidemarkError } from '../../services/kernel/errors.ts';
import { frameSchemaIdAt } from '../../services/platform/avro/codec.ts';
import { compileCel } from '../../services/platform/cel.ts';
import { schemaReaders } from '../../services/aggregator/adapters/schema-readers.ts';
import { createAggregator } from '../../services/aggregator/service.ts';
import type { Aggregator, AggregatorPorts } from '../../services/aggregator/service.ts';
import type { AggregatorObserver, ReaderSource } from '../../services/aggregator/ports.ts';
import type { Seen } from './branches.ts';
import type { FakeBroker } from './broker.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import type { Faults } from './faults.ts';
import type { Process } from './process.ts';
import { createProcess } from './process.ts';
import type { FakeRedis } from './redis-link.ts';
import type { Scheduler } from './scheduler.ts';
import { ORDERS, SCHEMAS } from './workload.ts';

export const TOPIC = `events.${ORDERS.id}`;

/** One process with an aggregator in it. */
export type SimulatedWorker = {
  readonly process: Process;
  readonly aggregator: Aggregator;
  /** Its wall clock is put forward, or back. */
  readonly leap: (ms: number) => void;
};
const WALL_BEGINS_MS = Date.UTC(2026, 2, 29);

export type WorkerWorld = {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly seen: Seen;
  readonly redis: FakeRedis;
  readonly broker: FakeBroker;
  readonly group: ConsumerGroup;
  /** A group of its own, as the backfill lane has. */
  readonly newGroup: () => ConsumerGroup;
  readonly backfill: NonNullable<AggregatorPorts['backfill']>;
  readonly newGeneration: () => string;
  readonly say: (line: string) => void;
};

const ENVIRONMENT = eventEnvironment(ORDERS.schema);
/** Expressions and readers are functions of their text and schema alone: made once for all runs. */
const compiled = new Map<string, Compiled>();
const readers = new Map<string, ReturnType<ReaderSource['readerOf']>>();
const registered = schemaReaders({
  register: async () => 0,
  schemaById: async (id) => SCHEMAS.get(id),
});

export function startWorker(world: WorkerWorld, name: string, catalog: Catalog): SimulatedWorker {
  const { scheduler, redis, broker, group } = world;
  const process = createProcess(scheduler, name);
  let skewMs = 0;
  const ports: AggregatorPorts = {
    store: redis.linkOf(process),
    offsets: broker.offsetsOf(process),
    log: broker.logOf(process),
    sinks: broker.sinksOf(process),
    readers: readersOf(world, process),
    observer: observerOf(world, name),
    clock: process.clock,
    now: () => Math.floor(WALL_BEGINS_MS + scheduler.now() + skewMs),
    newGeneration: world.newGeneration,
    schemaIdOf: frameSchemaIdAt,
    topicOf: () => TOPIC,
    compilerOf: () => compile,
    consumerOf: (_topic, lane) => (lane === 'live' ? group : world.newGroup()).consumerOf(process),
    backfill: world.backfill,
    prepareTopic: () => broker.ask(process, () => undefined),
  };
  const aggregator = createAggregator(ports);
  aggregator.apply(catalog);
  return {
    process,
    aggregator,
    leap(ms) {
      skewMs += ms;
    },
  };
}

function compile(text: string): Compiled {
  const known = compiled.get(text);
  if (known) return known;
  const made = compileCel(text, ENVIRONMENT);
  if (!made.ok) throw new Error(`${text}: ${made.error.message}`);
  compiled.set(text, made.value);
  return made.value;
}

function readersOf({ faults, seen }: WorkerWorld, process: Process): ReaderSource {
  return {
    async readerOf(id, plan) {
      if (faults.happens('registry_away')) {
        seen.see('a registry that blocks');
        await process.clock.sleep(faults.chance('registry_away').between(1, 300));
        throw new TidemarkError('registry_unavailable', 'the registry is away');
      }
      const key = JSON.stringify([id, [...plan.fields].sort()]);
      const reader = readers.get(key) ?? registered.readerOf(id, plan);
      readers.set(key, reader);
      // A registry that is slow leaves time for everything else to move on.
      await process.clock.sleep(faults.chance('registry_away').pick([0.5, 0.5, 20, 300]));
      return reader;
    },
  };
}

function observerOf({ seen, say }: WorkerWorld, name: string): AggregatorObserver {
  const restarted = (what: string, reason: unknown): void => {
    const text = (reason as Error).message;
    say(`${name}: ${what} begins again: ${text}`);
    if (text.includes('in place of'))
      seen.see('a partition that gives another offset, opened again');
    if (text.includes('the consumer crashed')) seen.see('a consumer that crashed is run again');
    if (text.includes('no batch for')) seen.see('a consumer that fell silent is run again');
    if (text.includes('the broker is away') && what.includes('@'))
      seen.see('a broker that refuses notes, and what was gathered dropped');
  };
  return {
    restarted,
    halted: (what, error) => say(`${name}: ${what} is halted: ${(error as Error).message}`),
    visible: () => undefined,
    flushed: () => undefined,
    lag: () => undefined,
    watermark: () => undefined,
    forget: () => undefined,
    publishFailed: () => undefined,
    progress: () => undefined,
  };
}
