import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { language } from '../i18n/language.ts';
import { ApiError, tokenNumber } from './api.ts';
import { connection, onLive } from './live.ts';
import { createQuestions } from './questions.ts';
import type { Outcome, Questions } from './questions.ts';

/** Something from the API. `stale`: the last refresh failed, what came before is still shown and says so. */
export type Resource<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly data: T; readonly atMs: number }
  | { readonly kind: 'stale'; readonly data: T; readonly atMs: number; readonly error: Error }
  | { readonly kind: 'failed'; readonly error: Error };

/** What is known after one more attempt. Pure. */
export function afterAttempt<T>(
  before: Resource<T>,
  attempt: Outcome<T>,
  nowMs: number,
): Resource<T> {
  if ('data' in attempt) return { kind: 'ready', data: attempt.data, atMs: nowMs };
  if (before.kind === 'ready' || before.kind === 'stale')
    return { kind: 'stale', data: before.data, atMs: before.atMs, error: attempt.error };
  return { kind: 'failed', error: attempt.error };
}

/** The data that may be shown, whether fresh or stale. */
export const shown = <T>(resource: Resource<T>): T | undefined =>
  resource.kind === 'ready' || resource.kind === 'stale' ? resource.data : undefined;

const AGAIN_MS_MIN = 1_000;
const AGAIN_MS_MAX = 15_000;

/**
 * When to ask again by itself after failures in a row: what nobody has to mend first may be there in a moment.
 * @param failures ≥ 1   @returns ms; undefined: the answer would be the same
 */
export function againAfterMs(error: Error, failures: number): number | undefined {
  const isPassing =
    error instanceof ApiError &&
    (error.status === 0 || error.status === 429 || error.status >= 500);
  return isPassing ? Math.min(AGAIN_MS_MIN * 2 ** (failures - 1), AGAIN_MS_MAX) : undefined;
}

/**
 * Loads when the key or the language changes, when a token was entered, when live events were missed, and again after a
 * failure that may pass. Who asks again while an answer is on its way waits for it.
 * @param key stands for everything that `load` depends on; with another key nothing old is shown
 */
export function useResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
): { readonly resource: Resource<T>; readonly reload: () => void } {
  const [held, setHeld] = useState<{ key: string; resource: Resource<T> }>({
    key,
    resource: { kind: 'loading' },
  });
  const questions = useRef<Questions | undefined>(undefined);
  const newest = useRef(load);
  newest.current = load;
  const reload = useCallback(() => questions.current?.ask(), []);
  const token = tokenNumber.value;
  const spoken = language.value;
  useEffect(() => onLive('missed', reload), []);
  useEffect(() => {
    let failures = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const askLater = (error: Error): void => {
      clearTimeout(timer);
      const afterMs = againAfterMs(error, failures);
      if (afterMs === undefined) return;
      // While the connection is lost there is nothing to try: once it is back all is read anew.
      timer = setTimeout(
        () => (connection.peek().state === 'live' ? own.ask() : askLater(error)),
        afterMs,
      );
    };
    const own = createQuestions(
      (signal) => newest.current(signal),
      (outcome) => {
        failures = 'error' in outcome ? failures + 1 : 0;
        if ('error' in outcome) askLater(outcome.error);
        setHeld((before) => ({
          key,
          resource: afterAttempt(
            before.key === key ? before.resource : { kind: 'loading' },
            outcome,
            Date.now(),
          ),
        }));
      },
    );
    questions.current = own;
    own.ask();
    return () => {
      clearTimeout(timer);
      own.stop();
    };
  }, [key, token, spoken]);
  return { resource: held.key === key ? held.resource : { kind: 'loading' }, reload };
}
