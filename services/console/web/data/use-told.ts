import { useEffect, useRef } from 'preact/hooks';
import { onLive } from './live.ts';
import type { LiveEvents } from './live.ts';

/** What is told within this time is one call, where nothing else is said. */
const GATHER_MS = 200;

/**
 * Calls back soon after the stream told of something that is wanted; a burst of it is one call.
 * @param of those that the last drawing gave are used
 */
export function useTold<K extends keyof LiveEvents>(
  event: K,
  of: {
    readonly isWanted: (told: LiveEvents[K]) => boolean;
    readonly changed: () => void;
    readonly gatherMs?: number;
  },
): void {
  const newest = useRef(of);
  newest.current = of;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onLive(event, (told) => {
      if (!newest.current.isWanted(told)) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        newest.current.changed();
      }, newest.current.gatherMs ?? GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [event]);
}

/** Calls back after something was told of the alert, or of any. */
export const useAlertChanges = (id: string | undefined, changed: () => void): void =>
  useTold('alert', { isWanted: (told) => id === undefined || told.id === id, changed });

/**
 * Calls back after a document of the catalogue changed: was drafted, reviewed, published or retired.
 * @param kinds those that matter; undefined: all
 */
export const useCatalogChanges = (
  kinds: readonly string[] | undefined,
  changed: () => void,
): void =>
  useTold('catalog', {
    isWanted: ({ documents }) =>
      kinds === undefined || documents.some(({ kind }) => kinds.includes(kind)),
    changed,
  });
