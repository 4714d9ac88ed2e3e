import { randomUUID } from 'node:crypto';
import type { ChainableCommander } from 'ioredis';
import { decodeLast } from '../../kernel/accumulator.ts';
import type { Accumulators, Aggregation } from '../../kernel/accumulator.ts';
import { TidemarkError } from '../../kernel/errors.ts';
import { parseInteger } from '../../kernel/integer.ts';
import { projectionKeys, stageOf, VALUE_FIELD } from '../../kernel/projection.ts';
import { labelsOf } from '../../kernel/series.ts';
import { decodeSketch } from '../../kernel/sketch.ts';
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
        const layout = layoutOf(request);
        const windows = new Map<EpochMs, StoredWindow>();
        const head = await readBatches(ref, request, (text, from) => {
          const row = text.split(SEPARATOR);
          let at = 0;
          for (let i = from; i < request.starts.length && at < row.length; i++) {
            if (row[at] === '') at++;
            else {
              const { stage, isAmended } = stageOf(Number(row[at]));
              const of = { row, at: at + 1, stage, isAmended };
              windows.set(request.starts[i] as EpochMs, storedWindow(request, layout, of));
              const width = layout.plain.length + (isAmended ? layout.amended.length : 0);
              at += 1 + request.series.length * width;
            }
          }
        });
        return head && { head, windows };
      }),
    numbers: (ref, request) =>
      guard('reading cells', async () => {
        const layout = layoutOf(request);
        const { plain, amended, contributions, value = contributions } = layout;
        const count = request.series.length;
        const into = emptyColumns(request.starts.length, {
          plain: count * plain.length,
          amended: count * amended.length,
        });
        const head = await readBatches(ref, request, (text, from) => takeNumbers(text, from, into));
        const from = (first: number, width: number): Float64Array[] =>
          request.series.map((_, i) => into.columns[first + i * width] as Float64Array);
        const column = (field: number | undefined): Float64Array[] =>
          field === undefined ? [] : from(field, plain.length);
        const [revisions = [], restatements = []] = amended.map((_, field) =>
          from(count * plain.length + field, amended.length),
        );
        const counts = { contributions: column(contributions), revisions, restatements };
        return head && { head, stages: into.stages, numbers: column(value), ...counts };
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

/** How the fields of one series are laid out: in any window, and in an amended one those of all series behind. */
type Layout = {
  readonly plain: readonly string[];
  readonly amended: readonly string[];
  /** Where they stand among the plain ones; undefined: not read. */
  readonly contributions: number | undefined;
  readonly value: number | undefined;
};
/** Revision and restatements. */
const AMENDED_FIELDS = ['r', 'x'] as const;

/** A cell has a value as soon as it has contributions; only counts and averages are made of their number. */
function layoutOf({ aggregation, only }: CellsRequest): Layout {
  const field = VALUE_FIELD[aggregation];
  const amended = only ? [] : AMENDED_FIELDS;
  if (field !== undefined && only && aggregation !== 'avg')
    return { plain: [field], amended, contributions: undefined, value: 0 };
  const value = field === undefined ? [] : [field];
  const at = field === undefined ? undefined : 1;
  return { plain: ['n', ...value], amended, contributions: 0, value: at };
}

function cellFields(request: CellsRequest) {
  const { plain, amended } = layoutOf(request);
  const of = (fields: readonly string[]): string[] =>
    request.series.flatMap((one) => fields.map((field) => `${one}.${field}`));
  return { plain: ['stage', ...of(plain)], amended: of(amended) };
}

/** @param of where the fields of the first series stand */
function storedWindow(
  { aggregation, series }: CellsRequest,
  { plain, amended, contributions, value }: Layout,
  of: {
    readonly row: readonly string[];
    readonly at: number;
    readonly stage: number;
    readonly isAmended: boolean;
  },
): StoredWindow {
  const { row, stage } = of;
  const behind = of.at + series.length * plain.length;
  const cells = new Map<number, StoredCell>();
  for (let i = 0; i < series.length; i++) {
    const at = of.at + i * plain.length;
    if (row[at] === '' || row[at] === undefined) continue;
    const count = contributions === undefined ? 1 : Number(row[at + contributions]);
    const [revision = 0, restatements = 0] = of.isAmended
      ? amended.map((_, field) => Number(row[behind + i * amended.length + field]))
      : [];
    cells.set(series[i] as number, {
      accumulators: accumulatorsOf(
        aggregation,
        count,
        value === undefined ? '' : (row[at + value] ?? ''),
      ),
      revision,
      restatements,
    });
  }
  return { stage, cells };
}

function accumulatorsOf(
  aggregation: Aggregation,
  contributions: number,
  text: string,
): Accumulators {
  if (text === '') return { contributions };
  if (aggregation === 'last') {
    const last = decodeLast(text);
    return last ? { contributions, last } : { contributions };
  }
  if (aggregation === 'percentile') return { contributions, sketch: decodeSketch(text) };
  const value = parseInteger(text);
  if (value === undefined) return { contributions };
  if (aggregation === 'min') return { contributions, min: value };
  return aggregation === 'max' ? { contributions, max: value } : { contributions, sum: value };
}
