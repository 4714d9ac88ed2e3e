import type { EpochMs } from '../kernel/time.ts';
import type { Clock, SourceConsumer, SourceHandlers, WorkerObserver } from './ports.ts';

const RETRY_AFTER_MS = 250;
const SILENCE_MS_MAX = 60_000;

/** Keeps a consumer running. */
export type Upkeep = {
  /** Resolves once it runs, or is stopped. */
  readonly start: () => Promise<void>;
  /**
   * Called every few seconds with what there is to read. A consumer that has given nothing for a minute while there is
   * something is dead in a living process: it is started again.
   */
  readonly supervise: (lagRecords: number, nowMs: EpochMs) => void;
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
  let batches = 0;
  /** Unlike any number of batches, so that a minute passes from the first look on. */
  let seen = { batches: -1, atMs: 0 };

  const start = async (): Promise<void> => {
    while (!stopped) {
      try {
        return await consumer.run(topic, {
          onAssigned: handlers.onAssigned,
          onBatch(batch) {
            batches++;
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

  return {
    start,
    supervise(lagRecords, nowMs) {
      // A wall clock that was put back would make a long silence of the time until it has caught up.
      const isBack = nowMs < seen.atMs;
      if (lagRecords === 0 || batches !== seen.batches || isBack) seen = { batches, atMs: nowMs };
      if (nowMs - seen.atMs < SILENCE_MS_MAX) return;
      seen = { batches, atMs: nowMs };
      void revive(
        new Error(`no batch for ${SILENCE_MS_MAX / 1000} s, with ${lagRecords} records to read`),
      );
    },
    async stop() {
      stopped = true;
      await consumer.stop();
    },
  };
}
