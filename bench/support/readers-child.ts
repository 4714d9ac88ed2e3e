import { Agent, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { receiveTask, tellParent, toldToStop } from './child.ts';
import { answerProfiling } from './profile.ts';
import { percentile } from './statistics.ts';

/** People at their consoles, in a process of its own: each follows a metric's stream, and asks a question now and then. */
export type ReadersTask = {
  readonly url: string;
  readonly readers: number;
  readonly asksEveryMs: number;
};
export type ReadersFigures = {
  readonly answered: number;
  readonly failed: number;
  /** Milliseconds until the whole body was there. */
  readonly p50: number;
  readonly p99: number;
  /** Of all streams together. */
  readonly streamedBytes: number;
};

const DAY_MS = 86_400_000;
/** The second metric of the load: orders by store. */
const METRIC = 'm02';

async function run({ url, readers, asksEveryMs }: ReadersTask): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const streams = new Agent({ keepAlive: true });
  const tookMs: number[] = [];
  let [failed, streamedBytes, isOver] = [0, 0, false];

  const pathOf = (reader: number, turn: number): string => {
    if (turn % 2 === 0) return `/v1/metrics/${METRIC}/current?window=hour&by=store&limit=1000`;
    const from = new Date(Date.now() - 90 * DAY_MS).toISOString();
    const store = `S${String(reader % 100).padStart(3, '0')}`;
    const of = new URLSearchParams({ grain: 'hour', from, by: 'store', where: `store:${store}` });
    return `/v1/metrics/${METRIC}/values?${of.toString()}&limit=10000`;
  };
  const follow = async (): Promise<void> => {
    const response = await open(`${url}/v1/stream?metric=${METRIC}`, streams);
    response.on('data', (chunk: Buffer) => (streamedBytes += chunk.length));
    response.on('error', () => (failed += isOver ? 0 : 1));
  };
  const read = async (reader: number): Promise<void> => {
    await sleep((reader / readers) * asksEveryMs);
    for (let turn = reader; !isOver; turn++) {
      const startedMs = performance.now();
      const isAnswered = await open(`${url}${pathOf(reader, turn)}`, agent)
        .then(whole)
        .catch((error: Error) => {
          console.error(error.message);
          return false;
        });
      if (isOver) return;
      if (isAnswered) tookMs.push(performance.now() - startedMs);
      else failed++;
      await sleep(Math.max(0, startedMs + asksEveryMs - performance.now()));
    }
  };

  const stopped = toldToStop();
  await Promise.all(Array.from({ length: readers }, follow));
  const reading = Array.from({ length: readers }, (_, reader) =>
    read(reader).catch(() => void failed++),
  );
  answerProfiling();
  tellParent({ kind: 'ready' });
  process.on('message', (message: { kind?: string }) => {
    if (message.kind !== 'finish') return;
    isOver = true;
    const figures: ReadersFigures = {
      answered: tookMs.length,
      failed,
      p50: Math.round(percentile(tookMs, 0.5)),
      p99: Math.round(percentile(tookMs, 0.99)),
      streamedBytes,
    };
    tellParent({ kind: 'figures', figures });
  });
  await stopped;
  agent.destroy();
  streams.destroy();
  await Promise.all(reading);
  process.disconnect?.();
}

/** @throws Error for another answer than 200 */
const open = (url: string, agent: Agent): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      if (response.statusCode === 200) resolve(response);
      else reject(new Error(`${url}: ${response.statusCode}`));
    }).on('error', reject);
  });

/** @returns whether a body came, and to its end */
async function whole(response: IncomingMessage): Promise<boolean> {
  let bytes = 0;
  for await (const chunk of response) bytes += (chunk as Buffer).length;
  return response.complete && bytes > 0;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

if (import.meta.main) await run(await receiveTask<ReadersTask>());
