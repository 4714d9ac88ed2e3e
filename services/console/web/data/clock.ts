import { signal } from '@preact/signals';

/** Now, to the second, for ages such as “3 s ago”; stands still while the tab is hidden. */
export const clock = signal(Date.now());

export function startClock(): void {
  const tick = (): void => {
    if (document.visibilityState === 'visible') clock.value = Date.now();
  };
  setInterval(tick, 1_000);
  document.addEventListener('visibilitychange', tick);
}
