import { runTidemark } from './catch-up-run.ts';
import { benchMetrics } from './orders/catalog.ts';
import type { BenchMetric } from './orders/catalog.ts';
import { fillOrders, VERSION } from './orders/filled.ts';
import type { FilledTopic } from './orders/filled.ts';
import { cellsOfMetrics, minuteCells } from './orders/oracle.ts';
import { runKafkaStreams } from './peers/kafka-streams-run.ts';
import { runKafkajs } from './peers/kafkajs-run.ts';
import type { CatchUpRun } from './support/catch-up-figures.ts';
import type { World } from './support/world.ts';

const SMALL_PREFIX = 'bench-catch-up-small.';
const JOBS = { A: 2, B: 10 };
const REPEATS = ['each time', 'once'] as const;
/** Peers are slow, and differ little from run to run; what they need while repeats count each time is no bar. */
const PEER_RUNS_MAX = { once: 3, 'each time': 1 };

/** Each program counts the same topic from its start, checked cell by cell against the oracle. */
export async function benchCatchUp(
  world: World,
  main: FilledTopic,
): Promise<readonly CatchUpRun[]> {
  const results: CatchUpRun[] = [];
  const keep = (run: CatchUpRun): void => {
    results.push(run);
    world.note(line(run));
  };
  const all = main.expect(JOBS.B, 'once');
  for (const [job, count] of Object.entries(JOBS)) {
    const metrics = benchMetrics(count, VERSION);
    const expected = cellsOfMetrics(all, metrics);
    for (let run = 0; run < world.runs; run++) {
      const name = `catch-up-${job}-${run}`;
      keep(await runTidemark(world, { ...main, metrics, expected, name }));
    }
  }
  if (world.isProfiled) return results;
  const runsOf = (repeats: 'once' | 'each time'): number =>
    Math.min(world.runs, PEER_RUNS_MAX[repeats]);
  for (const repeats of REPEATS) {
    const expected = minuteCells(repeats === 'once' ? all : main.expect(JOBS.A, repeats), JOB_A);
    for (let run = 0; run < runsOf(repeats); run++)
      keep(await runKafkaStreams(world, { ...main, repeats, expected }));
  }
  // It needs an order of magnitude more CPU, and no longer run to show it.
  const small = await fillOrders(world, SMALL_PREFIX, world.isQuick ? 200_000 : 1_000_000);
  for (const repeats of REPEATS) {
    const expected = minuteCells(small.expect(JOBS.A, repeats), JOB_A);
    for (let run = 0; run < runsOf(repeats); run++)
      keep(await runKafkajs(world, { ...small, repeats, expected }));
  }
  return results;
}

const JOB_A: readonly BenchMetric[] = benchMetrics(JOBS.A, VERSION);

const fixed = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(2));

const line = (run: CatchUpRun): string =>
  `catch-up ${run.program}, ${run.metrics} metrics, repeats ${run.repeats}: ${Math.round(run.eventsPerSecond)} events/s, ` +
  `${fixed((run.nodeMicros ?? NaN) + (run.redisMicros ?? NaN))} µs per event: process ${fixed(run.nodeMicros)} + ` +
  `Redis ${fixed(run.redisMicros)} (Kafka ${fixed(run.kafkaMicros)}), ${Math.round(run.memoryMebibytes ?? NaN)} MiB, ` +
  `${run.wrongCells} of ${run.cells} cells wrong${run.example ? ` (${run.example})` : ''}`;
