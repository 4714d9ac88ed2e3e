import type { Platform } from '../../platform/platform.ts';
import { repeat } from './repeat.ts';
import type { ConsoleReads } from '../service.ts';
import { ROUND_EVERY_MS } from '../stream-hub.ts';
import type { StreamHub } from '../stream-hub.ts';

/** Tells those who watch, each round, what has changed; all of it anew where another version of a metric is shown. */
export const streamRounds = ({
  reads,
  hub,
  logger,
}: {
  readonly reads: Pick<ConsoleReads, 'hasSwapped'>;
  readonly hub: Pick<StreamHub, 'reset' | 'round'>;
  readonly logger: Platform['logger'];
}): ReturnType<typeof repeat> =>
  repeat(
    ROUND_EVERY_MS,
    async () => {
      if (await reads.hasSwapped()) hub.reset('a metric is shown in another version');
      await hub.round();
    },
    (error) => logger.error({ err: error }, 'a round of the stream failed'),
  );
