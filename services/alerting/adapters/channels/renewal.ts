import type { Logger } from '../../../platform/logger.ts';
import { startRounds } from '../../rounds.ts';

const RENEW_EVERY_MS = 60_000;

/** Calls `renew` every minute, never twice at a time; what it says went wrong is logged and tried again the next minute. */
export function startRenewal(
  renew: () => Promise<readonly { readonly receiver: string; readonly detail: string }[]>,
  logger: Logger,
  everyMs = RENEW_EVERY_MS,
): { readonly stop: () => Promise<void> } {
  return startRounds(async () => {
    try {
      for (const fault of await renew())
        logger.warn(fault, 'a receiver was not told again what it has to keep');
    } catch (error) {
      logger.error({ err: error }, 'receivers were not told again what they have to keep');
    }
  }, everyMs);
}
