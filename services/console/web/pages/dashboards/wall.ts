import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { DashboardPanel } from '../../../../kernel/catalog/dashboard-panels.ts';

/** Whether a dashboard hangs on a wall: full screen, without the frame of the console, large. */
export const wall = signal(false);

/** Columns of the grid in which panels lie. */
const COLUMNS = 12;

/**
 * Rows of the grid as the screen's height is shared out: each by the highest panel in it, one of words alone by its text.
 * @returns a CSS `grid-template-rows`; rows that need more than their share get it, and the page is longer then
 */
export function wallRows(
  panels: readonly Pick<DashboardPanel, 'type' | 'width' | 'height'>[],
): string {
  const rows: number[] = [];
  let left = 0;
  for (const { type, width, height } of panels) {
    if (width > left) {
      rows.push(0);
      left = COLUMNS;
    }
    left -= width;
    const own = type === 'text' ? 0 : height;
    rows.push(Math.max(rows.pop() ?? 0, own));
  }
  return rows
    .map((height) => (height === 0 ? 'auto' : `minmax(min-content, ${String(height)}fr)`))
    .join(' ');
}

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

/** Smaller than this nothing is read across a room: a page of more is cut by the screen. */
const SCALE_MIN = 0.6;

/** How much smaller all is to be drawn so that `content` fits a screen, px both. Pure. */
export const wallScale = (
  scale: number,
  { content, screen }: { readonly content: number; readonly screen: number },
): number => (content <= screen ? scale : Math.max(SCALE_MIN, (scale * screen) / content));

/** Draws smaller what would need more than the screen, as values and panels come. @returns how to stop */
function keepWhole(): () => void {
  const { documentElement: root, body } = document;
  let scale = 1;
  const apply = (next: number): void => {
    scale = next;
    root.style.setProperty('--wall-scale', String(next));
  };
  const fit = (): void => {
    const next = wallScale(scale, { content: root.scrollHeight, screen: innerHeight });
    if (next < scale) apply(next);
  };
  const again = (): void => {
    apply(1);
    fit();
  };
  const watcher = new MutationObserver(fit);
  watcher.observe(body, { childList: true, characterData: true, subtree: true });
  addEventListener('resize', again);
  again();
  return () => {
    watcher.disconnect();
    removeEventListener('resize', again);
    root.style.removeProperty('--wall-scale');
  };
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
