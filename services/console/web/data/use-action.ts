import { useState } from 'preact/hooks';

export type Action = {
  /** Runs one after the other: while one is under way another is not begun. */
  readonly run: (work: () => Promise<unknown>) => Promise<void>;
  readonly isBusy: boolean;
  /** Why the last one failed; undefined once another went well. */
  readonly error: Error | undefined;
};

/** Something that the reader asks for, and how it went. @param done called after each that went well */
export function useAction(done: () => void): Action {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Error | undefined>(undefined);
  return {
    isBusy,
    error,
    async run(work) {
      if (isBusy) return;
      setBusy(true);
      try {
        await work();
        setError(undefined);
        done();
      } catch (caught) {
        setError(caught as Error);
      } finally {
        setBusy(false);
      }
    },
  };
}
