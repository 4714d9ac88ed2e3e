import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { silenceIdleTimer } from '../../../../services/platform/kafka/idle-timer.ts';

const { prototype } = createRequire(import.meta.url)(
  'kafkajs/src/network/requestQueue/index.js',
) as { prototype: { scheduleCheckPendingRequests: () => void } };

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
