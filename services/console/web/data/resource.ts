import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { tokenNumber } from './api.ts';
import { onLive } from './live.ts';

/** Something from the API. `stale`: the last refresh failed, what came before is still shown and says so. */
export type Resource<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly data: T; readonly atMs: number }
  | { readonly kind: 'stale'; readonly data: T; readonly atMs: number; readonly error: Error }
  | { readonly kind: 'failed'; readonly error: Error };

/** What is known after one more attempt. Pure. */
export function afterAttempt<T>(
  before: Resource<T>,
  attempt: { readonly data: T } | { readonly error: Error },
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
 * Loads when the key changes, when a token was entered, and when live events were missed. Who asks again while an answer is
 * on its way waits for it: else one that takes longer than the time between two questions would never come.
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
  const [attempt, setAttempt] = useState(0);
  const question = useRef<'none' | 'asked' | 'ask again'>('none');
  const reload = useCallback(() => {
    if (question.current === 'none') setAttempt((count) => count + 1);
    else question.current = 'ask again';
  }, []);
  const token = tokenNumber.value;
  useEffect(() => onLive('missed', reload), []);
  useEffect(() => {
    const abort = new AbortController();
    question.current = 'asked';
    const settle = (result: { data: T } | { error: Error }): void => {
      if (abort.signal.aborted) return;
      setHeld((before) => ({
        key,
        resource: afterAttempt(
          before.key === key ? before.resource : { kind: 'loading' },
          result,
          Date.now(),
        ),
      }));
      const isAskedAgain = question.current === 'ask again';
      question.current = 'none';
      if (isAskedAgain) reload();
    };
    load(abort.signal).then(
      (data) => settle({ data }),
      (error: unknown) => settle({ error: error as Error }),
    );
    return () => abort.abort();
  }, [key, attempt, token]);
  return { resource: held.key === key ? held.resource : { kind: 'loading' }, reload };
}
