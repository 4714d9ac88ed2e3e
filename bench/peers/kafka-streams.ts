import { execFile, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { javaCommand, repositoryDir } from '../../infra/bootstrap/prepare.mjs';
import type { World } from '../support/world.ts';

const FOLDER = join(import.meta.dirname, 'kafka-streams');
const SOURCES = ['pom.xml', 'OrderTotals.java'];
const FETCH_WITHIN_MS = 300_000;
const STOP_WITHIN_MS = 15_000;
/** Five million ids in memory need some 2 GiB; with less, collecting garbage costs the rival CPU. */
const HEAP_MEGABYTES_MAX = 4_096;

const run = promisify(execFile);

/** Fetches the libraries by Maven and compiles the program, once per content of its files. @returns its class path */
export async function prepareKafkaStreams(world: World): Promise<string> {
  const hash = createHash('sha256');
  for (const name of SOURCES) hash.update(readFileSync(join(FOLDER, name)));
  const peers = join(repositoryDir, '.tidemark', 'peers');
  const directory = join(peers, `kafka-streams-${hash.digest('hex').slice(0, 12)}`);
  if (!existsSync(directory)) {
    world.note('fetching Kafka Streams by Maven');
    const partial = `${directory}.${randomUUID().slice(0, 8)}.partial`;
    mkdirSync(partial, { recursive: true });
    try {
      const pom = join(FOLDER, 'pom.xml');
      const options = { timeout: FETCH_WITHIN_MS };
      await run(
        'mvn',
        ['-B', '-q', '-f', pom, 'generate-resources', `-Dpeer.dir=${partial}`],
        options,
      );
      const javac = javaCommand().replace(/java$/, 'javac');
      await run(
        javac,
        [
          '-d',
          join(partial, 'classes'),
          '-cp',
          join(partial, '*'),
          join(FOLDER, 'OrderTotals.java'),
        ],
        options,
      );
      renameSync(partial, directory);
    } catch (cause) {
      rmSync(partial, { recursive: true, force: true });
      throw new Error('the Kafka Streams rival needs Maven and a JDK of 17 or later', { cause });
    }
  }
  return `${join(directory, 'classes')}:${join(directory, '*')}`;
}

export type StreamsProcess = {
  readonly pid: number;
  /** Resolves when it has read its first record. */
  readonly first: Promise<void>;
  readonly hasEnded: () => boolean;
  readonly stop: () => Promise<void>;
};

/** The rival in a JVM of its own; what it says goes to a log. */
export function startKafkaStreams(
  world: World,
  task: {
    readonly classPath: string;
    readonly topic: string;
    readonly output: string;
    readonly applicationId: string;
    readonly stateDir: string;
    readonly repeats: 'once' | 'each time';
  },
): StreamsProcess {
  const log = openSync(join(world.outputDir, 'kafka-streams.log'), 'a');
  const child = spawn(
    javaCommand(),
    [
      `-Xmx${HEAP_MEGABYTES_MAX}m`,
      '-XX:+UseParallelGC',
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
      '-cp',
      task.classPath,
      'OrderTotals',
      world.servers.brokers.join(','),
      world.servers.registryUrl,
      task.topic,
      task.output,
      task.applicationId,
      task.stateDir,
      task.repeats.replace(' ', '-'),
    ],
    { stdio: ['ignore', 'pipe', log] },
  );
  closeSync(log);
  const first = Promise.withResolvers<void>();
  let isOver = false;
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes('first')) first.resolve();
  });
  const exited = new Promise<void>((resolve) => {
    child.once('error', first.reject);
    child.once('close', () => {
      isOver = true;
      first.reject(new Error('Kafka Streams ended early; see kafka-streams.log'));
      resolve();
    });
  });
  return {
    pid: child.pid ?? -1,
    first: first.promise,
    hasEnded: () => isOver,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}
