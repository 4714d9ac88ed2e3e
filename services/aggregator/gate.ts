import type { Clock } from './ports.ts';

/** Who comes is let through when all have come, or after a while; lowest place first. */
export type Gate = { readonly pass: (place: number) => Promise<void> };

/** So long the first wait for the last; one that cannot be opened must not hold the others back for longer. */
const WAIT_MS_MAX = 1_000;

/** @param expected how many come; who comes again counts again */
export function createGate(clock: Clock, expected: number): Gate {
  const waiting: { readonly place: number; readonly goOn: () => void }[] = [];
  let come = 0;
  let isOpen = false;
  let callOff: (() => void) | undefined;
  const open = (): void => {
    if (isOpen) return;
    isOpen = true;
    callOff?.();
    for (const { goOn } of waiting.sort((a, b) => a.place - b.place)) goOn();
  };
  return {
    pass(place) {
      if (isOpen) return Promise.resolve();
      const passed = Promise.withResolvers<void>();
      waiting.push({ place, goOn: passed.resolve });
      // In a moment: who comes last waits for it by then, so that the order is kept.
      if (++come >= expected) queueMicrotask(open);
      else callOff ??= clock.after(WAIT_MS_MAX, open);
      return passed.promise;
    },
  };
}
