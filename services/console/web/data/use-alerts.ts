import { useEffect } from 'preact/hooks';
import { onLive } from './live.ts';

const GATHER_MS = 200;

/** Calls back soon after something was told of the alert, or of any; a burst of changes is one call. */
export function useAlertChanges(id: string | undefined, changed: () => void): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onLive('alert', (event) => {
      if (id !== undefined && event.id !== id) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        changed();
      }, GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [id]);
}
