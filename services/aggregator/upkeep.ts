import type { DurationMs, EpochMs } from '../kernel/time.ts';
import type { Clock, SourceConsumer, SourceHandlers, WorkerObserver } from './ports.ts';

const RETRY_AFTER_MS = 250;
const SILENCE_MS_MAX = 60_000;
/** A partition that stays silent after a start is given twice as long each time, so that it does not keep the others from work. */
const SILENCE_MS_LONGEST = 3_600_000;

/** Keeps a consumer running. */
export type Upkeep = {
  /** Resolves once it runs, or is stopped. */
  readonly start: () => Promise<void>;
  /**
   * Called every few seconds with how many records there are to read of each partition. A consumer that has given nothing
   * of one for a minute while there is something is dead in a living process, or has lost sight of it: it is started again.
   */
  readonly supervise: (toRead: ReadonlyMap<number, number>, nowMs: EpochMs) => void;
  readonly stop: () => Promise<void>;
};

/** @param handlers `onLost`: the partitions are no longer mine, and no new assignment has come yet */
export function createUpkeep(
  ports: {
    readonly consumer: SourceConsumer;
    readonly observer: Pick<WorkerObserver, 'restarted'>;
    readonly clock: Clock;
  },
  topic: string,
  handlers: Omit<SourceHandlers, 'onCrash'> & { readonly onLost: () => void },
): Upkeep {
  const { consumer, observer, clock } = ports;
  let stopped = false;
  /** By partition: since when nothing came, as far as was looked. */
  const silentSince = new Map<number, EpochMs>();
  const patienceMs = new Map<number, DurationMs>();

  const start = async (): Promise<void> => {
    while (!stopped) {
      try {
        return await consumer.run(topic, {
          onAssigned: handlers.onAssigned,
          onBatch(batch) {
            silentSince.delete(batch.partition);
            patienceMs.delete(batch.partition);
            return handlers.onBatch(batch);
          },
          onCrash: (error) => void revive(error),
        });
      } catch (error) {
        observer.restarted(topic, error);
        await clock.sleep(RETRY_AFTER_MS);
      }
    }
  };

  const revive = async (reason: unknown): Promise<void> => {
    observer.restarted(topic, reason);
    handlers.onLost();
    await clock.sleep(RETRY_AFTER_MS);
    await start();
  };

  const patienceOf = (partition: number): DurationMs => patienceMs.get(partition) ?? SILENCE_MS_MAX;
  const startAgain = (partition: number, records: number): void => {
    const waitedMs = patienceOf(partition);
    silentSince.clear();
    patienceMs.set(partition, Math.min(2 * waitedMs, SILENCE_MS_LONGEST));
    const silence = `no batch for ${waitedMs / 1000} s of partition ${partition}`;
    void revive(new Error(`${silence}, with ${records} records to read`));
  };

  return {
    start,
    supervise(toRead, nowMs) {
      for (const [partition, records] of toRead) {
        const sinceMs = silentSince.get(partition);
        // A wall clock that was put back would make a long silence of the time until it has caught up.
        if (records === 0) silentSince.delete(partition);
        else if (sinceMs === undefined || nowMs < sinceMs) silentSince.set(partition, nowMs);
        else if (nowMs - sinceMs >= patienceOf(partition)) return startAgain(partition, records);
      }
    },
    async stop() {
      stopped = true;
      await consumer.stop();
    },
  };
}
