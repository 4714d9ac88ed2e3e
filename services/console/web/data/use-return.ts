import { useEffect } from 'preact/hooks';

/** Calls back when the reader comes back to the page: others may have worked on what it shows meanwhile. */
export function useReturn(back: () => void): void {
  useEffect(() => {
    const look = (): void => {
      if (document.visibilityState === 'visible') back();
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
}
