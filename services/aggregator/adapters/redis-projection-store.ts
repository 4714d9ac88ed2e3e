import type { Accumulators } from '../../kernel/accumulator.ts';
import { decodeLast, encodeLast } from '../../kernel/accumulator.ts';
import { TidemarkError } from '../../kernel/errors.ts';
import { parseInteger } from '../../kernel/integer.ts';
import { DISTINCT_EXACT_MAX, projectionKeys } from '../../kernel/projection.ts';
import type { ProjectionKeys } from '../../kernel/projection.ts';
import { stateOf } from '../../kernel/stage.ts';
import type { Grain } from '../../kernel/window.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { spanKey } from '../core/gathering.ts';
import type { FlushRequest, FlushWindow } from '../core/flush.ts';
import type {
  ApplyResult,
  DirtyBatch,
  DirtyCell,
  ProjectionRef,
  ProjectionStore,
  StoredPartition,
} from '../ports.ts';
import { SCRIPTS } from './lua.ts';

/** Projections in Redis, laid out as `kernel/projection.ts` says; each step is one script (adapters/lua). */
export function redisProjectionStore(client: RedisClient, prefix: string): ProjectionStore {
  const keysOf = (ref: ProjectionRef): ProjectionKeys =>
    projectionKeys(prefix, ref.metric, ref.version);
  const guard = async <T>(what: string, action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (cause) {
      throw new TidemarkError('redis_unavailable', `${what}: ${(cause as Error).message}`, {
        cause,
      });
    }
  };

  /** Series by number; numbers are given once per generation, so what is known stays true until it begins anew. */
  const seriesCache = new Map<string, Map<number, string>>();
  const seriesOf = async (
    ref: ProjectionRef,
    needed: readonly number[],
  ): Promise<ReadonlyMap<number, string>> => {
    const keys = keysOf(ref);
    const cached = seriesCache.get(keys.series);
    if (cached && needed.every((number) => cached.has(number))) return cached;
    const series = await client.hgetall(keys.series);
    const fresh = new Map(Object.entries(series).map(([key, number]) => [Number(number), key]));
    seriesCache.set(keys.series, fresh);
    return fresh;
  };

  return {
    load: (ref) =>
      guard('load', async () => {
        const keys = keysOf(ref);
        seriesCache.delete(keys.series);
        const [meta, watermarks, series] = await Promise.all([
          client.hgetall(keys.meta),
          client.hgetall(keys.watermarks),
          client.hgetall(keys.series),
        ]);
        const generation = meta['gen'];
        if (generation === undefined) return undefined;
        return {
          generation,
          partitions: partitionsOf(meta, watermarks),
          series: new Map(Object.entries(series).map(([key, number]) => [key, Number(number)])),
          rebuilding: meta['state'] === 'rebuilding',
        };
      }),
    create: (ref, start) =>
      guard('create', async () => {
        const keys = keysOf(ref);
        const partitions = start.partitions.flatMap((at) => [
          spanKey(at.topic, at.partition),
          at.first,
          at.empty ? '1' : '0',
        ]);
        return (
          (await SCRIPTS.create(
            client,
            [keys.meta, keys.watermarks],
            [start.generation, start.partitions.length, ...partitions],
          )) === 1
        );
      }),
    apply: (ref, flush) =>
      guard('apply', async () => {
        const { keys, args } = applyCall(keysOf(ref), flush);
        return applyResult(
          (await SCRIPTS.apply(client, keys, args)) as [string, (string[] | string)?],
        );
      }),
    advance: (metric, limit) =>
      guard('advance', async () => {
        const keys = keysOf({ metric: metric.id, version: metric.version });
        const watermarks = Object.values(await client.hgetall(keys.watermarks)).map(Number);
        const due =
          watermarks.length === 0
            ? []
            : await client.zrangebyscore(
                keys.due,
                '-inf',
                Math.min(...watermarks),
                'LIMIT',
                0,
                limit,
              );
        const moved = await Promise.all(
          due.map(async (member) => {
            const { grain, startMs } = parseMember(member);
            const cells = keys.cells(grain, startMs);
            const numbers =
              metric.aggregation === 'distinct' ? await seriesNumbers(client, cells) : [];
            const series = await seriesOf({ metric: metric.id, version: metric.version }, numbers);
            const members = numbers.map((number) =>
              keys.members(grain, startMs, series.get(number) ?? ''),
            );
            const args = [member, metric.latenessMs, metric.retentionMs[grain]];
            return Number(
              await SCRIPTS.advance(
                client,
                [keys.watermarks, keys.dirty, keys.due, cells, ...members],
                args,
              ),
            );
          }),
        );
        return moved.reduce((sum, one) => sum + one, 0);
      }),
    readDirty: (metric, limit) =>
      guard('readDirty', async () => {
        const keys = keysOf({ metric: metric.id, version: metric.version });
        const marks = (await client.srandmember(keys.dirty, limit)) as string[];
        const parsed = marks.map((mark) => ({
          ...parseMember(mark),
          series: Number(mark.split('|')[2]),
        }));
        const series = await seriesOf(
          { metric: metric.id, version: metric.version },
          parsed.map((at) => at.series),
        );
        const cellKeys = parsed.flatMap((at) => [
          keys.cells(at.grain, at.startMs),
          keys.members(at.grain, at.startMs, series.get(at.series) ?? ''),
        ]);
        const reply = (await SCRIPTS.readDirty(
          client,
          [keys.meta, keys.watermarks, ...cellKeys],
          parsed.map((at) => at.series),
        )) as [string[], string[], string[][]];
        return dirtyBatch(reply, parsed);
      }),
    clearDirty: (ref, cells) =>
      guard('clearDirty', async () => {
        if (cells.length === 0) return;
        const keys = keysOf(ref);
        const args = cells.flatMap((cell) => [
          `${cell.grain}|${cell.startMs}|${cell.series}`,
          cell.series,
          cell.accumulators.contributions,
          cell.stage,
          cell.revision,
        ]);
        await SCRIPTS.clearDirty(
          client,
          [keys.dirty, ...cells.map((cell) => keys.cells(cell.grain, cell.startMs))],
          args,
        );
      }),
    seriesKeys: (ref, needed) => guard('seriesKeys', () => seriesOf(ref, needed)),
  };
}

const parseMember = (member: string): { grain: Grain; startMs: number } => {
  const [grain, start] = member.split('|');
  return { grain: grain as Grain, startMs: Number(start) };
};

const seriesNumbers = async (client: RedisClient, cells: string): Promise<number[]> =>
  (await client.hkeys(cells))
    .filter((field) => field.endsWith('.n'))
    .map((field) => Number(field.slice(0, -2)));

function partitionsOf(
  meta: Record<string, string>,
  watermarks: Record<string, string>,
): StoredPartition[] {
  return Object.keys(watermarks).map((name) => {
    const cut = name.lastIndexOf('/');
    return {
      topic: name.slice(0, cut),
      partition: Number(name.slice(cut + 1)),
      first: Number(meta[`s:${name}`] ?? 0),
      next: Number(meta[`c:${name}`] ?? 0),
      watermarkMs: Number(watermarks[name]),
      appendMs: Number(meta[`a:${name}`] ?? 0),
      historicalMs: Number(meta[`h:${name}`] ?? 0),
    };
  });
}

function applyCall(
  keys: ProjectionKeys,
  flush: FlushRequest,
): { keys: string[]; args: (string | number)[] } {
  const allKeys = [keys.meta, keys.watermarks, keys.series, keys.dirty, keys.due];
  for (const window of flush.windows) allKeys.push(keys.cells(window.grain, window.startMs));
  const args: (string | number)[] = [
    flush.generation,
    flush.maxSeries,
    DISTINCT_EXACT_MAX,
    flush.spans.length,
  ];
  for (const span of flush.spans) {
    const name = spanKey(span.topic, span.partition);
    args.push(
      name,
      span.from,
      span.to,
      span.watermarkMs,
      span.appendMs,
      span.historicalMs || '',
      span.caughtUp ? '1' : '0',
    );
  }
  const counters = flush.spans.flatMap((span) =>
    [...span.counters].map(
      ([outcome, by]) => [`n:${spanKey(span.topic, span.partition)}:${outcome}`, by] as const,
    ),
  );
  args.push(counters.length, ...counters.flat(), flush.series.length);
  for (const { key, number, breakdown } of flush.series) args.push(key, number ?? '', breakdown);
  args.push(flush.windows.length);
  for (const window of flush.windows) pushWindow({ keys, allKeys, args, flush }, window);
  return { keys: allKeys, args };
}

function pushWindow(
  call: { keys: ProjectionKeys; allKeys: string[]; args: (string | number)[]; flush: FlushRequest },
  window: FlushWindow,
): void {
  const { keys, allKeys, args, flush } = call;
  args.push(`${window.grain}|${window.startMs}`, window.endMs, window.cells.length);
  for (const { series, delta } of window.cells) {
    const { sum, min, max, last, members } = delta;
    args.push(series, delta.contributions, delta.restated ? '1' : '0');
    args.push(
      sum === undefined ? '' : String(sum),
      min === undefined ? '' : String(min),
      max === undefined ? '' : String(max),
    );
    args.push(last === undefined ? '' : encodeLast(last));
    if (members === undefined) {
      args.push(0, 0);
      continue;
    }
    allKeys.push(keys.members(window.grain, window.startMs, flush.series[series]?.key ?? ''));
    args.push(allKeys.length, members.size, ...members);
  }
}

function applyResult(reply: [string, (string[] | string)?]): ApplyResult {
  const [kind, detail] = reply;
  if (kind === 'applied') {
    const answers = detail as string[];
    const numbers = new Map<string, number>();
    for (let i = 0; i + 1 < answers.length; i += 2)
      numbers.set(answers[i] as string, Number(answers[i + 1]));
    return { kind, numbers };
  }
  if (kind === 'overflow') return { kind, detail: String(detail) };
  return { kind: 'refused', reason: kind as 'missing' | 'generation' | 'cursor' };
}

function dirtyBatch(
  reply: [string[], string[], string[][]],
  parsed: readonly { grain: Grain; startMs: number; series: number }[],
): DirtyBatch {
  const [metaPairs, watermarkPairs, rows] = reply;
  const meta = fromPairs(metaPairs);
  const watermarks = fromPairs(watermarkPairs);
  const partitions = partitionsOf(meta, watermarks);
  const cells = rows.flatMap((row, i): DirtyCell[] => {
    const at = parsed[i];
    const [end, stage, contributions, sum, min, max, last, revision, restatements, distinct] = row;
    if (!at || !end) return [];
    const numbers = {
      stage: Number(stage),
      revision: Number(revision || 0),
      restatements: Number(restatements || 0),
    };
    const accumulators = readAccumulators({ contributions, sum, min, max, last, distinct });
    return [{ ...at, endMs: Number(end), accumulators, ...numbers, state: stateOf(numbers) }];
  });
  return {
    cells,
    watermarkMs:
      partitions.length === 0 ? 0 : Math.min(...partitions.map(({ watermarkMs }) => watermarkMs)),
    cursors: partitions.map(({ topic, partition, next }) => ({ topic, partition, offset: next })),
    rebuilding: meta['state'] === 'rebuilding',
  };
}

const fromPairs = (pairs: readonly string[]): Record<string, string> =>
  Object.fromEntries(pairs.flatMap((name, i) => (i % 2 === 0 ? [[name, pairs[i + 1] ?? '']] : [])));

function readAccumulators(
  row: Record<'contributions' | 'sum' | 'min' | 'max' | 'last' | 'distinct', string | undefined>,
): Accumulators {
  const integer = (text: string | undefined) => (text ? parseInteger(text) : undefined);
  const last = row.last ? decodeLast(row.last) : undefined;
  const approximate = row.distinct?.startsWith('~');
  const distinct = row.distinct ? Number(row.distinct.replace('~', '')) : undefined;
  const parts = {
    sum: integer(row.sum),
    min: integer(row.min),
    max: integer(row.max),
    last,
    distinct,
    ...(approximate ? { approximate: true } : {}),
  };
  return {
    contributions: Number(row.contributions || 0),
    ...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)),
  };
}
