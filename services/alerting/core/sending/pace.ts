import type { ReceiverDefinition, ReceiverType } from '../../../kernel/definitions.ts';
import { MINUTE_MS, SECOND_MS } from '../../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../../kernel/time.ts';

/** At most `count` messages within any time of this length. The first of a list is the one that is spared for digests. */
export type RateLimit = { readonly count: number; readonly perMs: DurationMs };

/**
 * What the services allow a destination. Those that punish (DingTalk is silent for ten minutes) are given their minute and
 * five seconds more, their second and half a one: requests do not take equally long to arrive.
 * docs/how-to/chat-channels.md tells users of it.
 */
const LIMITS: Readonly<Record<ReceiverType, readonly RateLimit[]>> = {
  slack: [
    { count: 60, perMs: MINUTE_MS },
    { count: 5, perMs: 5 * SECOND_MS },
  ],
  feishu: [
    { count: 100, perMs: MINUTE_MS + 5 * SECOND_MS },
    { count: 5, perMs: 1.5 * SECOND_MS },
  ],
  dingtalk: [{ count: 20, perMs: MINUTE_MS + 5 * SECOND_MS }],
  wecom: [{ count: 20, perMs: MINUTE_MS + 5 * SECOND_MS }],
  email: [],
  webhook: [],
  alertmanager: [],
  browser: [],
};

/** The receiver's own rate, else its type's. Empty: no limit. */
export const limitsOf = (receiver: ReceiverDefinition): readonly RateLimit[] =>
  receiver.rate ? [receiver.rate] : LIMITS[receiver.type];

/**
 * Bytes of all lines of a digest, well within the channel's message. Undefined: not merged, each waits for its turn (other
 * programs read those).
 */
export function digestBytesOf(receiver: ReceiverDefinition): number | undefined {
  switch (receiver.type) {
    case 'slack':
      return 9_000;
    case 'feishu':
    case 'dingtalk':
      return 16_000;
    case 'wecom':
      return 3_200;
    case 'email':
      return 100_000;
    case 'webhook':
      return receiver.format === 'standard' ? 100_000 : undefined;
    case 'alertmanager':
    case 'browser':
      return undefined;
  }
}

/**
 * Of a limit's turns a fourth is kept for digests: a storm must not use up what its summary needs. Those are taken with a
 * pause before each, in which messages gather.
 */
export const reserveOf = ({ count, perMs }: RateLimit) => {
  const turns = Math.floor(count / 4);
  return { turns, pauseMs: turns === 0 ? 0 : Math.floor(perMs / (turns + 1)) };
};
/** How many more may be taken one by one without a pause. @param used turns within each of the limits */
export const spareTurns = (limits: readonly RateLimit[], used: readonly number[]): number =>
  Math.min(
    ...limits.map((limit, i) => {
      const kept = i === 0 ? reserveOf(limit).turns : 0;
      return Math.max(0, limit.count - (used[i] ?? 0) - kept);
    }),
  );

const HALF_HOUR_MS = 30 * MINUTE_MS;
const CONGESTED_MS = 10 * SECOND_MS;

/**
 * Feishu is congested at whole and half hours (11232), when every scheduled job of its users speaks: messages of their
 * first ten seconds are spread over the ten seconds after.
 * @param chance from 0 to 1, exclusive @returns how long to wait; 0 outside
 */
export function congestionWaitMs(nowMs: EpochMs, chance: number): DurationMs {
  const sinceMs = nowMs % HALF_HOUR_MS;
  return sinceMs < CONGESTED_MS ? CONGESTED_MS - sinceMs + Math.floor(chance * CONGESTED_MS) : 0;
}
