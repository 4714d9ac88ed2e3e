import { kafkajsInside } from './kafkajs-inside.ts';

type Request = {
  /** Clock time, epoch ms. */
  readonly sentAt: number;
  /** ms */
  readonly requestTimeout: number;
  readonly timeoutRequest: () => void;
};
/** What the guards need of kafkajs' queue of requests to one broker. */
export type RequestQueue = {
  /** epoch ms; in the past when the broker does not throttle us */
  readonly throttledUntil: number;
  readonly pending: readonly unknown[];
  readonly inflight: ReadonlyMap<number, Request>;
  readonly enforceRequestTimeout: boolean;
  readonly isConnected: () => boolean;
  readonly destroy: () => void;
};
type Method = ((this: RequestQueue) => void) & { readonly isGuarded?: true };
type Prototype = {
  scheduleCheckPendingRequests: Method;
  scheduleRequestTimeoutCheck: Method;
  destroy: Method;
};

/** So late it may be noticed that a request was not answered in its time, which is 10 s or more. */
const LOOK_EVERY_MS = 500;

/**
 * Two timers of kafkajs 2.2.4 that run while nothing happens. After every answer it arms one with a negative time, also when
 * nothing waits: one millisecond, for ever, 4–5 % of a core for each idle connection, and a `TimeoutNegativeWarning`. With
 * this it is armed only when a request waits or the broker throttles. And each connection looks ten times a second for
 * requests that were not answered in time: some 400 times for 10 topics. With this one timer looks for all of them. To be
 * called before the first connection; safe to call again.
 */
export function silenceIdleTimer(): void {
  const { prototype } = kafkajsInside('src/network/requestQueue/index.js') as {
    prototype: Prototype;
  };
  const { scheduleCheckPendingRequests: checkLater, destroy } = prototype;
  if (checkLater.isGuarded) return;
  const guarded = (method: Method): Method => Object.assign(method, { isGuarded: true as const });

  prototype.scheduleCheckPendingRequests = guarded(function schedule() {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) checkLater.call(this);
  });

  const watched = new Set<RequestQueue>();
  let timer: NodeJS.Timeout | undefined;
  prototype.scheduleRequestTimeoutCheck = guarded(function watch() {
    if (!this.enforceRequestTimeout) return;
    watched.add(this);
    timer ??= setInterval(() => watched.forEach(look), LOOK_EVERY_MS);
  });
  prototype.destroy = guarded(function end() {
    destroy.call(this);
    watched.delete(this);
    if (watched.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  });
}

function look(queue: RequestQueue): void {
  const nowMs = Date.now();
  for (const request of queue.inflight.values())
    if (nowMs - request.sentAt > request.requestTimeout) request.timeoutRequest();
  if (!queue.isConnected()) queue.destroy();
}
