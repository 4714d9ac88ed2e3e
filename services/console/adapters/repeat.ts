/**
 * Calls `action` every so often, never twice at once: a call that takes longer delays the next.
 * @returns `stop` resolves when none runs any more
 */
export function repeat(
  everyMs: number,
  action: () => Promise<void>,
  onError: (error: unknown) => void,
): { readonly stop: () => Promise<void> } {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= action()
      .catch(onError)
      .finally(() => {
        running = undefined;
      });
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
