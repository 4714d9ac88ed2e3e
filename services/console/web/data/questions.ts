/** What came of a question. */
export type Outcome<T> = { readonly data: T } | { readonly error: Error };

/** One question that is asked again and again. */
export type Questions = {
  /** Asks; while an answer is on its way, once more after it. */
  readonly ask: () => void;
  /** What is under way is given up: nothing is told any more. */
  readonly stop: () => void;
};

/**
 * Asks one question at a time. Law: every `ask` is followed by an answer to a question that was put after it, and no
 * `ask` ends a question under way: else one that takes longer than the time between two of them would never be answered.
 * @param load puts the question   @param settle is told what came of each
 */
export function createQuestions<T>(
  load: (signal: AbortSignal) => Promise<T>,
  settle: (outcome: Outcome<T>) => void,
): Questions {
  const stopping = new AbortController();
  let state: 'none' | 'asked' | 'ask again' = 'none';
  const answered = (outcome: Outcome<T>): void => {
    if (stopping.signal.aborted) return;
    const isAskedAgain = state === 'ask again';
    state = 'none';
    settle(outcome);
    if (isAskedAgain) ask();
  };
  const ask = (): void => {
    if (stopping.signal.aborted) return;
    if (state !== 'none') {
      state = 'ask again';
      return;
    }
    state = 'asked';
    load(stopping.signal).then(
      (data) => answered({ data }),
      (error: unknown) => answered({ error: error as Error }),
    );
  };
  return { ask, stop: () => stopping.abort() };
}
