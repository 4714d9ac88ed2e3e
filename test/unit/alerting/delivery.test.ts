import { expect, test } from 'vitest';
import {
  afterAttempt,
  isSettled,
  NOT_TRIED,
  RETRY_SCHEDULE_MS,
} from '../../../services/alerting/core/sending/delivery.ts';
import type { Delivery, Verdict } from '../../../services/alerting/core/sending/delivery.ts';
import { verdictOf } from '../../../services/alerting/adapters/channels/webhook.ts';

const attempt = (delivery: Delivery, verdict: Verdict, nowMs = 0): Delivery =>
  afterAttempt(delivery, verdict, { nowMs, schedule: RETRY_SCHEDULE_MS, messageId });
const messageId = 'msg_1';
/** The schedule has it, or up to a tenth more. */
const isAbout = (waitMs: number | undefined, plannedMs: number): boolean =>
  waitMs !== undefined && waitMs >= plannedMs && waitMs < plannedMs * 1.1;
const away: Verdict = { kind: 'retryable', detail: '503' };

test('waits follow the published schedule, then it is given up, visibly', () => {
  let delivery = NOT_TRIED;
  const waits: number[] = [];
  while (!isSettled(delivery)) {
    delivery = attempt(delivery, away, 1000);
    if (delivery.status === 'waiting') waits.push(delivery.nextAttemptMs - 1000);
  }
  expect(waits).toHaveLength(RETRY_SCHEDULE_MS.length);
  for (const [i, planned] of RETRY_SCHEDULE_MS.entries())
    expect([planned, waits[i], isAbout(waits[i], planned)]).toEqual([planned, waits[i], true]);
  expect(delivery).toMatchObject({
    status: 'given_up',
    detail: '503',
    attempts: RETRY_SCHEDULE_MS.length + 1,
  });
});

test('Retry-After lengthens a wait, and never shortens it', () => {
  expect(attempt(NOT_TRIED, { ...away, retryAfterMs: 60_000 }).nextAttemptMs).toBe(60_000);
  expect(isAbout(attempt(NOT_TRIED, { ...away, retryAfterMs: 1 }).nextAttemptMs, 5_000)).toBe(true);
  expect(attempt(NOT_TRIED, { ...away, retryAfterMs: 1e12 }).nextAttemptMs).toBe(86_400_000);
});

test('messages that failed at once are not tried again at once; each waits the same at every reading', () => {
  const waits = Array.from({ length: 200 }, (_, i) => {
    const at = { nowMs: 0, schedule: RETRY_SCHEDULE_MS, messageId: `msg_${i}` };
    return afterAttempt(NOT_TRIED, away, at).nextAttemptMs;
  });
  expect(waits.every((wait) => isAbout(wait, 5_000))).toBe(true);
  expect(new Set(waits).size).toBeGreaterThan(100);
  expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(400);
  expect(attempt(NOT_TRIED, away)).toEqual(attempt(NOT_TRIED, away));
});

test('a receiver that refuses is tried four times', () => {
  let delivery = NOT_TRIED;
  for (let i = 0; i < 4; i++) {
    expect(delivery.status).toBe('waiting');
    delivery = attempt(delivery, { kind: 'refused', detail: '404' });
  }
  expect(delivery.status).toBe('given_up');
});

test('2xx is delivered, 410 disables, what will never be otherwise is given up at once', () => {
  expect(attempt(NOT_TRIED, { kind: 'delivered', detail: '204' }).status).toBe('delivered');
  expect(attempt(NOT_TRIED, { kind: 'gone', detail: '410' }).status).toBe('disabled');
  expect(attempt(NOT_TRIED, { kind: 'permanent', detail: '550' }).status).toBe('given_up');
});

const answered = (status: number, retryAfter?: string) =>
  verdictOf({ kind: 'answered', status, retryAfter, body: ' why ' }, Date.UTC(2026, 0, 1));

test.each([
  [200, 'delivered'],
  [204, 'delivered'],
  [301, 'refused'],
  [400, 'refused'],
  [404, 'refused'],
  [408, 'retryable'],
  [410, 'gone'],
  [429, 'retryable'],
  [500, 'retryable'],
  [503, 'retryable'],
])('status %i is %s', (status, kind) => {
  expect(answered(status).kind).toBe(kind);
});

test('Retry-After is read as seconds and as a date', () => {
  expect(answered(429, '7')).toEqual({ kind: 'retryable', detail: '429 why', retryAfterMs: 7000 });
  expect(answered(503, 'Thu, 01 Jan 2026 00:01:00 GMT')).toMatchObject({ retryAfterMs: 60_000 });
  expect(answered(503, 'soon')).toEqual({ kind: 'retryable', detail: '503 why' });
});

test('what did not answer is retried, what may not be reached is refused', () => {
  expect(verdictOf({ kind: 'failed', detail: 'ECONNREFUSED' }, 0).kind).toBe('retryable');
  expect(verdictOf({ kind: 'refused', detail: 'private' }, 0).kind).toBe('refused');
});

test('a receiver that forgets is known by what it took', () => {
  const taken: Verdict = { kind: 'delivered', detail: '200' };
  expect(attempt(NOT_TRIED, { ...taken, isRenewed: true }).isRenewed).toBe(true);
  expect(attempt(NOT_TRIED, taken)).not.toHaveProperty('isRenewed');
});
