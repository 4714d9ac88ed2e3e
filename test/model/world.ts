import type { WindowState } from '../../services/kernel/window.ts';
import type { Guards } from './guards.ts';
import type { Log, Written } from './log.ts';
import type { Parts } from './parts.ts';
import type { CellMasks, Command, Slot } from './slot.ts';
import type { Worker } from './worker.ts';

/** How often each fault may strike, and all of them together. */
export type Faults = {
  readonly total: number;
  readonly crash: number;
  /** A worker is told to own other partitions; the other one may go on believing that it owns them: a zombie. */
  readonly reassign: number;
  /** The sender gives up on a command: its answer was lost, or it did not arrive, and may yet land. */
  readonly unknown: number;
  readonly rollback: number;
  readonly loss: number;
  /** The log of partition 0 begins later, whether or not what it loses was counted. */
  readonly retention: number;
};
export type Scenario = {
  readonly name: string;
  readonly partitions: readonly [readonly Written[], readonly Written[]];
  readonly faults: Faults;
  readonly publishes: boolean;
  /** Where batches of each partition end: reading stops there, and a flush may begin. */
  readonly batches: readonly [readonly number[], readonly number[]];
  /** Where the log of partition 0 begins after the loss, when retention took its beginning in between. */
  readonly startAfterLoss?: number;
  /** … and after retention alone. */
  readonly startAfterRetention?: number;
};

/** What a consumer of `metric-updates` keeps of a cell. */
export type Kept = {
  readonly counts: number;
  readonly state: WindowState;
  readonly revision: number;
};
export type KeptCells = readonly (Kept | undefined)[];

/** All that a state is made of, but for workers and strays, is one of its parts. */
export type World = {
  readonly slot: Slot | undefined;
  /** What a replica that stopped following holds. */
  readonly replica: { readonly slot: Slot | undefined } | undefined;
  readonly kept: KeptCells;
  /** Commands whose sender waits no more; each may land at any time, or never. */
  readonly strays: readonly Command[];
  readonly workers: readonly [Worker, Worker];
  readonly left: Faults;
  readonly generations: number;
  readonly first: readonly number[];
};

/** What holds in every state of an exploration. */
export type Rules = {
  readonly scenario: Scenario;
  readonly guards: Guards;
  readonly publishes: boolean;
  readonly parts: Parts;
  /** As it is judged with these guards. */
  readonly log: Log;
  /** As it is judged with all of them. */
  readonly truth: Log;
  readonly masks: CellMasks;
};

/** Workers are alike, and so are commands under way: which is which makes no difference. */
export function keyOf(world: World, { numberOf }: Parts): string {
  const { slot, replica, kept, strays, workers, left, generations, first } = world;
  const a = numberOf(workers[0]);
  const b = numberOf(workers[1]);
  const copy = replica ? numberOf(replica.slot) + 1 : 0;
  const whole = `${numberOf(slot)},${copy},${numberOf(kept)},${a < b ? `${a},${b}` : `${b},${a}`},${numberOf(left)},${generations},${numberOf(first)}`;
  if (strays.length === 0) return whole;
  return `${whole},${strays
    .map(numberOf)
    .sort((x, y) => x - y)
    .join(';')}`;
}
