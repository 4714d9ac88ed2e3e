import type { DurationMs } from '../kernel/time.ts';

/** Calls `work` again and again, never twice at a time. @param work must not throw @returns how to end it, after what runs */
export function startRounds(
  work: () => Promise<void>,
  everyMs: DurationMs,
): { readonly stop: () => Promise<void> } {
  let round: Promise<void> | undefined;
  const begin = async (): Promise<void> => {
    await work();
    round = undefined;
  };
  const timer = setInterval(() => {
    round ??= begin();
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await round;
    },
  };
}
