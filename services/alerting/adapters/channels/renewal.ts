import type { Logger } from '../../../platform/logger.ts';
import type { Telemetry } from '../../../platform/telemetry.ts';
import { startRounds } from '../../rounds.ts';

const RENEW_EVERY_MS = 60_000;

/** A receiver that was not told again, and why. */
export type NotRenewed = { readonly receiver: string; readonly detail: string };

/** Calls `renew` every minute, never twice at a time; what it says went wrong is told and tried again the next minute. */
export function startRenewal(
  renew: () => Promise<readonly NotRenewed[]>,
  of: { readonly logger: Logger; readonly telemetry: Telemetry },
  everyMs = RENEW_EVERY_MS,
): { readonly stop: () => Promise<void> } {
  return startRounds(renewalRound(renew, of), everyMs);
}

/** One round. Each fault is counted each time, and logged when it begins: a minute later it is no news. */
export function renewalRound(
  renew: () => Promise<readonly NotRenewed[]>,
  { logger, telemetry }: { readonly logger: Logger; readonly telemetry: Telemetry },
): () => Promise<void> {
  const failed = telemetry.counter(
    'receiver_renewals_failed_total',
    'Times that a receiver that forgets was not told again what it has to keep.',
    ['receiver'],
  );
  let known: ReadonlySet<string> = new Set();
  return async () => {
    try {
      const faults = await renew();
      const now = new Map(faults.map((fault) => [`${fault.receiver} ${fault.detail}`, fault]));
      for (const { receiver } of faults) failed.inc({ receiver });
      for (const [key, fault] of now)
        if (!known.has(key))
          logger.warn(fault, 'a receiver was not told again what it has to keep');
      known = new Set(now.keys());
    } catch (error) {
      logger.error({ err: error }, 'receivers were not told again what they have to keep');
    }
  };
}
