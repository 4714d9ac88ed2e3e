import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { language } from '../i18n/language.ts';
import { tokenNumber } from './api.ts';
import { onLive } from './live.ts';
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

/**
 * Loads when the key or the language changes, when a token was entered, and when live events were missed. Who asks again while an answer is
 * on its way waits for it.
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
    const own = createQuestions(
      (signal) => newest.current(signal),
      (outcome) =>
        setHeld((before) => ({
          key,
          resource: afterAttempt(
            before.key === key ? before.resource : { kind: 'loading' },
            outcome,
            Date.now(),
          ),
        })),
    );
    questions.current = own;
    own.ask();
    return own.stop;
  }, [key, token, spoken]);
  return { resource: held.key === key ? held.resource : { kind: 'loading' }, reload };
}
