import { createRequire } from 'node:module';
import { expect, test, vi } from 'vitest';
import { silenceIdleTimer } from '../../../../services/platform/kafka/idle-timer.ts';

const { prototype } = createRequire(import.meta.url)(
  'kafkajs/src/network/requestQueue/index.js',
) as { prototype: Queues };

type Queues = Record<
  'scheduleCheckPendingRequests' | 'scheduleRequestTimeoutCheck' | 'destroy',
  () => void
>;
type Queue = {
  throttledUntil: number;
  pending: unknown[];
  throttleCheckTimeoutId: NodeJS.Timeout | null;
};
/** Whether kafkajs arms its timer in this state. */
function isArmed(state: Omit<Queue, 'throttleCheckTimeoutId'>): boolean {
  const queue: Queue = { ...state, throttleCheckTimeoutId: null };
  prototype.scheduleCheckPendingRequests.call(queue);
  if (queue.throttleCheckTimeoutId) clearTimeout(queue.throttleCheckTimeoutId);
  return queue.throttleCheckTimeoutId !== null;
}

test('an idle connection to Kafka has no timer; a waiting request or a throttle has one', () => {
  silenceIdleTimer();
  silenceIdleTimer();
  expect(isArmed({ throttledUntil: -1, pending: [] })).toBe(false);
  expect(isArmed({ throttledUntil: -1, pending: ['request'] })).toBe(true);
  expect(isArmed({ throttledUntil: Date.now() + 60_000, pending: [] })).toBe(true);
});

test('one timer looks for requests of all connections that were not answered in time, and ends with the last of them', () => {
  vi.useFakeTimers();
  try {
    silenceIdleTimer();
    const rejected: string[] = [];
    let isConnected = true;
    const queueOf = (name: string): Queues =>
      Object.assign(Object.create(prototype) as Queues, {
        enforceRequestTimeout: true,
        isConnected: () => isConnected,
        inflight: new Map([
          [
            1,
            {
              sentAt: Date.now(),
              requestTimeout: 10_000,
              timeoutRequest: () => rejected.push(name),
            },
          ],
        ]),
      });
    const queues = [queueOf('a'), queueOf('b')];
    for (const queue of queues) queue.scheduleRequestTimeoutCheck();
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(10_000);
    expect(rejected).toEqual([]);
    queues[0]?.destroy();
    vi.advanceTimersByTime(500);
    expect(rejected).toEqual(['b']);
    isConnected = false;
    vi.advanceTimersByTime(500);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
