import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { javaCommand, repositoryDir, serversDirectory } from '../infra/bootstrap/prepare.mjs';
import { startServers } from '../services/platform/embedded/servers.ts';
import { benchBackfill } from './backfill.ts';
import { benchCatchUp } from './catch-up.ts';
import { benchIdle } from './idle.ts';
import { benchIngest } from './ingest.ts';
import { benchKill } from './kill.ts';
import { benchLatency } from './latency.ts';
import { benchLive } from './live.ts';
import { fillOrders } from './orders/filled.ts';
import type { FilledTopic } from './orders/filled.ts';
import { benchmarksPage } from './report.ts';
import type { BenchResults, Machine } from './report.ts';
import { benchWorkers } from './workers.ts';
import { openWorld } from './support/world.ts';
import type { World } from './support/world.ts';

const USAGE = `npm run bench -- [--quick] [--runs N] [--only ingest,catch-up,latency] [--profile] [--output DIR] [--no-page]

  --quick      a fifth of the events and one run: minutes become one minute, figures are rough
  --runs N     runs of each bench, default 3
  --only ...   these benches alone; the page is not written then
  --profile    writes CPU profiles of what catch-up, live and idle measure and prints the functions that take most (they cost speed;
               no rivals, no page)
  --output DIR folder for logs, profiles, results and the servers' data, default test/output/bench; two benches at
               once need two
`;
const BENCHES = [
  'ingest',
  'catch-up',
  'live',
  'kill',
  'backfill',
  'workers',
  'idle',
  'latency',
] as const;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    only: { type: 'string' },
    profile: { type: 'boolean', default: false },
    output: { type: 'string' },
    page: { type: 'boolean', default: true },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
});
const wanted = values.only?.split(',') ?? [...BENCHES];
const runs = Number(values.runs ?? (values.quick ? 1 : 3));
const isUsable =
  Number.isInteger(runs) && runs > 0 && wanted.every((name) => BENCHES.includes(name as never));
if (values.help || !isUsable) {
  process.stderr.write(USAGE);
  process.exit(values.help ? 0 : 2);
}

const outputDir = resolve(values.output ?? join(repositoryDir, 'test', 'output', 'bench'));
mkdirSync(outputDir, { recursive: true });
const note = (text: string): void => void process.stderr.write(`${text}\n`);

note('starting Kafka, registry and Redis for the benches');
const dataDir = join(outputDir, 'data');
const options = {
  dataDir,
  serversDir: serversDirectory(),
  java: javaCommand(),
  isQuickStart: false,
  trainArchives: false,
};
// Stops what a bench that was killed left behind, so that each begins with empty servers.
await (await startServers({ ...options, only: [] })).stop();
rmSync(dataDir, { recursive: true, force: true });
const servers = await startServers(options);
// Ctrl-C: the servers end with the bench.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void servers.stop().then(() => process.exit(1)));
const world = openWorld(servers, {
  outputDir,
  isQuick: values.quick,
  runs,
  isProfiled: values.profile,
  note,
});
/** Filled when a bench first needs it. */
let filling: Promise<FilledTopic> | undefined;
const main = (): Promise<FilledTopic> =>
  (filling ??= fillOrders(world, 'bench.', values.quick ? 1_000_000 : 5_000_000));

try {
  const results: BenchResults = {
    at: new Date().toISOString().slice(0, 10),
    commit: commitOf(),
    runs,
    isQuick: values.quick,
    machine: await machineOf(world),
    ingest: wanted.includes('ingest') ? await benchIngest(world) : [],
    catchUp: wanted.includes('catch-up') ? await benchCatchUp(world, await main()) : [],
    live: wanted.includes('live') ? await benchLive(world) : [],
    kill: wanted.includes('kill') ? await benchKill(world, await main()) : [],
    backfill: wanted.includes('backfill') ? await benchBackfill(world, await main()) : [],
    workers: wanted.includes('workers') ? await benchWorkers(world) : [],
    idle: wanted.includes('idle') ? await benchIdle(world) : [],
    latency: wanted.includes('latency') ? await times(runs, (run) => benchLatency(world, run)) : [],
  };
  writeFileSync(join(outputDir, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  const page = benchmarksPage(results);
  if (values.page && !values.profile && values.only === undefined)
    writeFileSync(join(repositoryDir, 'docs', 'benchmarks.md'), page);
  process.stdout.write(page);
} finally {
  await world.close();
  rmSync(dataDir, { recursive: true, force: true });
}

async function times<T>(count: number, run: (index: number) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  for (let i = 0; i < count; i++) results.push(await run(i));
  return results;
}

function commitOf(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: repositoryDir, encoding: 'utf8' }).trim();
  try {
    const isChanged = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? ' with changes' : ''}`;
  } catch {
    return 'unknown';
  }
}

async function machineOf({ redis }: World): Promise<Machine> {
  const server = await redis.info('server');
  const kafka = /kafka_2\.13<\/artifactId>\s*<version>([^<]+)/.exec(
    readFileSync(join(repositoryDir, 'infra', 'embedded', 'pom.xml'), 'utf8'),
  );
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGibibytes: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().split('-')[0]}`,
    node: process.versions.node,
    kafka: kafka?.[1] ?? 'unknown',
    redis: /redis_version:(\S+)/.exec(server)?.[1] ?? 'unknown',
  };
}
