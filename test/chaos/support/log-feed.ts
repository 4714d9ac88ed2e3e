import type { WrittenEvent } from '../../support/event-log.ts';
import { anOrder } from '../../support/order-events.ts';
import { seededRandom } from '../../support/tcp-proxy.ts';
import type { World } from './world.ts';

/** Orders put straight into the log, where ingest is not what is tested; the same for the same seed but for their times. */
export type LogFeed = {
  /** Writes so many orders into every partition. */
  readonly write: (perPartition: number) => Promise<void>;
  /** Writes small batches until `stop`, one after the other. */
  readonly run: () => void;
  readonly stop: () => Promise<void>;
};

const RUN_BATCH = 8;
const RUN_PAUSE_MS = 50;
const AGE_MS_MAX = 120_000;

export function logFeed(world: World, options: { name: string; seed: number }): LogFeed {
  const random = seededRandom(options.seed);
  let number = 0;
  let isStopped = false;
  let running: Promise<void> = Promise.resolve();

  const next = (): WrittenEvent => {
    const over = {
      amount: Math.floor(random() * 100_000),
      store: `S${Math.floor(random() * 5)}`,
      status: random() < 0.1 ? 'cancelled' : 'booked',
    };
    const time = Date.now() - Math.floor(random() * AGE_MS_MAX);
    return anOrder(`${options.name}-${++number}`, time, over);
  };
  /** One in ten comes twice. */
  const batch = (count: number): readonly WrittenEvent[] =>
    Array.from({ length: count }, next).flatMap((event) =>
      random() < 0.1 ? [event, event] : [event],
    );
  const write = async (perPartition: number): Promise<void> => {
    const partitions = await world.log.bounds();
    await Promise.all(
      partitions.map(({ partition }) => world.log.events(partition, batch(perPartition))),
    );
  };
  return {
    write,
    run() {
      isStopped = false;
      const go = async (): Promise<void> => {
        while (!isStopped) {
          await write(RUN_BATCH);
          await new Promise((resolve) => setTimeout(resolve, RUN_PAUSE_MS));
        }
      };
      running = go();
    },
    async stop() {
      isStopped = true;
      await running;
    },
  };
}
