import { TidemarkError } from '../kernel/errors.ts';
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
  readonly onApplied: (projections: readonly ProjectionState[]) => void;
};

/** What was gathered goes out soon after the first of it, in rounds, one at a time. */
export type Flusher = {
  readonly schedule: () => void;
  /** Begins a round with what is gathered now, unless one runs. Resolves when that is applied or dropped. */
  readonly flush: () => Promise<void>;
  /** Resolves when no round runs. */
  readonly idle: () => Promise<void>;
  /** Ends the round that runs and flushes what is left. */
  readonly stop: () => Promise<void>;
};

const FLUSH_AFTER_MS = 20;
const RETRY_AFTER_MS = 250;

type UnknownOutcome = { readonly kind: 'unknown'; readonly error: unknown };

export function createFlusher(ports: FlusherPorts): Flusher {
  const { store, sinks, observer, clock, projections } = ports;
  let flushing: Promise<void> | undefined;
  let callOff: (() => void) | undefined;
  let stopped = false;

  const schedule = (): void => {
    if (stopped) return;
    callOff ??= clock.after(FLUSH_AFTER_MS, () => {
      callOff = undefined;
      void flush();
    });
  };

  /** What is gathered while a round runs goes with the next. */
  const flush = (): Promise<void> => {
    flushing ??= round().finally(() => {
      flushing = undefined;
      if (projections().some(({ gathering }) => gathering.spans.size > 0)) schedule();
    });
    return flushing;
  };

  /** Dead letters and late events are written before any cursor moves past them: at least once. */
  const round = async (): Promise<void> => {
    const notes = ports.takeNotes();
    const taken = projections().flatMap((projection) => {
      const request = projection.take();
      return request ? [{ projection, request }] : [];
    });
    if (taken.length === 0) return;
    try {
      if (notes.deadLetters.length > 0) await sinks.deadLetters(notes.deadLetters);
      if (notes.lateEvents.length > 0) await sinks.lateEvents(notes.lateEvents);
    } catch (reason) {
      for (const { projection } of taken)
        ports.onRefused(projection, { reason, delayMs: RETRY_AFTER_MS });
      return;
    }
    const results = await Promise.all(
      taken.map(async ({ projection, request }) => ({
        projection,
        request,
        result: await store
          .apply(projection.ref, request)
          .catch((error: unknown): UnknownOutcome => ({ kind: 'unknown', error })),
      })),
    );
    const applied: ProjectionState[] = [];
    for (const { projection, request, result } of results) {
      if (result.kind !== 'applied') {
        refuse(projection, result);
        continue;
      }
      projection.applied(request, result.numbers);
      observer.flushed(projection.plan, request);
      applied.push(projection);
    }
    if (applied.length === 0) return;
    observer.visible([...notes.tallies.values()], notes.ingestedAt);
    ports.onApplied(applied);
  };

  const refuse = (
    projection: ProjectionState,
    result: Exclude<ApplyResult, { kind: 'applied' }> | UnknownOutcome,
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
    idle: () => flushing ?? Promise.resolve(),
    async stop() {
      stopped = true;
      callOff?.();
      await flushing;
      await flush();
    },
  };
}
