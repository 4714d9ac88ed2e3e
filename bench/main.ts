import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { javaCommand, repositoryDir, serversDirectory } from '../infra/bootstrap/prepare.mjs';
import { startServers } from '../services/platform/embedded/servers.ts';
import { benchEvaluation } from './alerting/evaluation.ts';
import { benchAlerting } from './alerting/pipeline.ts';
import { benchBackfill } from './backfill.ts';
import { benchCatchUp } from './catch-up.ts';
import { benchIdle } from './idle.ts';
import { benchIngest } from './ingest.ts';
import { benchKill } from './kill.ts';
import { benchLatency } from './latency.ts';
import { benchLive } from './live.ts';
import { fillOrders } from './orders/filled.ts';
import type { FilledTopic } from './orders/filled.ts';
import { benchPaint } from './paint.ts';
import { benchRead } from './read.ts';
import { benchReaders } from './readers.ts';
import { benchmarksPage } from './report.ts';
import { NOTHING } from './results.ts';
import type { BenchResults, Measured } from './results.ts';
import { commitOf, machineOf } from './support/machine.ts';
import { openWorld } from './support/world.ts';
import { benchWorkers } from './workers.ts';

const USAGE = `npm run bench -- [--quick] [--runs N] [--only PART,PART] [--keep] [--profile] [--output DIR] [--no-page]

  --quick      a fifth of the events, one run, rough figures; no page
  --runs N     runs of each bench, default 3; of peers 3 and 1, of workers, alerting, evaluation and backfill 1 at most
  --only ...   of catch-up, live, kill, workers, idle, read, paint (needs Chromium), ingest, latency,
               readers, alerting, evaluation, backfill
  --keep       the other parts' results are those of the last run in the same folder at the same commit
  --profile    writes CPU profiles of what catch-up, live, idle, read, readers and alerting measure and prints the functions that take most; they
               cost speed: no peers, no page
  --output DIR folder for logs, profiles, results and the servers' data, default test/output/bench; two benches at
               once need two

docs/benchmarks.md is written when every part has results.
`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    only: { type: 'string' },
    keep: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    output: { type: 'string' },
    page: { type: 'boolean', default: true },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
});
const isQuick = values.quick;
const runs = Number(values.runs ?? (isQuick ? 1 : 3));
const outputDir = resolve(values.output ?? join(repositoryDir, 'test', 'output', 'bench'));
const dataDir = join(outputDir, 'data');
const note = (text: string): void => void process.stderr.write(`${text}\n`);

/** Filled when a bench first needs it. */
let filling: Promise<FilledTopic> | undefined;
const main = (): Promise<FilledTopic> =>
  (filling ??= fillOrders(world, 'bench.', isQuick ? 1_000_000 : 5_000_000));

/** In this order; the last appends to what the others count. */
const PARTS = {
  'catch-up': async () => ({ catchUp: await benchCatchUp(world, await main()) }),
  live: async () => ({ live: await benchLive(world) }),
  kill: async () => ({ kill: await benchKill(world, await main()) }),
  workers: async () => ({ workers: await benchWorkers(world) }),
  idle: async () => ({ idle: await benchIdle(world) }),
  read: async () => ({ read: await benchRead(world) }),
  paint: async () => ({ paint: await benchPaint(world) }),
  ingest: async () => ({ ingest: await benchIngest(world) }),
  latency: async () => ({
    latency: await times(runs, (run) => benchLatency(world, { name: `${run}` })),
  }),
  readers: async () => ({ readers: await benchReaders(world) }),
  alerting: async () => ({
    alerting: await times(Math.min(runs, 1), (run) => benchAlerting(world, run)),
  }),
  evaluation: async () => ({ evaluation: [await benchEvaluation(world)] }),
  backfill: async () => ({ backfill: await benchBackfill(world, await main()) }),
} satisfies Record<string, () => Promise<Partial<Measured>>>;

/** However many runs of the others are asked for. */
const RUN_ONCE = new Set(['workers', 'read', 'paint', 'alerting', 'evaluation', 'backfill']);

const wanted = values.only?.split(',') ?? Object.keys(PARTS);
const isUsable = Number.isInteger(runs) && runs > 0 && wanted.every((name) => name in PARTS);
if (values.help || !isUsable) {
  process.stderr.write(USAGE);
  process.exit(values.help ? 0 : 2);
}

mkdirSync(outputDir, { recursive: true });
note('starting Kafka, registry and Redis for the benches');
const options = {
  dataDir,
  serversDir: serversDirectory(),
  java: javaCommand(),
  isQuickStart: false,
  trainArchives: false,
  // A broker that has little of a busy machine is not dead.
  kafkaSettings: { 'broker.session.timeout.ms': '18000' },
};
// Stops what a bench that was killed left behind, so that each begins with empty servers.
await (await startServers({ ...options, only: [] })).stop();
rmSync(dataDir, { recursive: true, force: true });
const servers = await startServers(options);
// Ctrl-C: the servers end with the bench.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void servers.stop().then(() => process.exit(1)));
const world = openWorld(servers, { outputDir, isQuick, runs, isProfiled: values.profile, note });
try {
  const results = await measure();
  const page = benchmarksPage(results);
  const isWhole = Object.values(results).every((value) => !Array.isArray(value) || value.length);
  if (values.page && !values.profile && !isQuick && isWhole)
    writeFileSync(join(repositoryDir, 'docs', 'benchmarks.md'), page);
  process.stdout.write(page);
} finally {
  await world.close();
  rmSync(dataDir, { recursive: true, force: true });
}

/** One part after the other. One that fails is reported and leaves the rest alone; what there is, is kept after each. */
async function measure(): Promise<BenchResults> {
  const path = join(outputDir, 'results.json');
  const about = {
    at: new Date().toISOString().slice(0, 10),
    commit: commitOf(),
    isQuick,
    machine: await machineOf(world),
  };
  let results: BenchResults = { ...NOTHING, ...about, runs: {} };
  if (values.keep && existsSync(path)) {
    const last = JSON.parse(readFileSync(path, 'utf8')) as BenchResults;
    if (last.commit === about.commit && last.isQuick === isQuick)
      results = { ...NOTHING, ...last, ...about };
    else note(`the last results are of ${last.commit} and not kept`);
  }
  for (const [name, part] of Object.entries(PARTS)) {
    if (!wanted.includes(name)) continue;
    const startedMs = performance.now();
    try {
      const measured = await part();
      results = {
        ...results,
        ...measured,
        runs: { ...results.runs, [name]: RUN_ONCE.has(name) ? 1 : runs },
      };
      note(`${name} took ${Math.round((performance.now() - startedMs) / 1000)} s`);
    } catch (error) {
      note(`${name} failed: ${(error as Error).stack}`);
      process.exitCode = 1;
    }
    writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
  }
  return results;
}

async function times<T>(count: number, run: (index: number) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  for (let i = 0; i < count; i++) results.push(await run(i));
  return results;
}
