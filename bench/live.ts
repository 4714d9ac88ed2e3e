import { benchMetrics } from './orders/catalog.ts';
import { VERSION } from './orders/filled.ts';
import { compareCells, expectedCells } from './orders/oracle.ts';
import { orders, ORDERS_PER_SECOND } from './orders/workload.ts';
import { measureLive } from './support/live-run.ts';
import type { LiveFigures } from './support/live-run.ts';
import { startWorker, untilCounted } from './support/worker.ts';
import { makeTopic } from './support/world.ts';
import type { World } from './support/world.ts';

/** Job A at an even 20,000 events a second, straight into Kafka. */
export type LiveRun = LiveFigures & { readonly cells: number; readonly wrongCells: number };

const METRICS = benchMetrics(2, VERSION);

export async function benchLive(world: World): Promise<readonly LiveRun[]> {
  const results: LiveRun[] = [];
  for (let run = 0; run < world.runs; run++) {
    const prefix = `bench-live-${run}.`;
    const topic = await makeTopic(world, prefix);
    await world.redis.flushdb();
    const job = { prefix, topic, metrics: METRICS };
    const worker = startWorker(world, job);
    try {
      await untilCounted(
        world,
        { ...job, what: 'cursors', everyMs: 20, workers: [worker] },
        (counted) => counted !== undefined,
      );
      const seconds = world.isQuick ? 5 : 20;
      const { figures, workload } = await measureLive(world, {
        ...job,
        worker,
        seconds,
        seed: 1_000 + run,
        name: `live-${run}`,
      });
      const { cells, wrong, example } = await compareCells(world.redis, {
        ...job,
        expected: expectedCells(orders(workload), METRICS),
      });
      results.push({ ...figures, cells, wrongCells: wrong });
      world.note(
        `live at ${ORDERS_PER_SECOND} events/s: ${liveLine(figures)}, ${wrong} of ${cells} cells wrong${example ? ` (${example})` : ''}`,
      );
    } finally {
      await worker.stop();
    }
  }
  return results;
}

export const liveLine = ({ visible, nodeMicros, redisMicros, kafkaMicros }: LiveFigures): string =>
  `visible p50 ${visible.p50} p99 ${visible.p99} max ${visible.max} ms, ` +
  `Node ${nodeMicros?.toFixed(2)} + Redis ${redisMicros?.toFixed(2)} (Kafka ${kafkaMicros?.toFixed(2)}) µs per event`;
