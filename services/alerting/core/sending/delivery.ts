import { hashText } from '../../../kernel/hash.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../../kernel/time.ts';

/** What came of one attempt. `retryAfterMs` is what the receiver asked for. */
export type Verdict =
  | {
      readonly kind: 'delivered';
      readonly detail: string;
      /** The receiver forgets: it is told again what it has to keep. */
      readonly isRenewed?: true;
    }
  | { readonly kind: 'retryable'; readonly detail: string; readonly retryAfterMs?: DurationMs }
  /** An answer that waiting hardly cures (a redirect, most 4xx): tried a few times more. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** It will be the same every time, such as SMTP's 550: given up at once. */
  | { readonly kind: 'permanent'; readonly detail: string }
  /** 410: the receiver wants nothing more. */
  | { readonly kind: 'gone'; readonly detail: string };

/** How a message stands. Times are epoch ms of the delivering process. */
export type Delivery = {
  readonly status: 'waiting' | 'delivered' | 'given_up' | 'disabled';
  readonly attempts: number;
  readonly firstAttemptMs: EpochMs | null;
  readonly nextAttemptMs: EpochMs;
  /** What the last attempt met, without secrets. */
  readonly detail: string;
  /** As the verdict has it. Documents of before have none. */
  readonly isRenewed?: true;
};
export const NOT_TRIED: Delivery = {
  status: 'waiting',
  attempts: 0,
  firstAttemptMs: null,
  nextAttemptMs: 0,
  detail: '',
};

/**
 * Waits between attempts: published, so that a receiver knows for how long it may be away (about three days).
 * @see Standard Webhooks, "Deliverability and reliability"
 */
export const RETRY_SCHEDULE_MS: readonly DurationMs[] = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  DAY_MS,
];
/** By how much a wait may be longer than the schedule has it. */
const JITTER_MAX = 0.1;

/**
 * A receiver that comes back is not met by all that waited at once. Of the message and the attempt, not of chance: whoever
 * takes the message over waits as long.
 * @returns ms, whole, from `waitMs` to a tenth more
 */
const spread = (waitMs: DurationMs, messageId: string, attempts: number): DurationMs => {
  const share = Number.parseInt(hashText(`${messageId} ${attempts}`).slice(0, 4), 16) / 0x1_0000;
  return waitMs + Math.floor(waitMs * JITTER_MAX * share);
};

/** Attempts at a receiver that refuses. */
const REFUSALS_MAX = 4;
/** A receiver may ask for more time, but not for ever. */
const RETRY_AFTER_MAX_MS = DAY_MS;

/** The delivery after an attempt. Pure. */
export function afterAttempt(
  delivery: Delivery,
  verdict: Verdict,
  at: { nowMs: EpochMs; schedule: readonly DurationMs[]; messageId: string },
): Delivery {
  const attempts = delivery.attempts + 1;
  const next = {
    attempts,
    firstAttemptMs: delivery.firstAttemptMs ?? at.nowMs,
    nextAttemptMs: at.nowMs,
    detail: verdict.detail,
  };
  if (verdict.kind === 'delivered')
    return {
      ...next,
      status: 'delivered',
      ...(verdict.isRenewed ? { isRenewed: verdict.isRenewed } : {}),
    };
  if (verdict.kind === 'gone') return { ...next, status: 'disabled' };
  if (verdict.kind === 'permanent') return { ...next, status: 'given_up' };
  const plannedMs = at.schedule[attempts - 1];
  if (plannedMs === undefined || (verdict.kind === 'refused' && attempts >= REFUSALS_MAX))
    return { ...next, status: 'given_up' };
  const waitMs = spread(plannedMs, at.messageId, attempts);
  const askedMs =
    verdict.kind === 'retryable' ? Math.min(verdict.retryAfterMs ?? 0, RETRY_AFTER_MAX_MS) : 0;
  return { ...next, status: 'waiting', nextAttemptMs: at.nowMs + Math.max(waitMs, askedMs) };
}

export const isSettled = (delivery: Delivery | undefined): boolean =>
  delivery !== undefined && delivery.status !== 'waiting';
