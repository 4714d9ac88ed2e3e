import { formatValue, valueOf } from '../../kernel/accumulator.ts';
import type { Accumulators } from '../../kernel/accumulator.ts';
import type { Catalog, SimpleMetric } from '../../kernel/definitions.ts';
import { TidemarkError } from '../../kernel/errors.ts';
import { projectionKeys, layoutOf, stageOf } from '../../kernel/projection.ts';
import type { ProjectionKeys } from '../../kernel/projection.ts';
import { stateOf } from '../../kernel/stage.ts';
import { decodeCell } from '../../kernel/stored-cell.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { zoneCalendar } from '../../kernel/window.ts';
import type { Grain } from '../../kernel/window.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { redisScript } from '../../platform/redis-script.ts';
import { deriveHistory, seriesOfAll } from '../core/values/derived-history.ts';
import { leavesOf } from '../core/values/formula-value.ts';
import type { HistoryCell } from '../core/values/recall.ts';
import type { History } from '../ports.ts';

/** Fields read in one transaction: Redis serves nobody else meanwhile (about 10 ms). */
const FIELDS_PER_BATCH = 40_000;
const KEYS_PER_CALL = 500;

/** Members of each key: of a set, or of a HyperLogLog with `~` before the estimate. */
const COUNT_MEMBERS = redisScript(`
local out = {}
for i, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key).ok
  if kind == 'set' then out[i] = tostring(redis.call('SCARD', key))
  elseif kind == 'string' then out[i] = '~' .. tostring(redis.call('PFCOUNT', key))
  else out[i] = '0' end
end
return out`);

/** History as the aggregator keeps it in Redis (kernel/projection.ts), read with what the catalogue says now. */
export function redisHistory(client: RedisClient, prefix: string, catalog: () => Catalog): History {
  const keysOf = ({ id, version }: SimpleMetric) => projectionKeys(prefix, id, version);

  const headOf = async (metric: SimpleMetric) => {
    const keys = keysOf(metric);
    const [meta, watermarks, numbers] = await run(
      client.multi().hgetall(keys.meta).hgetall(keys.watermarks).hgetall(keys.series),
    );
    const { gen, state } = meta as Record<string, string>;
    const marks = Object.values(watermarks as Record<string, string>).map(Number);
    const isReadable = gen !== undefined && layoutOf(gen) === 'known';
    if (!isReadable || state === 'rebuilding' || marks.length === 0) return undefined;
    const series = new Map(
      Object.entries(numbers as Record<string, string>).map(([key, n]) => [key, Number(n)]),
    );
    return { generation: gen, watermarkMs: Math.min(...marks), series };
  };

  const cellsOf = async (
    metric: SimpleMetric,
    of: { grain: Grain; fromMs: EpochMs; toMs: EpochMs; series: readonly string[] },
  ): Promise<readonly HistoryCell[] | undefined> => {
    const head = await headOf(metric);
    if (!head) return undefined;
    const known = of.series.flatMap((key) => {
      const number = head.series.get(key);
      return number === undefined ? [] : [{ key, number }];
    });
    const starts = startsBetween(metric, of);
    const fields = [
      'end',
      'stage',
      ...known.flatMap(({ number }) => [`${number}`, `${number}.r`, `${number}.x`]),
    ];
    const keys = keysOf(metric);
    const perBatch = Math.max(1, Math.floor(FIELDS_PER_BATCH / fields.length));
    const cells: HistoryCell[] = [];
    for (let from = 0; from < starts.length && known.length > 0; from += perBatch) {
      const batch = starts.slice(from, from + perBatch);
      const call = client.multi().hget(keys.meta, 'gen');
      // ioredis flattens arguments: too many to be spread here do not fit on the stack.
      const args = fields as unknown as string;
      for (const start of batch) call.hmget(keys.cells(of.grain, start), args);
      const [generation, ...rows] = await run(call);
      if (generation !== head.generation) return undefined;
      for (const [i, row] of rows.entries()) {
        const at = { start: batch[i] as EpochMs, closedMs: head.watermarkMs };
        cells.push(...cellsIn(row as (string | null)[], { ...at, metric, known }));
      }
    }
    return metric.aggregation === 'distinct'
      ? withMembers(client, keys, { metric, grain: of.grain, cells })
      : cells;
  };

  return {
    head: (metric) =>
      guard('reading how far history goes', async () => {
        const heads = await Promise.all(leavesOf(metric, catalog()).map(headOf));
        const known = heads.filter((head) => head !== undefined);
        if (known.length < heads.length || known.length === 0) return undefined;
        const series = known.map((head) => [...head.series.keys()]);
        return {
          watermarkMs: Math.min(...known.map(({ watermarkMs }) => watermarkMs)),
          series: metric.kind === 'simple' ? (series[0] ?? []) : seriesOfAll(metric, series),
        };
      }),
    cells: (metric, of) =>
      guard('reading history', async () => {
        if (metric.kind === 'simple') return cellsOf(metric, of);
        return deriveHistory(metric, catalog(), { ...of, cellsOf });
      }),
  };
}

function startsBetween(
  { timezone }: SimpleMetric,
  { grain, fromMs, toMs }: { grain: Grain; fromMs: EpochMs; toMs: EpochMs },
): readonly EpochMs[] {
  const size = { kind: 'grain', grain } as const;
  return [...zoneCalendar(timezone).windowsBetween(size, { fromMs, toMs })].map(
    ({ startMs }) => startMs,
  );
}

/** The cells of one window, of all series asked. */
function cellsIn(
  row: readonly (string | null)[],
  of: {
    readonly start: EpochMs;
    readonly closedMs: EpochMs;
    readonly metric: SimpleMetric;
    readonly known: readonly { readonly key: string }[];
  },
): readonly HistoryCell[] {
  if (row[0] == null) return [];
  const end = Number(row[0]);
  const stage = end > of.closedMs ? 0 : Math.max(1, stageOf(Number(row[1] ?? 0)).stage);
  return of.known.flatMap(({ key }, i) => {
    const at = 2 + i * 3;
    const [cell, revision, restatements] = row.slice(at, at + 3);
    if (cell == null) return [];
    const accumulators = decodeCell(cell);
    const changes = { revision: Number(revision ?? 0), restatements: Number(restatements ?? 0) };
    return {
      series: key,
      start: of.start,
      end,
      accumulators,
      value: shown(of.metric, accumulators),
      state: stateOf({ stage, ...changes }),
      revision: changes.revision,
    };
  });
}

function shown(metric: SimpleMetric, accumulators: Accumulators): string | null {
  const { valueScale, percentile, unit, aggregation } = metric;
  const scales = { valueScale, unitScale: unit.scale, percentile };
  return formatValue(valueOf(aggregation, accumulators, scales), unit.scale);
}

async function withMembers(
  client: RedisClient,
  keys: ProjectionKeys,
  of: { metric: SimpleMetric; grain: Grain; cells: readonly HistoryCell[] },
): Promise<readonly HistoryCell[]> {
  const out: HistoryCell[] = [];
  for (let from = 0; from < of.cells.length; from += KEYS_PER_CALL) {
    const batch = of.cells.slice(from, from + KEYS_PER_CALL);
    const names = batch.map(({ start, series }) => keys.members(of.grain, start, series));
    const counts = (await COUNT_MEMBERS(client, names, [])) as string[];
    for (const [i, cell] of batch.entries()) {
      const text = counts[i] ?? '0';
      const accumulators: Accumulators = {
        ...cell.accumulators,
        distinct: Number(text.replace('~', '')),
        ...(text.startsWith('~') ? { approximate: true } : {}),
      };
      out.push({ ...cell, accumulators, value: shown(of.metric, accumulators) });
    }
  }
  return out;
}

type Call = { exec: () => Promise<[error: Error | null, result: unknown][] | null> };

/** Replies of a transaction. @throws the first error among them */
async function run(call: Call): Promise<unknown[]> {
  const replies = await call.exec();
  if (!replies) throw new Error('the transaction was dropped');
  return replies.map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });
}

async function guard<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new TidemarkError('redis_unavailable', `${what}: ${(cause as Error).message}`, { cause });
  }
}
