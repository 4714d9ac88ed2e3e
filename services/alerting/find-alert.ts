import { TidemarkError } from '../kernel/errors.ts';
import type { AlertState } from './core/alert/episode.ts';
import { parseStored } from './core/partition/restore.ts';
import type { AlertStore, UpdateLog } from './ports.ts';

/** One alert, whichever process owns it. @throws as `findAlert` */
export type FindAlert = (id: string) => Promise<AlertState | undefined>;

/**
 * Looks an alert up by its fingerprint: one document is read, however many there are. Its id does not say in which partition
 * it lies, so each is asked for that one key.
 * @throws redis_unavailable; rebuilding where it is not found and the state of a partition is not there
 */
export function alertFinder(ports: {
  readonly store: Pick<AlertStore, 'document'>;
  readonly updates: Pick<UpdateLog, 'partitions'>;
}): FindAlert {
  return async (id) => {
    const count = await ports.updates.partitions();
    const numbers = Array.from({ length: count }, (_, partition) => partition);
    const answers = await Promise.all(
      numbers.map((partition) => ports.store.document(partition, id)),
    );
    const found = answers.find((one) => one !== undefined && one !== 'unknown');
    if (found) return parseStored(found);
    if (answers.includes(undefined))
      throw new TidemarkError('rebuilding', 'alerts are being read from the log');
    return undefined;
  };
}
