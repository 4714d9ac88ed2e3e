import { join } from 'node:path';
import { benchLatency } from './latency.ts';
import type { Beside, LatencyRun } from './latency.ts';
import { startChild } from './support/child.ts';
import { startProfile } from './support/profiled.ts';
import type { ReadersFigures, ReadersTask } from './support/readers-child.ts';
import type { ServiceTask } from './support/service-child.ts';
import { environmentOf } from './support/world.ts';
import type { World } from './support/world.ts';

/** Event → value in Redis with a console beside it that nobody asks, and one that many read; one after the other, several times. */
export type ReadersRun = ReadersFigures & {
  readonly readers: number;
  readonly eventsPerSecond: number;
  /** Milliseconds from when the event was due. */
  readonly alone: LatencyRun['redis'];
  readonly read: LatencyRun['redis'];
  readonly lost: number;
};

const READERS = 200;
/** Each looks at a page that follows the stream, and asks a question this often. */
const ASKS_EVERY_MS = 2_000;
const ROUNDS = 3;

export async function benchReaders(world: World): Promise<readonly ReadersRun[]> {
  const runs: ReadersRun[] = [];
  for (let round = 0; round < (world.isQuick ? 1 : ROUNDS); round++) {
    const alone = await benchLatency(world, {
      name: `alone-${round}`,
      beside: consoleWith(world, 0),
    });
    let figures: ReadersFigures | undefined;
    const beside = consoleWith(world, READERS, (found) => (figures = found));
    const read = await benchLatency(world, { name: `read-${round}`, beside });
    if (!figures) throw new Error('the readers said nothing');
    runs.push({
      ...figures,
      readers: READERS,
      eventsPerSecond: read.eventsPerSecond,
      alone: alone.redis,
      read: read.redis,
      lost: alone.lost + read.lost,
    });
    world.note(
      `${READERS} readers: ${figures.answered} answers (${figures.failed} failed), p99 ${figures.p99} ms; event → value p99 ${alone.redis.p99} → ${read.redis.p99} ms`,
    );
  }
  return runs;
}

/** A console in a process of its own, and its readers in another. */
const consoleWith =
  (world: World, readers: number, found: (figures: ReadersFigures) => void = () => {}): Beside =>
  async ({ prefix, catalog }) => {
    const task: ServiceTask = {
      env: environmentOf(world.servers, prefix),
      services: ['console'],
      catalog,
    };
    const logPath = join(world.outputDir, 'readers.log');
    const served = startChild({ file: 'support/service-child.ts', task, logPath });
    const { url } = await served.next<{ kind: 'ready'; url: string }>('ready');
    if (readers === 0) return () => served.stop();
    const reading: ReadersTask = { url, readers, asksEveryMs: ASKS_EVERY_MS };
    const child = startChild({ file: 'support/readers-child.ts', task: reading, logPath });
    await child.next('ready');
    const startedMs = performance.now();
    const ends = [
      startProfile(world, served, 'readers-console'),
      startProfile(world, child, 'readers-people'),
    ];
    return async () => {
      for (const end of ends) await end((performance.now() - startedMs) / 1_000, 'second');
      child.send({ kind: 'finish' });
      found((await child.next<{ kind: 'figures'; figures: ReadersFigures }>('figures')).figures);
      await child.stop();
      await served.stop();
    };
  };
