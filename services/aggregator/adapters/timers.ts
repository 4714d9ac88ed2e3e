import type { Clock } from '../ports.ts';

/** Waiting by the process's own timers. */
export const timers: Clock = {
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};
