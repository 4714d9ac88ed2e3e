import type { EventTypeDefinition } from '../kernel/definitions.ts';
import { partitionJudge } from './core/judge.ts';
import type { PartitionJudge } from './core/judge.ts';
import type { SourceBatch, SourceConsumer, SourcePartition, StoredPartition } from './ports.ts';

/** Offsets below the smallest cursor whose verdicts are kept: what a projection that is opened again may step back. */
const KEPT_OFFSETS = 1 << 18;
/** How often a partition may come with another offset than was asked for, until its cursors are looked at again. */
const STRAYS_MAX = 3;

export type PartitionState = {
  readonly judge: PartitionJudge;
  /** Where reading for the judge's index began. */
  readonly from: number;
  /** Next offset to be read. */
  position: number;
  strays: number;
  /** It is read up to its cursor by other means than the consumer, which is told to go on when that is done. */
  isHeld: boolean;
};
type Starts = ReadonlyMap<number, number>;

/** Where reading of each partition stands, and what its judge knows. */
export type Partitions = {
  readonly get: (partition: number) => PartitionState | undefined;
  /** Forgets all others: what a judge knows is a function of the log, so that of the kept ones stays true. */
  readonly keep: (partitions: readonly number[]) => void;
  readonly isEmpty: () => boolean;
  /** A partition that is read ahead, and held until it is released; undefined where reading of it has begun. */
  readonly hold: (cursor: StoredPartition, from: number) => PartitionState | undefined;
  /** Reading goes on by the consumer, at the least cursor at most. */
  readonly resume: (at: SourcePartition, next: number) => void;
  readonly drop: (partition: number) => void;
  /** Cursors that a judge made anew would serve better. */
  readonly uncovered: (cursors: readonly StoredPartition[]) => readonly StoredPartition[];
  /** Whether the judges at hand and those that could be made from `starts` serve these cursors. */
  readonly serve: (cursors: readonly StoredPartition[], starts: Starts) => boolean;
  /** Reading steps back to these cursors. */
  readonly stepBack: (cursors: readonly StoredPartition[], starts: Starts) => void;
  /**
   * A fetch did not begin where reading stands: from before a seek, or the log no longer holds that offset.
   * @returns whether it is given up, since that went on: the cursors must be looked at again
   */
  readonly stray: (batch: SourceBatch, state: PartitionState) => boolean;
  /** Verdicts far below every cursor are needed no more. */
  readonly forgetBelow: (partition: number, cursor: number) => void;
};

/** @param leap offsets by which reading may lie behind a cursor, until a judge made anew is thought of */
export function createPartitions(
  type: EventTypeDefinition,
  consumer: Pick<SourceConsumer, 'seek' | 'pause'>,
  leap: number,
): Partitions {
  const states = new Map<number, PartitionState>();

  const newState = (from: number, base: number, isHeld: boolean): PartitionState => ({
    judge: partitionJudge(type, base),
    from,
    position: from,
    strays: 0,
    isHeld,
  });

  /**
   * Whether the judge at hand cannot serve this cursor: it does not reach back to it, or it knows records that retention
   * took before the projection was begun. Nobody else can know those any more, and all must judge alike (test/model).
   */
  const needsIndex = ({ partition, next, first }: StoredPartition): boolean => {
    const state = states.get(partition);
    return !state || state.judge.base() > next || state.from < first;
  };

  /** Reading would come by, but only after all that lies between. */
  const isFarOff = ({ partition, next }: StoredPartition): boolean => {
    const state = states.get(partition);
    return state !== undefined && !state.isHeld && state.position + leap < next;
  };

  const resume: Partitions['resume'] = (at, next) => {
    const state = states.get(at.partition);
    if (!state || state.isHeld) return;
    state.position = Math.min(state.position, next);
    consumer.seek(at, state.position);
  };

  return {
    get: (partition) => states.get(partition),
    keep(partitions) {
      for (const partition of states.keys())
        if (!partitions.includes(partition)) states.delete(partition);
    },
    isEmpty: () => states.size === 0,
    hold({ partition, next }, from) {
      if (states.has(partition)) return undefined;
      const state = newState(from, next, true);
      states.set(partition, state);
      return state;
    },
    resume,
    drop: (partition) => void states.delete(partition),
    uncovered: (cursors) => cursors.filter((one) => needsIndex(one) || isFarOff(one)),
    serve: (cursors, starts) =>
      cursors.every((one) => !needsIndex(one) || starts.has(one.partition)),
    stepBack(cursors, starts) {
      for (const cursor of cursors) {
        const { partition, next } = cursor;
        const from = starts.get(partition) ?? 0;
        const known = states.get(partition);
        const isNearer = isFarOff(cursor) && from > (known?.position ?? 0);
        const state =
          known && !needsIndex(cursor) && !isNearer ? known : newState(from, next, false);
        states.set(partition, state);
        resume(cursor, next);
      }
    },
    stray(batch, state) {
      state.strays++;
      if (state.strays < STRAYS_MAX) {
        consumer.seek(batch, state.position);
        return false;
      }
      states.delete(batch.partition);
      consumer.pause(batch);
      return true;
    },
    forgetBelow(partition, cursor) {
      states.get(partition)?.judge.forgetBelow(cursor - KEPT_OFFSETS);
    },
  };
}
