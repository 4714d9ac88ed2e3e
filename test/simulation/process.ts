import type { Clock } from '../../services/aggregator/ports.ts';
import type { Scheduler } from './scheduler.ts';

/** A process that may stand still, go on as if nothing had been, or die. What it sent before reaches its goal all the same. */
export type Process = {
  readonly name: string;
  readonly isAlive: () => boolean;
  readonly isRunning: () => boolean;
  /** What comes to it: an answer, a timer. Waits while it stands still, and is lost when it is dead. */
  readonly deliver: (action: () => void) => void;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly kill: () => void;
  readonly clock: Clock;
};

export function createProcess(scheduler: Scheduler, name: string): Process {
  let isAlive = true;
  let isPaused = false;
  let waiting: (() => void)[] = [];

  const deliver = (action: () => void): void => {
    if (!isAlive) return;
    if (isPaused) waiting.push(action);
    else action();
  };
  return {
    name,
    deliver,
    isAlive: () => isAlive,
    isRunning: () => isAlive && !isPaused,
    pause() {
      isPaused = true;
    },
    resume() {
      if (!isPaused) return;
      isPaused = false;
      const late = waiting;
      waiting = [];
      // One after the other: what the first sets going settles before the next.
      for (const action of late) scheduler.after(0, () => deliver(action));
    },
    kill() {
      isAlive = false;
      waiting = [];
    },
    clock: {
      sleep: (ms) => new Promise((resolve) => scheduler.after(ms, () => deliver(resolve))),
      after(ms, action) {
        let isOff = false;
        const callOff = scheduler.after(ms, () =>
          deliver(() => {
            if (!isOff) action();
          }),
        );
        return () => {
          isOff = true;
          callOff();
        };
      },
    },
  };
}

/** What becomes of one call: when it takes effect, when its answer is back, when the caller gives up. Undefined: never. */
export type Fate = {
  readonly landsMs: number | undefined;
  readonly answersMs: number | undefined;
  readonly failsMs: number | undefined;
  /** The answer comes with others, in one read of the socket. */
  readonly isJoint?: boolean;
};

/** One call over a link with this fate. A call that failed may still take effect: its outcome is unknown. */
export function call<T>(
  from: { readonly scheduler: Scheduler; readonly process: Process },
  fate: Fate,
  work: { readonly perform: () => Promise<T>; readonly failure: () => Error },
): Promise<T> {
  const { scheduler, process } = from;
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const answer = (ms: number | undefined, action: () => void): void => {
    if (ms === undefined) return;
    const plan = fate.isJoint ? scheduler.together : scheduler.after;
    plan(ms, () => process.deliver(action));
  };
  if (fate.landsMs !== undefined)
    scheduler.after(fate.landsMs, () => {
      work.perform().then(
        (value) => answer(fate.answersMs, () => resolve(value)),
        (error: unknown) => answer(fate.answersMs, () => reject(error as Error)),
      );
    });
  answer(fate.failsMs, () => reject(work.failure()));
  return promise;
}
