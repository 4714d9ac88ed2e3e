/** What was opened, closed in reverse order; each step has its own time limit, and a failing one stops no other. */
export type Lifecycle = {
  /** What is opened while the rest already closes is closed at once. */
  readonly onClose: (what: string, close: () => Promise<unknown>) => void;
  /** Steps that close at the same time. */
  readonly onCloseTogether: (steps: readonly ClosingStep[]) => void;
  readonly close: () => Promise<void>;
  readonly isClosing: () => boolean;
};
export type ClosingStep = { readonly what: string; readonly close: () => Promise<unknown> };

const CLOSE_STEP_TIMEOUT_MS = 12_000;

/** @param onProblem told what did not close in time or failed */
export function createLifecycle(onProblem: (what: string, problem: string) => void): Lifecycle {
  const opened: (readonly ClosingStep[])[] = [];
  let closing: Promise<void> | undefined;
  const closeOne = async ({ what, close }: ClosingStep): Promise<void> => {
    const problem = await outcomeOf(close);
    if (problem) onProblem(what, problem);
  };
  const closeAll = async (): Promise<void> => {
    for (let steps = opened.pop(); steps; steps = opened.pop())
      await Promise.all(steps.map(closeOne));
  };
  const onCloseTogether = (steps: readonly ClosingStep[]): void => {
    opened.push(steps);
    if (closing) closing = closing.then(closeAll);
  };
  return {
    onClose: (what, close) => onCloseTogether([{ what, close }]),
    onCloseTogether,
    async close() {
      closing ??= closeAll();
      // Steps that came meanwhile are waited for as well.
      for (let seen: Promise<void> | undefined; seen !== closing;) {
        seen = closing;
        await seen;
      }
    },
    isClosing: () => closing !== undefined,
  };
}

/** @returns what went wrong; undefined when all is well */
async function outcomeOf(close: () => Promise<unknown>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<string>((resolve) => {
    timer = setTimeout(
      () => resolve(`did not end within ${CLOSE_STEP_TIMEOUT_MS / 1000} s`),
      CLOSE_STEP_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([close().then(() => undefined), timeout]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}

/** npm and its shell pass a terminal's Ctrl-C on: one key press arrives up to three times within moments. */
const SAME_PRESS_MS = 800;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The first signal asks to stop, a later one forces.
 * @returns how to listen no more
 */
export function onStopSignals(handlers: {
  readonly stop: (signal: string) => void;
  readonly force: () => void;
}): () => void {
  let firstAtMs: number | undefined;
  const listener = (signal: NodeJS.Signals): void => {
    const nowMs = performance.now();
    if (firstAtMs === undefined) {
      firstAtMs = nowMs;
      handlers.stop(signal);
    } else if (nowMs - firstAtMs > SAME_PRESS_MS) handlers.force();
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.removeListener(signal, listener);
  };
}
