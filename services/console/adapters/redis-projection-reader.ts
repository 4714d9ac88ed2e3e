import { randomUUID } from 'node:crypto';
import type { ChainableCommander } from 'ioredis';
import { TidemarkError } from '../../kernel/errors.ts';
import { projectionKeys, stageOf } from '../../kernel/projection.ts';
import { labelsOf } from '../../kernel/series.ts';
import { decodeCell } from '../../kernel/stored-cell.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { RedisClient } from '../../platform/redis.ts';
import type { ProjectionHead, StoredCell, StoredWindow } from '../core/projection.ts';
import type { SeriesEntry } from '../core/series-choice.ts';
import type { CellsRequest, ProjectionReader, ProjectionRef } from '../ports.ts';
import { readPackedCells, SEPARATOR } from './packed-cells.ts';
import type { PackedCells } from './packed-cells.ts';
import { emptyColumns, takeNumbers } from './packed-numbers.ts';
import { readHead } from './projection-head.ts';
import { readAhead } from './read-ahead.ts';
import { createEntityReader } from './redis-entity-reader.ts';
import { createMemberCounter } from './redis-member-counter.ts';

/**
 * Fields read in one transaction, 2 to 3 ms: Redis serves nobody else meanwhile, and the console makes ready what comes next
 * and takes in what came. An amended window (kernel/projection.ts) has up to twice as many of its own: they are few.
 */
const FIELDS_PER_BATCH = 8_000;
/** A window costs Redis as much as so many fields beside its own. */
const FIELDS_PER_WINDOW = 10;
/** So that Redis never waits for the console, nor others long for Redis. */
const BATCHES_AHEAD = 2;
/** Series kept in memory over all projections: about 100 MB. */
const CACHED_SERIES_MAX = 500_000;

/** Projections as the aggregator wrote them to Redis. */
export function redisProjectionReader(client: RedisClient, prefix: string): ProjectionReader {
  const keysOf = (ref: ProjectionRef) => projectionKeys(prefix, ref.metric, ref.version);
  const dictionaries = new Map<string, { generation: string; entries: readonly SeriesEntry[] }>();
  let cachedSeries = 0;
  const members = createMemberCounter(client, randomUUID);
  const latest = createEntityReader(client);

  const headOf = (meta: unknown, watermarks: unknown): ProjectionHead | undefined =>
    readHead(meta as Record<string, string>, watermarks as Record<string, string>);

  /**
   * Hands over the windows batch by batch, each with the index of its first one among the starts.
   * @returns the head of the first batch; undefined where there is none, or another one at a later batch
   */
  const readBatches = async (
    ref: ProjectionRef,
    request: CellsRequest,
    take: (text: string, from: number) => void,
  ): Promise<ProjectionHead | undefined> => {
    const { meta, watermarks, cells } = keysOf(ref);
    const { starts, grain } = request;
    const fields = cellFields(request);
    const { plain } = fields;
    const perBatch = windowsPerBatch(starts.length, plain.length);
    const read = (batch: number): Promise<PackedCells> => {
      const of = starts.slice(batch * perBatch, (batch + 1) * perBatch);
      const windows = of.map((start) => cells(grain, start));
      const what = batch === 0 ? 'head' : 'generation';
      return readPackedCells(client, {
        keys: { meta, watermarks, windows },
        fields: plain,
        amended: fields.amended,
        what,
      });
    };
    // Of no windows there is a head nevertheless.
    const count = Math.max(1, Math.ceil(starts.length / perBatch));
    let head: ProjectionHead | undefined;
    let from = 0;
    for await (const batch of readAhead({ count, ahead: BATCHES_AHEAD }, read)) {
      head ??= readHead(batch.meta, batch.watermarks);
      if (!head || head.generation !== batch.meta['gen']) return undefined;
      take(batch.text, from);
      from += perBatch;
    }
    return head;
  };

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
        const { starts, series } = request;
        const amended = amendedOf(request);
        const windows = new Map<EpochMs, StoredWindow>();
        const head = await readBatches(ref, request, (text, from) => {
          const row = text.split(SEPARATOR);
          let at = 0;
          for (let i = from; i < starts.length && at < row.length; i++) {
            if (row[at] === '') at++;
            else {
              const { stage, isAmended } = stageOf(Number(row[at]));
              const of = { row, at: at + 1, stage, isAmended };
              windows.set(starts[i] as EpochMs, storedWindow(request, of));
              at += 1 + series.length * (1 + (isAmended ? amended.length : 0));
            }
          }
        });
        return head && { head, windows };
      }),
    numbers: (ref, request) =>
      guard('reading cells', async () => {
        const { starts, series, aggregation } = request;
        const into = emptyColumns(starts.length, {
          cells: series.length,
          amended: series.length * amendedOf(request).length,
        });
        const head = await readBatches(ref, request, (text, from) => takeNumbers(text, from, into));
        const { stages, contributions, values, amended } = into;
        const isCount = aggregation === 'count';
        const [revisions, restatements] = [0, 1].map((field) =>
          series.flatMap((_, i) => amended[i * AMENDED_FIELDS.length + field] ?? []),
        ) as [Float64Array[], Float64Array[]];
        const numbers = isCount ? contributions : values;
        return head && { head, stages, numbers, contributions, revisions, restatements };
      }),
    members: (ref, groups) => guard('counting members', () => members(keysOf(ref), groups)),
    latest: (ref, groups) => guard('reading entities', () => latest(keysOf(ref), groups)),
  };
}

/** Batches of the same size, as many as are needed. */
function windowsPerBatch(windows: number, fields: number): number {
  const batches = Math.ceil((windows * (FIELDS_PER_WINDOW + fields)) / FIELDS_PER_BATCH);
  return Math.max(1, Math.ceil(windows / Math.max(1, batches)));
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

/** Revision and restatements: what an amended window has of each series behind all cells. */
const AMENDED_FIELDS = ['r', 'x'] as const;

const amendedOf = ({ only }: CellsRequest): readonly string[] => (only ? [] : AMENDED_FIELDS);

function cellFields(request: CellsRequest) {
  const { series } = request;
  return {
    plain: ['stage', ...series.map(String)],
    amended: series.flatMap((one) => amendedOf(request).map((field) => `${one}.${field}`)),
  };
}

/** @param of where the first cell stands */
function storedWindow(
  request: CellsRequest,
  of: {
    readonly row: readonly string[];
    readonly at: number;
    readonly stage: number;
    readonly isAmended: boolean;
  },
): StoredWindow {
  const { series } = request;
  const { row, at, stage } = of;
  const amended = of.isAmended ? amendedOf(request) : [];
  const behind = at + series.length;
  const cells = new Map<number, StoredCell>();
  for (const [i, number] of series.entries()) {
    const text = row[at + i];
    if (!text) continue;
    const [revision = 0, restatements = 0] = amended.map((_, field) =>
      Number(row[behind + i * amended.length + field]),
    );
    cells.set(number, { accumulators: decodeCell(text), revision, restatements });
  }
  return { stage, cells };
}
