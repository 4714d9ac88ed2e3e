import type { Reduced } from '../alert/recorded.ts';
import type { Emitted } from './partition.ts';

/** What one step says, one by one: at each the alert bears the number that it had then, at the last its own. */
export const emittedOf = (
  { state: alert, transitions }: Reduced,
  of: Omit<Emitted, 'alert' | 'transition'>,
): readonly Emitted[] =>
  transitions.map((transition, i) => {
    const sequence = alert.sequence - (transitions.length - 1 - i);
    return { alert: { ...alert, sequence }, transition, ...of };
  });
