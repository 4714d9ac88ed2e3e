import type { EventTypeDefinition } from '../kernel/definitions.ts';
import { TidemarkError } from '../kernel/errors.ts';
import { projectionKey } from './core/metric-plan.ts';
import type { MetricPlan } from './core/metric-plan.ts';
import { indexStarts } from './opening.ts';
import type { Partitions, PartitionState } from './partitions.ts';
import type {
  Clock,
  ProjectionStore,
  SourceOffsets,
  SourcePartition,
  StoredPartition,
  StoredProjection,
  StretchReader,
} from './ports.ts';
import { takeBatch } from './take-batch.ts';
import type { TopicReaders } from './take-batch.ts';

export type AheadPorts = {
  readonly store: Pick<ProjectionStore, 'load'>;
  readonly offsets: SourceOffsets;
  readonly log: StretchReader;
  readonly clock: Pick<Clock, 'sleep'>;
};

/** Reads for judges before the group has said which partitions are this worker's, and of those to the end. */
export type Ahead = {
  readonly begin: () => void;
  /** The first assignment: what else was read is no longer wanted. To be called before partitions are taken up. */
  readonly assign: (partitions: readonly SourcePartition[]) => void;
  /** Between batches of partitions that count again and have much to catch up with: the others are to count soon, too. */
  readonly giveWay: () => Promise<void> | undefined;
  /** What was read until now stays, and is all. */
  readonly end: () => void;
  /**
   * Whether the projection was of another generation when reading began, so that the log may have been another one. Asked
   * once of each.
   */
  readonly isOverturned: (key: string, generation: string) => boolean;
};

/** Over all partitions, of which most may be others': some 300 MB of identities, until it is known. */
const RECORDS_MAX = 4_000_000;
/** Reading ahead takes some four fifths of the time: a batch is read and counted in some 15 ms. */
const WAY_MS = 60;

/**
 * After a worker was killed the group waits for the end of its session, and who comes in its place has nothing to do: in
 * that time it reads what it will need of the log, one horizon before the stored cursors. It reads one partition after the
 * other, and goes on so with those that it is given: the first counts again when its own identities are known, not when
 * all are. What a judge knows is a function of the log, hence nothing is decided here: the cursors are read again when the
 * partitions are known, and a judge that does not serve them is made anew. What cannot be read is left to the
 * consumer, which meets the same, and tells.
 */
// long: what is read before the assignment goes on after it.
export function createAhead(
  ports: AheadPorts,
  worker: {
    readonly type: EventTypeDefinition;
    readonly partitions: Partitions;
    readonly plans: () => readonly MetricPlan[];
    readonly readers: () => TopicReaders;
    readonly reachRecords: number;
    /** The consumer goes on with this partition. */
    readonly onRead: (partition: number) => void;
    readonly startOver: (reason: string) => void;
  },
): Ahead {
  const { store, offsets, log, clock } = ports;
  const { type, partitions, plans, readers, reachRecords } = worker;
  const generations = new Map<string, string>();
  let current: symbol | undefined;
  /** Whose index is to be read, when that is known. */
  let cursors: readonly StoredPartition[] = [];
  let starts: ReadonlyMap<number, number> = new Map();
  const held = new Map<number, PartitionState>();
  let owned: ReadonlySet<number> | undefined;

  const begin = async (isCurrent: () => boolean): Promise<void> => {
    const loaded = plans().map(async (plan) => {
      const { id: metric, version } = plan.metric;
      const one = await store.load({ metric, version });
      if (one && isCurrent()) generations.set(projectionKey(plan), one.generation);
      return one;
    });
    const stored = (await Promise.all(loaded)).filter((one) => one !== undefined);
    const least = leastOf(withinReach(stored, reachRecords));
    const from = await indexStarts(offsets, type, least);
    if (!isCurrent()) return;
    starts = from;
    let left = RECORDS_MAX;
    cursors = least.filter((cursor) => {
      const records = cursor.next - startOf(cursor);
      left -= records;
      return records > 0 && left >= 0;
    });
    for (const cursor of cursors) {
      if (!owned || owned.has(cursor.partition)) await readOne(cursor, isCurrent);
      if (!isCurrent()) return;
    }
    end();
  };
  const startOf = ({ partition, next }: StoredPartition): number => starts.get(partition) ?? next;

  const hold = (cursor: StoredPartition): PartitionState | undefined => {
    const { partition } = cursor;
    const state = held.get(partition) ?? partitions.hold(cursor, startOf(cursor));
    if (state) held.set(partition, state);
    return state;
  };
  const release = (partition: number): void => {
    const state = held.get(partition);
    held.delete(partition);
    if (state) state.isHeld = false;
  };

  const readOne = async (cursor: StoredPartition, isCurrent: () => boolean): Promise<void> => {
    const { topic, partition, next: to } = cursor;
    const state = hold(cursor);
    if (!state) return;
    const isStillMine = (): boolean => isCurrent() && partitions.get(partition) === state;
    try {
      const range = { topic, partition, from: state.position, to };
      await log.readInPlace(range, async ({ open, nextOffset }) => {
        if (!isStillMine()) return false;
        const last = await takeBatch(
          { open },
          {
            judge: state.judge,
            readers: readers(),
            folding: () => NOTHING_GATHERED,
            onRead(next) {
              state.position = next;
            },
            onWeight: () => undefined,
            isCurrent: isStillMine,
          },
        );
        if (last) state.position = nextOffset;
        return last !== undefined;
      });
    } catch (error) {
      // What is foreseen comes between records. A judge that broke off in the middle of one must not go on.
      if (isStillMine() && !(error instanceof TidemarkError)) {
        partitions.drop(partition);
        if (owned) worker.startOver((error as Error).message);
      }
      throw error;
    }
    if (!isStillMine()) return;
    release(partition);
    if (owned) worker.onRead(partition);
  };

  /** @returns partitions that were held */
  const end = (): readonly number[] => {
    current = undefined;
    cursors = [];
    const left = [...held.keys()];
    for (const partition of left) release(partition);
    return left;
  };

  return {
    begin() {
      const mine = Symbol('ahead');
      current = mine;
      begin(() => current === mine).catch(() => {
        if (current !== mine) return;
        for (const partition of end()) if (owned?.has(partition)) worker.onRead(partition);
      });
    },
    assign(list) {
      if (owned || cursors.length === 0) return void end();
      owned = new Set(list.map(({ partition }) => partition));
      for (const partition of held.keys()) if (!owned.has(partition)) release(partition);
      for (const cursor of cursors) if (owned.has(cursor.partition)) hold(cursor);
    },
    giveWay: () => (held.size > 0 ? clock.sleep(WAY_MS) : undefined),
    end: () => void end(),
    isOverturned(key, generation) {
      const known = generations.get(key);
      generations.delete(key);
      return known !== undefined && known !== generation;
    },
  };
}

const NOTHING_GATHERED = (): number => 0;

/** Those near the one that is furthest: the others are not the live lane's. */
function withinReach(
  stored: readonly StoredProjection[],
  reachRecords: number,
): readonly StoredProjection[] {
  const places = stored.map(({ partitions }) =>
    partitions.reduce((sum, { next }) => sum + next, 0),
  );
  const furthest = Math.max(...places);
  return stored.filter((_, i) => furthest - (places[i] as number) <= reachRecords);
}

/** The least cursor of each partition. */
function leastOf(stored: readonly StoredProjection[]): readonly StoredPartition[] {
  const all = Map.groupBy(
    stored.flatMap(({ partitions }) => partitions),
    ({ partition }) => partition,
  );
  return [...all]
    .sort(([a], [b]) => a - b)
    .map(([, cursors]) => cursors.reduce((least, one) => (one.next < least.next ? one : least)));
}
