import { liveLine } from './live.ts';
import { benchMetrics } from './orders/catalog.ts';
import { VERSION } from './orders/filled.ts';
import type { FilledTopic } from './orders/filled.ts';
import { compareCells, expectedCells } from './orders/oracle.ts';
import { allOf, orders } from './orders/workload.ts';
import { measureLive } from './support/live-run.ts';
import type { LiveFigures } from './support/live-run.ts';
import type { CatalogChange } from './support/service-child.ts';
import { startWorker, untilCounted } from './support/worker.ts';
import { recordsIn } from './support/world.ts';
import type { World } from './support/world.ts';

/** Two metrics of the whole log are added while two others count live. */
export type BackfillRun = {
  readonly eventsBefore: number;
  readonly alone: LiveFigures;
  readonly beside: LiveFigures;
  /** From the catalogue's change until the new metrics are level with the log. */
  readonly seconds: number;
  readonly cells: number;
  readonly wrongCells: number;
};

const OLD = benchMetrics(2, VERSION);
const ALL = benchMetrics(4, VERSION);
const LOOK_EVERY_MS = 100;
/** Of the second load: code is warm, the load is under way. */
const ADD_AFTER_MS = 5_000;

/** Appends to the topic: benches that count it from its start come before. */
export async function benchBackfill(
  world: World,
  main: FilledTopic,
): Promise<readonly BackfillRun[]> {
  await world.redis.flushdb();
  const { prefix, topic } = main;
  const job = { prefix, topic, metrics: OLD };
  const worker = startWorker(world, job);
  const level = async (metrics: typeof ALL): Promise<true> => {
    const total = await recordsIn(world, topic);
    return untilCounted(
      world,
      { prefix, metrics, what: 'the end of the log', everyMs: LOOK_EVERY_MS, workers: [worker] },
      (counted) => counted === total,
    );
  };
  try {
    await level(OLD);
    const live = { ...job, worker, seconds: world.isQuick ? 5 : 20 };
    const alone = await measureLive(world, { ...live, seed: 2_001, name: 'live-alone' });
    world.note(`live, alone: ${liveLine(alone.figures)}`);
    let addedMs = 0;
    const add = setTimeout(() => {
      addedMs = performance.now();
      const catalog = { kind: 'orders', metrics: ALL.length, version: VERSION } as const;
      worker.send({ kind: 'catalog', catalog } satisfies CatalogChange);
    }, ADD_AFTER_MS);
    const beside = await measureLive(world, { ...live, seed: 2_002, name: 'live-beside' });
    clearTimeout(add);
    await level(ALL);
    const seconds = (performance.now() - addedMs) / 1000;
    const { cells, wrong } = await compareCells(world.redis, {
      prefix,
      metrics: ALL,
      expected: expectedCells(
        allOf(orders(main.workload), orders(alone.workload), orders(beside.workload)),
        ALL,
      ),
    });
    world.note(
      `live, beside a backfill of ${main.events} events (${seconds.toFixed(1)} s): ${liveLine(beside.figures)}, ${wrong} of ${cells} cells wrong`,
    );
    return [
      {
        eventsBefore: main.events,
        alone: alone.figures,
        beside: beside.figures,
        seconds,
        cells,
        wrongCells: wrong,
      },
    ];
  } finally {
    await worker.stop();
  }
}
