import type { EventTypeDefinition } from '../kernel/definitions.ts';
import type { EpochMs } from '../kernel/time.ts';
import { createBackfill } from './backfill.ts';
import type { ProjectionState } from './core/projection-state.ts';
import { REACH_RECORDS } from './core/reach.ts';
import type { Worker, WorkerPorts } from './lane.ts';
import type { SourceConsumer } from './ports.ts';
import { createWorker } from './worker.ts';

export type LanesPorts = Omit<WorkerPorts, 'consumer' | 'lane'> & {
  /** `live`: in the group of this topic's aggregators; `backfill`: alone in a group, hence with all partitions. */
  readonly consumerOf: (topic: string, lane: 'live' | 'backfill') => SourceConsumer;
  readonly now: () => EpochMs;
  readonly backfill?: {
    /** Of a process' time that filling takes at most beside live counting, 1–100; default 50. */
    readonly sharePercent?: number;
    /** Records that the live lane steps back at most; default `REACH_RECORDS`. */
    readonly reachRecords?: number;
  };
};

const SHARE_PERCENT = 50;

/** Both lanes of a topic in one process, as one worker; its projections are those of the live lane. */
export type Lanes = Pick<
  Worker,
  | 'setPlans'
  | 'take'
  | 'start'
  | 'startOver'
  | 'projections'
  | 'owns'
  | 'supervise'
  | 'missing'
  | 'stop'
> & {
  /** Projections that are being brought up. */
  readonly filling: () => readonly ProjectionState[];
};

/**
 * The live lane decides: it opens every projection, takes those that are near each other at the head, and gives the
 * others to the backfill lane, which gives them back when they are within reach.
 */
export function createLanes(
  ports: LanesPorts,
  source: { readonly topic: string; readonly type: EventTypeDefinition },
): Lanes {
  const { topic } = source;
  const { sharePercent = SHARE_PERCENT, reachRecords = REACH_RECORDS } = ports.backfill ?? {};
  const backfill = createBackfill(
    {
      ...ports,
      consumer: () => ports.consumerOf(topic, 'backfill'),
      sharePercent,
      reachRecords,
      recordsToReach: (projection) => live.recordsToReach(projection),
      isSaid: ({ partition, offset }) =>
        live.projections().some((one) => offset < one.stored(topic, partition).next),
      onCaughtUp: (key) => live.take(key),
    },
    source,
  );
  const live: Worker = createWorker(
    {
      ...ports,
      consumer: ports.consumerOf(topic, 'live'),
      lane: {
        reachRecords,
        leaps: true,
        readsAhead: true,
        isAwaited: () => false,
        giveAway: backfill.take,
        onAssigned: backfill.assign,
      },
    },
    source,
  );
  return {
    setPlans(plans) {
      backfill.setPlans(plans);
      live.setPlans(plans);
    },
    start: live.start,
    take: live.take,
    startOver: live.startOver,
    projections: live.projections,
    owns: live.owns,
    supervise(bounds, nowMs) {
      live.supervise(bounds, nowMs);
      backfill.supervise(bounds, nowMs);
    },
    missing: () => [...live.missing(), ...backfill.missing()],
    async stop() {
      await Promise.all([live.stop(), backfill.stop()]);
    },
    filling: backfill.projections,
  };
}
