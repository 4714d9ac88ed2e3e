import type { Logger } from '../../../platform/logger.ts';

const RENEW_EVERY_MS = 60_000;

/** Calls `renew` every minute, never twice at a time; what it says went wrong is logged and tried again the next minute. */
export function startRenewal(
  renew: () => Promise<readonly { readonly receiver: string; readonly detail: string }[]>,
  logger: Logger,
  everyMs = RENEW_EVERY_MS,
): { readonly stop: () => Promise<void> } {
  let round: Promise<void> | undefined;
  const work = async (): Promise<void> => {
    try {
      for (const fault of await renew())
        logger.warn(fault, 'a receiver was not told again what it has to keep');
    } catch (error) {
      logger.error({ err: error }, 'receivers were not told again what they have to keep');
    } finally {
      round = undefined;
    }
  };
  const timer = setInterval(() => {
    round ??= work();
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await round;
    },
  };
}
