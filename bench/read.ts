import { HUNDRED, HUNDRED_SERIES, NOW, ONE_SERIES, THOUSAND } from './orders/read-catalog.ts';
import { startFilledConsole } from './support/filled-console.ts';
import { openHttpReader } from './support/http-reader.ts';
import type { HttpReader } from './support/http-reader.ts';
import { startProfile } from './support/profiled.ts';
import { percentile } from './support/statistics.ts';
import type { World } from './support/world.ts';

/** Answers of one question, one after the other, whole bodies over loopback. Milliseconds. */
export type ReadRun = {
  readonly question: string;
  readonly points: number;
  readonly bytes: number;
  readonly samples: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
};

const WARM_UP = 20;

/** What a console answers from 216,000 cells of 100 series and from 1,000 series of the hour that holds now. */
export async function benchRead(world: World): Promise<readonly ReadRun[]> {
  const { child, url, fromMs, nowMs } = await startFilledConsole(world, 'read');
  const reader = await openHttpReader(url);
  try {
    const results: ReadRun[] = [];
    for (const { name, paths, count } of questions({ fromMs, nowMs })) {
      const times = Math.ceil(count / (world.isQuick ? 5 : 1));
      const endProfile = startProfile(world, child, `read-${results.length}`);
      const run = await ask(reader, { url, paths, times });
      await endProfile(times, 'event');
      results.push({ question: name, ...run });
      world.note(
        `${name}: ${run.points} points, ${run.bytes} bytes, p50 ${run.p50.toFixed(1)} p99 ${run.p99.toFixed(1)} ms`,
      );
    }
    return results;
  } finally {
    reader.close();
    await child.stop();
  }
}

/** Asked in turns: whoever asks for one series mostly asks for another than the one before. */
type Question = {
  readonly name: string;
  readonly paths: readonly string[];
  readonly count: number;
};

const QUESTIONS = [...ONE_SERIES, ...HUNDRED_SERIES, ...NOW] as const;

function questions({ fromMs, nowMs }: { fromMs: number; nowMs: number }): readonly Question[] {
  const prometheus = (endpoint: string, parameters: Readonly<Record<string, string>>): string =>
    `/prometheus/api/v1/${endpoint}?${new URLSearchParams(parameters).toString()}`;
  const range = { start: String(fromMs / 1_000), end: String(nowMs / 1_000), step: '3600' };
  const [from, to] = [fromMs, nowMs].map((ms) => new Date(ms).toISOString());
  const asked = { from: from ?? '', to: to ?? '', grain: 'hour', limit: '10000', by: 'store' };
  const stores = Array.from({ length: 100 }, (_, store) => `S${store}`);
  const values = (store: string): string =>
    `/v1/metrics/${HUNDRED.id}/values?${new URLSearchParams({ ...asked, where: `store:${store}` }).toString()}`;
  const series = (store: string): string =>
    prometheus('query_range', { query: `sales_of_a_hundred{store="${store}"}`, ...range });
  const paths = [
    stores.map(values),
    stores.map(series),
    [prometheus('query_range', { query: 'sales_of_a_hundred{store!=""}', ...range })],
    [`/v1/metrics/${THOUSAND.id}/current?window=hour&by=store&limit=1000`],
    [prometheus('query', { query: 'sales_of_a_thousand{store!=""}' })],
  ];
  const counts = [400, 400, 100, 400, 400];
  return QUESTIONS.map((name, i) => ({
    name,
    paths: paths[i] as string[],
    count: counts[i] as number,
  }));
}

async function ask(
  reader: HttpReader,
  { url, paths, times }: { url: string; paths: readonly string[]; times: number },
): Promise<Omit<ReadRun, 'question'>> {
  const tookMs: number[] = [];
  const warmUp = Math.min(WARM_UP, times);
  for (let i = -warmUp; i < times; i++) {
    const path = paths[(i + warmUp) % paths.length] as string;
    const startedMs = performance.now();
    await reader.read(path);
    if (i >= 0) tookMs.push(performance.now() - startedMs);
  }
  const body = await (await fetch(`${url}${paths[0]}`)).text();
  return {
    // A point is an end time of the read API, or a pair of Prometheus'.
    points: body.match(/"end":|\[\d+(?:\.\d+)?,"/g)?.length ?? 0,
    bytes: Buffer.byteLength(body),
    samples: tookMs.length,
    p50: percentile(tookMs, 0.5),
    p99: percentile(tookMs, 0.99),
    max: Math.max(...tookMs),
  };
}
