import type { Clock } from './ports.ts';

/** A projection that cannot be flushed or opened for so long is parked, unless nothing else can be either. */
export const PARK_AFTER_MS = 10_000;

/** Tells what has failed for long from what failed just now. */
export type Patience = {
  /** It failed: `onTried` is called in ten seconds, and again after as long, unless it does well before. */
  readonly failed: (key: string) => void;
  /** It did well, or is of no concern any more. */
  readonly forget: (key: string) => void;
  readonly isFailing: (key: string) => boolean;
  readonly stop: () => void;
};

export function createPatience(clock: Clock, onTried: (key: string) => void): Patience {
  const callOffs = new Map<string, () => void>();
  const wait = (key: string): void => {
    const callOff = clock.after(PARK_AFTER_MS, () => {
      wait(key);
      onTried(key);
    });
    callOffs.set(key, callOff);
  };
  const forget = (key: string): void => {
    callOffs.get(key)?.();
    callOffs.delete(key);
  };
  return {
    failed(key) {
      if (!callOffs.has(key)) wait(key);
    },
    forget,
    isFailing: (key) => callOffs.has(key),
    stop() {
      for (const key of callOffs.keys()) forget(key);
    },
  };
}
