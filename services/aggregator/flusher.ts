import { TidemarkError } from '../kernel/errors.ts';
import type { DurationMs } from '../kernel/time.ts';
import type { FlushRequest } from './core/flush.ts';
import type { Notes } from './core/notes.ts';
import type { ProjectionState } from './core/projection-state.ts';
import type {
  AggregatorSinks,
  ApplyResult,
  Clock,
  ProjectionStore,
  WorkerObserver,
} from './ports.ts';

export type FlusherPorts = {
  readonly store: Pick<ProjectionStore, 'apply'>;
  readonly sinks: Pick<AggregatorSinks, 'deadLetters' | 'lateEvents'>;
  readonly observer: Pick<WorkerObserver, 'visible' | 'flushed'>;
  readonly clock: Clock;
  readonly projections: () => readonly ProjectionState[];
  readonly takeNotes: () => Notes;
  /** What this projection gathered must be dropped and read again. */
  readonly onRefused: (
    projection: ProjectionState,
    fault: { reason: unknown; delayMs: number },
  ) => void;
  readonly onOverflow: (projection: ProjectionState, error: TidemarkError) => void;
  /** It gathers on while its flush does not come back, and holds too much by now. */
  readonly onOverweight: (projection: ProjectionState, reason: Error) => void;
  readonly onApplied: (flushes: readonly Applied[]) => void;
};
export type Applied = { readonly projection: ProjectionState; readonly request: FlushRequest };

/** What was gathered goes out soon after the first of it, in rounds, one at a time. */
export type Flusher = {
  readonly schedule: (pace: Pace) => void;
  /** Begins a round with what is gathered now, unless one runs. Resolves when that is applied, dropped or left behind. */
  readonly flush: () => Promise<void>;
  /** Resolves when no round runs and there is somebody whose flush is not under way. */
  readonly idle: () => Promise<void>;
  /** What the next round would carry for the heaviest projection. */
  readonly heaviest: () => number;
  /** Ends the round that runs and flushes what is left. */
  readonly stop: () => Promise<void>;
};

/**
 * Near the log's end what was read should soon be seen. Far from it a flush that waits carries more events for the same
 * cells, and nobody waits for one event of a long log; but the first is waited for: it shows that counting goes on.
 */
export type Pace = 'live' | 'behind';
const FLUSH_AFTER_MS: Readonly<Record<Pace, DurationMs>> = { live: 20, behind: 400 };
/** A round costs as much of each projection however little it carries: where there are many, each waits for more. */
const FLUSH_AFTER_MS_PER_PROJECTION = 0.5;
const FLUSH_AFTER_MS_MAX = 250;
const RETRY_AFTER_MS = 250;
/** A round waits so long for each of its projections; then it leaves behind those that do not answer. */
const PATIENCE_MS = 1_000;
/** Cells and members that one projection may hold while its flush is under way: some 30 MB. */
export const GATHERING_WEIGHT_MAX = 100_000;

type Outcome = ApplyResult | { readonly kind: 'unknown'; readonly error: unknown };
type Flushed = Applied & { readonly result: Outcome };

// long: a round and what it leaves behind share who is under way.
export function createFlusher(ports: FlusherPorts): Flusher {
  const { store, sinks, observer, clock, projections } = ports;
  /** Projections whose flush has not come back: they gather on, and the next rounds go without them. */
  const underWay = new Map<ProjectionState, Promise<Flushed>>();
  let flushing: Promise<void> | undefined;
  let callOff: (() => void) | undefined;
  let pace: Pace = 'live';
  let isAnyApplied = false;
  let stopped = false;

  const free = (): readonly ProjectionState[] =>
    projections().filter((projection) => !underWay.has(projection));
  const isGathered = ({ gathering }: ProjectionState): boolean => gathering.spans.size > 0;

  /** Reading waits for those that a round can take; for the others only while there is nobody else. */
  const heaviest = (): number => {
    let [most, mostUnderWay, isAnyFree] = [0, 0, false];
    for (const projection of projections()) {
      const { weight } = projection.gathering;
      if (underWay.has(projection)) mostUnderWay = Math.max(mostUnderWay, weight);
      else [most, isAnyFree] = [Math.max(most, weight), true];
    }
    return isAnyFree ? most : mostUnderWay;
  };

  /** The soonest round that was asked for is made. */
  const schedule = (asked: Pace): void => {
    const wanted = isAnyApplied ? asked : 'live';
    if (stopped || (callOff && (pace === 'live' || wanted === 'behind'))) return;
    callOff?.();
    pace = wanted;
    const manyMs = projections().length * FLUSH_AFTER_MS_PER_PROJECTION;
    const afterMs = Math.max(FLUSH_AFTER_MS[pace], Math.min(FLUSH_AFTER_MS_MAX, manyMs));
    callOff = clock.after(afterMs, () => {
      callOff = undefined;
      void flush();
    });
  };

  /** What is gathered while a round runs goes with the next. */
  const flush = (): Promise<void> => {
    flushing ??= round().finally(() => {
      flushing = undefined;
      if (free().some(isGathered)) schedule(pace);
    });
    return flushing;
  };

  /** Dead letters and late events are written before any cursor moves past them: at least once. */
  const round = async (): Promise<void> => {
    for (const projection of underWay.keys()) weigh(projection);
    const left = [...underWay.keys()];
    if (!free().some(isGathered)) return;
    const notes = ports.takeNotes();
    const taken = free().flatMap((projection) => {
      const request = projection.take();
      return request ? [{ projection, request }] : [];
    });
    try {
      if (notes.deadLetters.length > 0) await sinks.deadLetters(notes.deadLetters);
      if (notes.lateEvents.length > 0) await sinks.lateEvents(notes.lateEvents);
    } catch (reason) {
      // All of them, not those of this round alone: who took a record behind another did not note it again.
      const all = new Set([...taken.map((one) => one.projection), ...left, ...projections()]);
      for (const projection of all)
        ports.onRefused(projection, { reason, delayMs: RETRY_AFTER_MS });
      return;
    }
    const flushed = await inTime(taken.map(apply));
    const applied = flushed.filter(settle);
    if (applied.length === 0) return;
    observer.visible([...notes.tallies.values()], notes.ingestedAt);
    ports.onApplied(applied);
  };

  const weigh = (projection: ProjectionState): void => {
    const { weight } = projection.gathering;
    if (weight <= GATHERING_WEIGHT_MAX) return;
    const detail = `${weight} cells are gathered, and its flush does not come back`;
    ports.onOverweight(projection, new Error(detail));
  };

  const apply = (one: Applied): Promise<Flushed> => {
    const { projection, request } = one;
    const flushed = store
      .apply(projection.ref, request)
      .catch((error: unknown): Outcome => ({ kind: 'unknown', error }))
      .then((result) => {
        underWay.delete(projection);
        return { ...one, result };
      });
    underWay.set(projection, flushed);
    return flushed;
  };

  /** Those that come back in time; of the others, each is settled when it does. Who is alone is waited for. */
  const inTime = async (all: readonly Promise<Flushed>[]): Promise<readonly Flushed[]> => {
    const back: Flushed[] = [];
    let isOver = false;
    const each = all.map(async (one) => {
      const flushed = await one;
      if (!isOver) back.push(flushed);
      else if (settle(flushed)) ports.onApplied([flushed]);
      // What gathered meanwhile is not forgotten where nothing else comes.
      if (isOver) schedule('live');
    });
    const patience = Promise.withResolvers<void>();
    const callOffPatience = clock.after(PATIENCE_MS, () => {
      if (projections().length > 1) patience.resolve();
    });
    await Promise.race([Promise.all(each), patience.promise]);
    isOver = true;
    callOffPatience();
    return back;
  };

  /** @returns whether it was applied */
  const settle = ({ projection, request, result }: Flushed): boolean => {
    if (result.kind !== 'applied') {
      refuse(projection, result);
      return false;
    }
    isAnyApplied = true;
    projection.applied(request, result.numbers);
    observer.flushed(projection.plan, request);
    return true;
  };

  const refuse = (
    projection: ProjectionState,
    result: Exclude<Outcome, { kind: 'applied' }>,
  ): void => {
    switch (result.kind) {
      case 'unknown':
        return ports.onRefused(projection, { reason: result.error, delayMs: RETRY_AFTER_MS });
      case 'refused': {
        const reason = new Error(`its flush was refused: ${result.reason}`);
        return ports.onRefused(projection, { reason, delayMs: 0 });
      }
      case 'overflow': {
        const detail = `the sum of cell ${result.detail} would leave 64 bits`;
        return ports.onOverflow(projection, new TidemarkError('accumulator_overflow', detail));
      }
    }
  };

  return {
    schedule,
    flush,
    async idle() {
      await flushing;
      if (free().length === 0 && underWay.size > 0) await Promise.race(underWay.values());
    },
    heaviest,
    async stop() {
      stopped = true;
      callOff?.();
      await flushing;
      await Promise.all(underWay.values());
      await flush();
    },
  };
}
