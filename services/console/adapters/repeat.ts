/**
 * Calls `action` every so often, never twice at once: a call that takes longer delays the next.
 * @returns `now` calls it between two turns too, unless it runs; `stop` resolves when none runs any more
 */
export function repeat(
  everyMs: number,
  action: () => Promise<void>,
  onError: (error: unknown) => void,
): { readonly now: () => void; readonly stop: () => Promise<void> } {
  let running: Promise<void> | undefined;
  const now = (): void => {
    running ??= action()
      .catch(onError)
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(now, everyMs);
  return {
    now,
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
