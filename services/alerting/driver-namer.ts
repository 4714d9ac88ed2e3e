import type { DurationMs } from '../kernel/time.ts';
import { askWhy, driversOf, namedIn } from './core/alert/drivers.ts';
import type { AlertState } from './core/alert/episode.ts';
import type { Emitted } from './core/partition/partition.ts';
import type { PartitionState } from './core/partition/partition-state.ts';
import { parseStored } from './core/partition/restore.ts';
import type { AlertStore, UpdateLog } from './ports.ts';

/**
 * A metric and its drivers tick in the same second, in different partitions: so long is waited for the others to be judged
 * before the parent's message is frozen. Only messages that have drivers to name wait.
 */
const OTHERS_WAIT_MS: DurationMs = 250;

export type NameDrivers = (
  state: PartitionState,
  emitted: readonly Emitted[],
) => Promise<readonly Emitted[]>;

/**
 * Names in the message of an alert that has just fired those of its metric's drivers that explain it. The alerts of drivers
 * lie in other partitions, perhaps of another process, so what is found is what is known at this moment: it decides
 * words, never whether anybody is told. Without an answer of the store the message goes without it.
 */
export function driverNamer(ports: {
  readonly store: Pick<AlertStore, 'documents'>;
  readonly updates: Pick<UpdateLog, 'partitions'>;
  readonly pause: (ms: DurationMs) => Promise<void>;
  /** Alerts of this process, by partition. */
  readonly own: () => ReadonlyMap<number, Iterable<AlertState>>;
}): NameDrivers {
  const known = async (): Promise<readonly AlertState[]> => {
    const own = ports.own();
    const count = await ports.updates.partitions();
    const foreign = Array.from({ length: count }, (_, i) => i).filter((one) => !own.has(one));
    const stored = await Promise.all(foreign.map(ports.store.documents));
    return [
      ...[...own.values()].flatMap((alerts) => [...alerts]),
      ...stored.flatMap((documents) => (documents ?? []).map(parseStored)),
    ];
  };
  return async (state, emitted) => {
    const asking = askWhy(state, emitted);
    if (asking.length === 0) return emitted;
    await ports.pause(OTHERS_WAIT_MS);
    const others = await known().catch((): readonly AlertState[] => []);
    return asking.reduce(
      (so, { alert, plan }) =>
        namedIn(state, so, { alert: alert.id, drivers: driversOf(alert, plan, others) }),
      emitted,
    );
  };
}
