import { benchMetrics } from './orders/catalog.ts';
import { VERSION } from './orders/filled.ts';
import type { FilledTopic } from './orders/filled.ts';
import { compareCells } from './orders/oracle.ts';
import { countedBy, cursorsOf, startWorker, untilCounted } from './support/worker.ts';
import { until } from './support/world.ts';
import type { World } from './support/world.ts';

/** A worker at full load is killed, and a new process started at once. */
export type KillRun = {
  readonly sessionTimeoutMs: number;
  /** From the kill to the first value that moves on. */
  readonly firstValueMs: number;
  /** From the kill until records of every partition count again. */
  readonly allPartitionsMs: number;
  /** Events that the new process had to look at again for their ids. */
  readonly eventsBefore: number;
  readonly cells: number;
  readonly wrongCells: number;
};

const METRICS = benchMetrics(2, VERSION);
/** The first where the broker allows it (group.min.session.timeout.ms), the second with Kafka's defaults. */
const SESSION_TIMEOUTS_MS = [1_500, 6_000];
const KILL_AT_SHARE = 0.4;
/** What the killed process had sent lands within this, and no new process can have begun. */
const SETTLE_MS = 100;
const WITHIN_MS = 60_000;

export async function benchKill(world: World, main: FilledTopic): Promise<readonly KillRun[]> {
  const expected = main.expect(METRICS.length, 'once');
  const results: KillRun[] = [];
  for (const sessionTimeoutMs of SESSION_TIMEOUTS_MS)
    for (let run = 0; run < world.runs; run++) {
      const found = await killOnce(world, { main, sessionTimeoutMs });
      const { cells, wrong } = await compareCells(world.redis, {
        prefix: main.prefix,
        metrics: METRICS,
        expected,
      });
      const { firstValueMs, allPartitionsMs, eventsBefore } = found;
      results.push({ sessionTimeoutMs, ...found, cells, wrongCells: wrong });
      world.note(
        `kill -9 after ${eventsBefore} events, session ${sessionTimeoutMs} ms: first value after ${Math.round(firstValueMs)} ms, of all partitions after ${Math.round(allPartitionsMs)} ms, ${wrong} of ${cells} cells wrong`,
      );
    }
  return results;
}

async function killOnce(
  world: World,
  options: { readonly main: FilledTopic; readonly sessionTimeoutMs: number },
): Promise<Pick<KillRun, 'firstValueMs' | 'allPartitionsMs' | 'eventsBefore'>> {
  const { events, prefix } = options.main;
  const job = {
    prefix,
    metrics: METRICS,
    env: { TIDEMARK_SESSION_TIMEOUT_MS: String(options.sessionTimeoutMs) },
  };
  await world.redis.flushdb();
  const first = startWorker(world, job);
  await untilCounted(
    world,
    { ...job, what: 'full load', everyMs: 5, workers: [first] },
    (counted = 0) => counted >= events * KILL_AT_SHARE,
  );
  first.kill();
  const killedMs = performance.now();
  const second = startWorker(world, job);
  try {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const before = (await countedBy(world, job)) ?? 0;
    const cursors = await cursorsOf(world, job);
    const watched = { ...job, workers: [second] };
    await untilCounted(
      world,
      { ...watched, what: 'the first new value', everyMs: 5 },
      (counted = 0) => counted > before,
    );
    const firstValueMs = performance.now() - killedMs;
    await until(
      'values of every partition',
      { everyMs: 50, withinMs: WITHIN_MS, isHopeless: second.hasEnded },
      async () =>
        (await cursorsOf(world, job)).every((next, i) => next > (cursors[i] ?? 0)) || undefined,
    );
    const allPartitionsMs = performance.now() - killedMs;
    await untilCounted(
      world,
      { ...watched, what: 'catching up after the kill', everyMs: 50 },
      (counted) => counted === events,
    );
    return { firstValueMs, allPartitionsMs, eventsBefore: before };
  } finally {
    await second.stop();
  }
}
