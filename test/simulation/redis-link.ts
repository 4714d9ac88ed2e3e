import { TidemarkError } from '../../services/kernel/errors.ts';
import type { ProjectionStore } from '../../services/aggregator/ports.ts';
import { memoryProjectionStore } from '../support/memory-projection-store.ts';
import type { MemoryProjectionStore } from '../support/memory-projection-store.ts';
import type { Faults } from './faults.ts';
import { call } from './process.ts';
import type { Fate, Process } from './process.ts';
import type { Scheduler } from './scheduler.ts';
import type { Chance } from './chance.ts';

type Step = keyof ProjectionStore;
const READS: readonly Step[] = ['load', 'dirtyMarks', 'readHead', 'readDirty', 'readCells'];

/** How a command went, as somebody sees it who stands at both ends of the link. */
export type Command = {
  readonly process: Process;
  readonly step: Step;
  readonly args: readonly unknown[];
  readonly fate: 'answered' | 'reply_lost' | 'late';
};

/** Redis with its faults: commands that are lost, late, or applied unheard; a replica that lags, and may be promoted. */
export type FakeRedis = {
  /** What is really stored. */
  readonly store: MemoryProjectionStore;
  readonly linkOf: (process: Process) => ProjectionStore;
  /** The replica catches up with what is stored now. */
  readonly replicate: () => void;
  /** The replica is promoted as it is. */
  readonly promote: () => void;
  readonly lose: () => void;
  readonly setAway: (isAway: boolean) => void;
  /** One projection's slot alone answers nothing. */
  readonly setSlotAway: (metric: string, isAway: boolean) => void;
};

export function createFakeRedis(world: {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly chance: Chance;
  /** Called where a command takes effect. @returns what is called with its answer */
  readonly onCommand: (command: Command) => (answer: unknown) => void;
}): FakeRedis {
  const { scheduler, faults, chance } = world;
  const store = memoryProjectionStore();
  const replica = memoryProjectionStore();
  let isAway = false;
  const slotsAway = new Set<string>();

  const draw = (): { fate: Fate; kind: Command['fate'] } => {
    const landsMs = faults.happens('redis_slow')
      ? chance.between(50, 800)
      : chance.between(0.1, 1.5);
    const answersMs = chance.between(0.1, 1.5);
    const failsMs = landsMs + chance.between(20, 500);
    if (faults.happens('redis_request_lost'))
      return {
        kind: 'reply_lost',
        fate: { landsMs: undefined, answersMs: undefined, failsMs },
      };
    if (faults.happens('redis_reply_lost'))
      return { kind: 'reply_lost', fate: { landsMs, answersMs: undefined, failsMs } };
    if (faults.happens('redis_late_command'))
      return {
        kind: 'late',
        fate: { landsMs: chance.between(20, 4_000), answersMs: undefined, failsMs: landsMs },
      };
    const isJoint = chance.is(0.5);
    return { kind: 'answered', fate: { landsMs, answersMs, failsMs: undefined, isJoint } };
  };

  const linked =
    (process: Process, step: Step) =>
    (...args: readonly unknown[]): Promise<unknown> => {
      const { fate, kind } = draw();
      const isStale = READS.includes(step) && faults.happens('redis_stale_read');
      const failure = (): Error => new TidemarkError('redis_unavailable', `${step}: no answer`);
      return call({ scheduler, process }, fate, {
        failure,
        async perform() {
          // A command that lies in a buffer somewhere does not come back out of a server that is away.
          if (isAway || slotsAway.has(metricOf(args[0] as Slot))) throw failure();
          const target = (isStale ? replica : store)[step] as (
            ...args: readonly unknown[]
          ) => Promise<unknown>;
          const onAnswer = isStale
            ? () => undefined
            : world.onCommand({ process, step, args, fate: kind });
          const answer = await target(...args);
          onAnswer(answer);
          return answer;
        },
      });
    };

  const steps = Object.keys(store).filter((name): name is Step => !(name in NOT_COMMANDS));
  return {
    store,
    linkOf: (process) =>
      Object.fromEntries(
        steps.map((step) => [step, linked(process, step)]),
      ) as unknown as ProjectionStore,
    replicate: () => replica.restore(store.snapshot()),
    promote: () => store.restore(replica.snapshot()),
    lose: () => store.restore(new Map()),
    setSlotAway(metric, value) {
      if (value) slotsAway.add(metric);
      else slotsAway.delete(metric);
    },
    setAway(value) {
      isAway = value;
    },
  };
}

type Slot = { readonly metric: string } | { readonly id: string };
const metricOf = (slot: Slot): string => ('metric' in slot ? slot.metric : slot.id);

/** What the memory store has beside the port. */
const NOT_COMMANDS: Readonly<Record<string, true>> = {
  projections: true,
  snapshot: true,
  restore: true,
};
