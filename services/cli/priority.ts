import { constants, getPriority, setPriority } from 'node:os';
import type { ServiceName } from './services.ts';

/**
 * Whoever reads waits for whoever counts: a process of the console alone lets the others of its machine go first, so that
 * many readers make no value later. Where the system does not allow it, all is as before.
 */
export function giveWay(services: readonly ServiceName[]): void {
  if (services.length !== 1 || services[0] !== 'console') return;
  const { PRIORITY_BELOW_NORMAL } = constants.priority;
  // Who was started to give way still more is left so.
  if (getPriority() >= PRIORITY_BELOW_NORMAL) return;
  try {
    setPriority(PRIORITY_BELOW_NORMAL);
  } catch {
    // Only speed depends on it.
  }
}
