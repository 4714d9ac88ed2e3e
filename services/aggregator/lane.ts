import type { EpochMs } from '../kernel/time.ts';
import type { MetricPlan } from './core/metric-plan.ts';
import type { ProjectionState } from './core/projection-state.ts';
import type { LogBounds } from './core/reach.ts';
import type {
  AggregatorSinks,
  Clock,
  ProjectionStore,
  SourceConsumer,
  SourceOffsets,
  SourcePartition,
  StretchReader,
  WorkerObserver,
} from './ports.ts';
import type { ReaderPorts } from './take-batch.ts';

/** Why a lane does not take a projection: it lies too far behind the others, or fails for long while they do not. */
export type Given = { readonly kind: 'behind' } | { readonly kind: 'parked'; readonly why: string };

/** What tells the two lanes of a topic apart. */
export type Lane = {
  /** What this lane steps back at most, in records over its partitions, to take up a projection. */
  readonly reachRecords: number;
  /** Whether a projection that is far ahead of the others goes before them; else it waits for them and goes along. */
  readonly leaps: boolean;
  /** Others may have its partitions when it begins: until it is told which are its own, it reads for the judges of all. */
  readonly readsAhead: boolean;
  /** This lane does not take the projection until it is told to: it would hold the others back. */
  readonly giveAway: (plan: MetricPlan, why: Given) => void;
  /** Whether others wait for this lane to be done. */
  readonly isAwaited: () => boolean;
  /** Called first at a new assignment: all that was given away is opened here again. */
  readonly onAssigned: (partitions: readonly SourcePartition[]) => void;
};

export type WorkerPorts = ReaderPorts & {
  readonly store: ProjectionStore;
  readonly consumer: SourceConsumer;
  readonly offsets: SourceOffsets;
  readonly log: StretchReader;
  readonly sinks: Pick<AggregatorSinks, 'deadLetters' | 'lateEvents'>;
  readonly observer: WorkerObserver;
  readonly clock: Clock;
  readonly newGeneration: () => string;
  /** Called after each round with the metrics that have something to publish: changed cells, or windows that may have ended. */
  readonly onFlushed: (plans: readonly MetricPlan[]) => void;
  readonly lane: Lane;
};

/**
 * One lane of one topic in one process: reads its partitions, gathers for every projection, flushes. Whatever is
 * unsure, of one projection, is dropped and read again from its stored cursor; others skip what they have.
 */
export type Worker = {
  /** Takes up these metrics of the topic: new ones begin at their stored cursor or the log's start, others go on. */
  readonly setPlans: (plans: readonly MetricPlan[]) => void;
  /** Takes a projection that it gave away, or has: it is opened again at its stored cursor. */
  readonly take: (key: string) => void;
  readonly start: () => Promise<void>;
  readonly projections: () => readonly ProjectionState[];
  readonly owns: (partition: number) => boolean;
  /** Whether it takes nothing: all that it was to take is given away or halted. */
  readonly isIdle: () => boolean;
  /** What needs a person, one sentence each, by projection. */
  readonly halted: () => ReadonlyMap<string, string>;
  /** Whether the last that was heard of the projection is a failure. */
  readonly isFailing: (key: string) => boolean;
  /** Records that this lane would step back to take the projection up. */
  readonly recordsToReach: (projection: ProjectionState) => number;
  /** The log is another one than was read: what is known of it is dropped, and every projection is opened again. */
  readonly startOver: (reason: string) => void;
  /** Called every few seconds with where the topic's partitions end. */
  readonly supervise: (bounds: readonly LogBounds[], nowMs: EpochMs) => void;
  /** Why it cannot do all of its job, one sentence each. */
  readonly missing: () => readonly string[];
  readonly stop: () => Promise<void>;
};
