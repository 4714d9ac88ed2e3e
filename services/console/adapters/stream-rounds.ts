import type { Ledger } from '../../platform/catalog/ledger.ts';
import type { Platform } from '../../platform/platform.ts';
import { repeat } from './repeat.ts';
import { changedNames } from '../core/catalog/changes.ts';
import type { Known } from '../core/catalog/changes.ts';
import type { ConsoleReads } from '../service.ts';
import { ROUND_EVERY_MS } from '../stream-hub.ts';
import type { StreamHub } from '../stream-hub.ts';

/** Tells those who watch, each round, what has changed; all of it anew where another version of a metric is shown. */
export function streamRounds({
  reads,
  hub,
  ledger,
  logger,
}: {
  readonly reads: Pick<ConsoleReads, 'hasSwapped'>;
  readonly hub: Pick<StreamHub, 'reset' | 'round' | 'onCatalog'>;
  /** undefined: the catalogue is no topic, and tells nothing of its documents. */
  readonly ledger: Platform['catalog']['ledger'];
  readonly logger: Platform['logger'];
}): ReturnType<typeof repeat> {
  let known = ledger?.current();
  const catalogChanges = (): readonly string[] => {
    const [before, after] = [known, ledger?.current()];
    known = after;
    return before === after ? [] : changedNames(documentsOf(before), documentsOf(after));
  };
  return repeat(
    ROUND_EVERY_MS,
    async () => {
      if (await reads.hasSwapped()) hub.reset('a metric is shown in another version');
      hub.onCatalog(catalogChanges());
      await hub.round();
    },
    (error) => logger.error({ err: error }, 'a round of the stream failed'),
  );
}

const documentsOf = (ledger: Ledger | undefined): Known =>
  ledger ? [ledger.lives, ledger.entries] : [];
