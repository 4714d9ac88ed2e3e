import { randomUUID } from 'node:crypto';
import type { ChainableCommander } from 'ioredis';
import { decodeLast } from '../../kernel/accumulator.ts';
import type { Accumulators, Aggregation } from '../../kernel/accumulator.ts';
import { TidemarkError } from '../../kernel/errors.ts';
import { parseInteger } from '../../kernel/integer.ts';
import { projectionKeys } from '../../kernel/projection.ts';
import { labelsOf } from '../../kernel/series.ts';
import { decodeSketch } from '../../kernel/sketch.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { RedisClient } from '../../platform/redis.ts';
import type { ProjectionHead, StoredCell, StoredWindow } from '../core/projection.ts';
import type { SeriesEntry } from '../core/series-choice.ts';
import type { CellsRequest, ProjectionReader, ProjectionRef } from '../ports.ts';
import { readHead } from './projection-head.ts';
import { createEntityReader } from './redis-entity-reader.ts';
import { createMemberCounter } from './redis-member-counter.ts';

/** Fields read in one transaction: Redis serves nobody else meanwhile (about 10 ms). */
const FIELDS_PER_BATCH = 40_000;
/** Series kept in memory over all projections: about 100 MB. */
const CACHED_SERIES_MAX = 500_000;

/** Fields of a cell by what its aggregation keeps; contributions, revision and restatements come first. */
const VALUE_FIELD: Readonly<Record<Aggregation, string | undefined>> = {
  count: undefined,
  distinct: undefined,
  latest: 's',
  sum: 's',
  avg: 's',
  min: 'a',
  max: 'z',
  last: 'l',
  percentile: 'q',
};

/** Projections as the aggregator wrote them to Redis. */
export function redisProjectionReader(client: RedisClient, prefix: string): ProjectionReader {
  const keysOf = (ref: ProjectionRef) => projectionKeys(prefix, ref.metric, ref.version);
  const dictionaries = new Map<string, { generation: string; entries: readonly SeriesEntry[] }>();
  let cachedSeries = 0;
  const members = createMemberCounter(client, randomUUID);
  const latest = createEntityReader(client);

  const headOf = (meta: unknown, watermarks: unknown): ProjectionHead | undefined =>
    readHead(meta as Record<string, string>, watermarks as Record<string, string>);

  return {
    heads: (refs) =>
      guard('reading heads', async () =>
        Promise.all(
          refs.map(async (ref) => {
            const keys = keysOf(ref);
            const [meta, watermarks] = await run(
              client.multi().hgetall(keys.meta).hgetall(keys.watermarks),
            );
            return headOf(meta, watermarks);
          }),
        ),
      ),
    series: (ref, head) =>
      guard('reading series', async () => {
        const { series } = keysOf(ref);
        const cached = dictionaries.get(series);
        if (cached?.generation === head.generation && cached.entries.length >= head.seriesCount)
          return cached.entries;
        const entries = Object.entries(await client.hgetall(series)).map(([key, number]) => ({
          key,
          number: Number(number),
          labels: labelsOf(key),
        }));
        cachedSeries += entries.length - (cached?.entries.length ?? 0);
        if (cachedSeries > CACHED_SERIES_MAX) {
          dictionaries.clear();
          cachedSeries = entries.length;
        }
        dictionaries.set(series, { generation: head.generation, entries });
        return entries;
      }),
    cells: (ref, request) =>
      guard('reading cells', async () => {
        const keys = keysOf(ref);
        const { starts } = request;
        const fields = cellFields(request);
        const perBatch = Math.max(1, Math.floor(FIELDS_PER_BATCH / fields.length));
        const windows = new Map<EpochMs, StoredWindow>();
        let head: ProjectionHead | undefined;
        for (let from = 0; from === 0 || from < starts.length; from += perBatch) {
          const batch = starts.slice(from, from + perBatch);
          const call = client.multi().hgetall(keys.meta).hgetall(keys.watermarks);
          // ioredis flattens arguments: too many to be spread here do not fit on the stack.
          const args = fields as unknown as string;
          for (const start of batch) call.hmget(keys.cells(request.grain, start), args);
          const [meta, watermarks, ...rows] = await run(call);
          const now = headOf(meta, watermarks);
          if (!now || (head && head.generation !== now.generation)) return undefined;
          head ??= now;
          for (const [i, row] of rows.entries()) {
            const window = storedWindow(request, row as (string | null)[]);
            if (window) windows.set(batch[i] as EpochMs, window);
          }
        }
        return head && { head, windows };
      }),
    members: (ref, groups) => guard('counting members', () => members(keysOf(ref), groups)),
    latest: (ref, groups) => guard('reading entities', () => latest(keysOf(ref), groups)),
  };
}

async function guard<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new TidemarkError('redis_unavailable', `${what}: ${(cause as Error).message}`, { cause });
  }
}

/** Replies of a transaction. @throws the first error among them */
async function run(call: ChainableCommander): Promise<unknown[]> {
  const replies = await call.exec();
  if (!replies) throw new Error('the transaction was dropped');
  return replies.map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });
}

const fieldsPerSeries = ({ aggregation }: CellsRequest): readonly string[] => {
  const value = VALUE_FIELD[aggregation];
  return value === undefined ? ['n', 'r', 'x'] : ['n', 'r', 'x', value];
};

const cellFields = (request: CellsRequest): string[] => [
  'end',
  'stage',
  ...request.series.flatMap((number) =>
    fieldsPerSeries(request).map((field) => `${number}.${field}`),
  ),
];

function storedWindow(
  request: CellsRequest,
  row: readonly (string | null)[],
): StoredWindow | undefined {
  if (row[0] == null) return undefined;
  const width = fieldsPerSeries(request).length;
  const cells = new Map<number, StoredCell>();
  for (const [i, number] of request.series.entries()) {
    const at = 2 + i * width;
    const contributions = row[at];
    if (contributions == null) continue;
    cells.set(number, {
      accumulators: {
        contributions: Number(contributions),
        ...valueOf(request.aggregation, row[at + 3] ?? undefined),
      },
      revision: Number(row[at + 1] ?? 0),
      restatements: Number(row[at + 2] ?? 0),
    });
  }
  return { stage: Number(row[1] ?? 0), cells };
}

function valueOf(aggregation: Aggregation, text: string | undefined): Partial<Accumulators> {
  if (text === undefined || text === '') return {};
  if (aggregation === 'last') {
    const last = decodeLast(text);
    return last ? { last } : {};
  }
  if (aggregation === 'percentile') return { sketch: decodeSketch(text) };
  const value = parseInteger(text);
  if (value === undefined) return {};
  if (aggregation === 'min') return { min: value };
  return aggregation === 'max' ? { max: value } : { sum: value };
}
