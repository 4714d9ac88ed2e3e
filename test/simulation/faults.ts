import { chance } from './chance.ts';
import type { Chance } from './chance.ts';

/**
 * What can go wrong. `rate`: how often a call meets it, at full strength; `times`: how often it comes in a run, at most.
 * A run has a random part of them, so that rare ones meet each other without all others in between.
 */
export const FAULTS = {
  /** A command never reaches Redis. */
  redis_request_lost: { rate: 0.06 },
  /** A command is applied, and its answer lost. */
  redis_reply_lost: { rate: 0.08 },
  /** A command fails for its caller, and is applied later, after newer ones. */
  redis_late_command: { rate: 0.08 },
  redis_slow: { rate: 0.1 },
  /** A reading command is answered by a replica that lags behind. */
  redis_stale_read: { rate: 0.1 },
  redis_outage: { times: 2 },
  /** One slot of the cluster is away, for longer than a projection is waited for. */
  slot_outage: { times: 1 },
  /** A replica that lost the tail is promoted. */
  redis_rollback: { times: 3 },
  redis_loss: { times: 2 },
  broker_error: { rate: 0.08 },
  broker_outage: { times: 1 },
  /** What was written is there, all or some of it, now or later, and the writer is told that it failed. */
  write_unknown: { rate: 0.15 },
  write_twice: { rate: 0.15 },
  /** After a leader change the end of the log seems to lie before what was read already. */
  stale_end: { rate: 0.5 },
  registry_away: { rate: 0.3 },
  /** A batch of before a seek is delivered after it. */
  stray_batch: { rate: 0.5 },
  rebalance: { times: 3 },
  consumer_crash: { times: 2 },
  /** A consumer that fetches nothing more, and says nothing. */
  consumer_hang: { times: 1 },
  crash: { times: 3 },
  /** A process stands still and goes on as a zombie. */
  pause: { times: 3 },
  retention: { times: 2 },
  /** The topic of events is deleted and made anew. */
  recreate: { times: 0 },
  /** The wall clock of a process leaps. */
  clock_jump: { times: 2 },
  /** Append times step back where a leader changes. */
  append_step_back: { rate: 0.1 },
  /** What was written to `alerts` failed for its writer, and lies there later, behind what others wrote meanwhile. */
  late_alert_write: { rate: 0.15 },
  /** `alerts` is compacted: of each alert its last record is left. */
  compaction: { times: 3 },
} as const satisfies Record<string, { rate: number } | { times: number }>;

export type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as readonly FaultKind[];

/** Destroys what no recount can know any more, so that a run with it is held to less: kept rare. */
const RARE: readonly FaultKind[] = ['recreate', 'consumer_hang'];

export type Faults = {
  readonly has: (kind: FaultKind) => boolean;
  readonly kinds: readonly FaultKind[];
  /** Whether this call meets it. */
  readonly happens: (kind: FaultKind) => boolean;
  /** How often it comes in this run. */
  readonly times: (kind: FaultKind) => number;
  readonly chance: (kind: FaultKind) => Chance;
  /** From here on nothing goes wrong. */
  readonly heal: () => void;
  readonly isHealed: () => boolean;
};

/** @param only faults that are left in, to find those that a failure needs */
export function createFaults(seed: number, only?: ReadonlySet<FaultKind>): Faults {
  const draw = chance(seed, 'faults');
  const part = draw.pick([0, 0.15, 0.3, 0.4, 0.5, 0.8]);
  const strengths = new Map<FaultKind, number>();
  for (const kind of FAULT_KINDS) {
    const isIn = draw.is(RARE.includes(kind) ? part * 0.1 : part);
    const strength = draw.between(0.2, 1);
    if (isIn && (only?.has(kind) ?? true)) strengths.set(kind, strength);
  }
  const chances = new Map(FAULT_KINDS.map((kind) => [kind, chance(seed, kind)]));
  const chanceOf = (kind: FaultKind): Chance => chances.get(kind) as Chance;
  let isHealed = false;

  return {
    kinds: [...strengths.keys()],
    has: (kind) => strengths.has(kind),
    chance: chanceOf,
    happens(kind) {
      const fault = FAULTS[kind];
      const strength = strengths.get(kind);
      if (isHealed || strength === undefined || !('rate' in fault)) return false;
      return chanceOf(kind).is(fault.rate * strength);
    },
    times(kind) {
      const fault = FAULTS[kind];
      return strengths.has(kind) && 'times' in fault
        ? Math.ceil(chanceOf(kind).next() * fault.times)
        : 0;
    },
    heal() {
      isHealed = true;
    },
    isHealed: () => isHealed,
  };
}
