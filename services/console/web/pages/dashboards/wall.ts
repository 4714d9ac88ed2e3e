import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { keepWhole } from './wall-hanging.ts';

/** Whether a dashboard hangs on a wall: full screen, without the frame of the console, large. */
export const wall = signal(false);

/** A browser without it, or one that is low on battery, may let the screen sleep: nothing is lost but the picture. */
type WakeLocks = {
  readonly request: (type: 'screen') => Promise<{ release: () => Promise<void> }>;
};

export function enterWall(): void {
  wall.value = true;
  // Refused where nobody pressed anything, as in a kiosk that opened the link: the page is large all the same.
  document.documentElement.requestFullscreen?.().catch(() => undefined);
}

export function leaveWall(): void {
  wall.value = false;
  if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
}

/** Puts the page on the wall and takes it off: F, and Escape or the browser's own way out. */
export function useWall(begins: boolean): void {
  useEffect(() => {
    if (begins) wall.value = true;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === 'f' || event.key === 'F') {
        event.preventDefault();
        if (wall.peek()) leaveWall();
        else enterWall();
      } else if (event.key === 'Escape' && wall.peek()) leaveWall();
    };
    const onScreen = (): void => {
      if (!document.fullscreenElement) wall.value = false;
    };
    addEventListener('keydown', onKey);
    document.addEventListener('fullscreenchange', onScreen);
    return () => {
      removeEventListener('keydown', onKey);
      document.removeEventListener('fullscreenchange', onScreen);
      leaveWall();
    };
  }, []);
  const isOn = wall.value;
  useEffect(() => {
    document.documentElement.toggleAttribute('data-wall', isOn);
    if (!isOn) return undefined;
    const stops = [keepAwake(), keepWhole()];
    return () => {
      for (const stop of stops) stop();
    };
  }, [isOn]);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input, select, textarea, [contenteditable]') !== null;

/** Browsers let go of the lock while the page is hidden: it is asked for again when it is seen. @returns how to stop */
function keepAwake(): () => void {
  const locks = (navigator as { readonly wakeLock?: WakeLocks }).wakeLock;
  let held: Promise<{ release: () => Promise<void> } | undefined> | undefined;
  const ask = (): void => {
    if (document.visibilityState === 'visible')
      held = locks?.request('screen').catch(() => undefined);
  };
  ask();
  document.addEventListener('visibilitychange', ask);
  return () => {
    document.removeEventListener('visibilitychange', ask);
    void held?.then((lock) => lock?.release());
  };
}
