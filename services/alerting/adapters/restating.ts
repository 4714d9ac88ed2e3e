import { MINUTE_MS } from '../../kernel/time.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Unsubscribed } from '../core/people/unsubscribed.ts';
import { startRounds } from '../rounds.ts';
import { restateFollowings } from '../unsubscribed.ts';

/** One question of the broker each, unless something was said or grew old. */
const RESTATE_EVERY_MS = 10 * MINUTE_MS;

/**
 * Keeps unsubscriptions from being forgotten with the records that said them, for as long as it runs; what fails is
 * logged and tried again.
 * @param of.kept undefined where another process answers for it
 */
export function startRestating(
  ports: Parameters<typeof restateFollowings>[0],
  of: {
    readonly kept: () => Unsubscribed | undefined;
    readonly logger: Logger;
    readonly everyMs?: number;
  },
): { readonly stop: () => Promise<void> } {
  return startRounds(async () => {
    const kept = of.kept();
    if (!kept) return;
    try {
      const count = await restateFollowings(ports, kept);
      if (count > 0) of.logger.info({ count }, 'what people said about following was restated');
    } catch (error) {
      of.logger.error({ err: error }, 'what people said about following was not restated');
    }
  }, of.everyMs ?? RESTATE_EVERY_MS);
}
