import { createRequire } from 'node:module';

/** What the guard needs of kafkajs' queue of requests to one broker. */
export type RequestQueue = {
  /** epoch ms; in the past when the broker does not throttle us */
  readonly throttledUntil: number;
  readonly pending: readonly unknown[];
};
type Schedule = (this: RequestQueue) => void;
type Prototype = { scheduleCheckPendingRequests: Schedule & { readonly isGuarded?: true } };

/**
 * kafkajs 2.2.4 arms a timer with a negative time after every answer, also when nothing waits: one millisecond, for ever,
 * 4–5 % of a core for each idle connection, and a `TimeoutNegativeWarning`. With this it is armed only when a request
 * waits or the broker throttles. Safe to call again.
 */
export function silenceIdleTimer(): void {
  const { prototype } = createRequire(import.meta.url)(
    'kafkajs/src/network/requestQueue/index.js',
  ) as { prototype: Prototype };
  const original = prototype.scheduleCheckPendingRequests;
  if (original.isGuarded) return;
  const guarded: Schedule = function schedule(this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) original.call(this);
  };
  prototype.scheduleCheckPendingRequests = Object.assign(guarded, { isGuarded: true as const });
}
