import { useEffect } from 'preact/hooks';
import { onLive } from './live.ts';

/** Asks again when the stream tells of the pipeline, each second, but only so often, and while somebody looks. */
export function usePipelineReload(reload: () => void, atMostEveryMs: number): void {
  useEffect(() => {
    let lastMs = Date.now();
    return onLive('pipeline', () => {
      if (document.visibilityState === 'hidden' || Date.now() - lastMs < atMostEveryMs) return;
      lastMs = Date.now();
      reload();
    });
  }, [reload, atMostEveryMs]);
}
