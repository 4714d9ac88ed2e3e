import { projectionKeys } from '../../services/kernel/projection.ts';
import { GRAINS } from '../../services/kernel/window.ts';
import type { Grain } from '../../services/kernel/window.ts';
import type { RedisClient } from '../../services/platform/redis.ts';
import type { BenchMetric } from './catalog.ts';
import type { Order } from './workload.ts';

const SIZE_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Between members: none holds it. */
const SEPARATOR = '\u0000';

type Cell = { contributions: number; value: number };
/** What must stand in the cells, by `metric|grain|start|members`. */
export type Expected = ReadonlyMap<string, Readonly<Cell>>;

/**
 * The naive recount: every event once, by its id, in numbers of a range where they are exact. It shares nothing with the
 * aggregator but the definitions' meaning. Days are those of UTC.
 */
export function expectedCells(
  workload: Iterable<Order>,
  metrics: readonly BenchMetric[],
  { repeats = 'once' }: { repeats?: 'once' | 'each time' } = {},
): Expected {
  const tables = metrics.map((metric) => ({ metric, series: new Map<string, Windows>() }));
  const seen = new Set<string>();
  for (const order of workload) {
    if (repeats === 'once') {
      if (seen.has(order.eventId)) continue;
      seen.add(order.eventId);
    }
    for (const table of tables) if (table.metric.where(order)) count(table, order);
  }
  return new Map(tables.flatMap(cellsOfTable));
}

/** Cells of one series: by grain, then by start. */
type Windows = ReadonlyMap<Grain, Map<number, Cell>>;
/** Names of cells are texts only at the end: making one per event and cell would take minutes for millions of events. */
type Table = { readonly metric: BenchMetric; readonly series: Map<string, Windows> };

function count({ metric, series }: Table, order: Order): void {
  const { grains, aggregation } = metric.definition;
  const members = metric.members(order).join(SEPARATOR);
  const value = metric.value(order);
  let windows = series.get(members);
  if (!windows) {
    windows = new Map(grains.map((grain) => [grain, new Map<number, Cell>()]));
    series.set(members, windows);
  }
  for (const [grain, cells] of windows) {
    const start = Math.floor(order.occurredAtMs / SIZE_MS[grain]) * SIZE_MS[grain];
    const cell = cells.get(start);
    if (cell) {
      cell.contributions++;
      cell.value = aggregation === 'max' ? Math.max(cell.value, value) : cell.value + value;
    } else cells.set(start, { contributions: 1, value });
  }
}

const cellsOfTable = ({ metric, series }: Table): readonly [string, Cell][] =>
  [...series].flatMap(([members, windows]) =>
    [...windows].flatMap(([grain, cells]) =>
      [...cells].map(([start, cell]): [string, Cell] => [
        `${metric.definition.id}|${grain}|${start}|${members}`,
        cell,
      ]),
    ),
  );

export type Comparison = {
  readonly cells: number;
  /** Missing and surplus ones included. */
  readonly wrong: number;
  readonly example: string | undefined;
};

/** Compares every cell in Redis with what must stand there. */
export async function compareCells(
  redis: RedisClient,
  options: { prefix: string; metrics: readonly BenchMetric[]; expected: Expected },
): Promise<Comparison> {
  const { prefix, metrics, expected } = options;
  const stored = new Map<string, Cell>();
  for (const { definition } of metrics) {
    const { id, grains, version } = definition;
    const keys = projectionKeys(prefix, id, version);
    const dictionary = Object.entries(await redis.hgetall(keys.series));
    const members = new Map(dictionary.map(([key, number]) => [number, membersOf(key)]));
    const windows = GRAINS.filter((one) => grains.includes(one)).flatMap((grain) =>
      [...startsOf(expected, `${id}|${grain}|`)].map((start) => ({ grain, start })),
    );
    for (const { grain, start } of windows) {
      const cells = cellsOf(await redis.hgetall(keys.cells(grain, start)));
      for (const [number, cell] of cells)
        stored.set(`${id}|${grain}|${start}|${members.get(number) ?? '?'}`, cell);
    }
  }
  return difference(expected, stored);
}

/** The fields of a window's hash as cells by series number (kernel/projection.ts). */
function cellsOf(fields: Readonly<Record<string, string>>): readonly [string, Cell][] {
  const numbers = Object.keys(fields).filter((name) => /^\d+$/.test(name));
  return numbers.map((number) => {
    // `12s3400`, `12z300`, or contributions alone.
    const [contributions, value = '0'] = (fields[number] as string).split(/[a-z]/);
    return [number, { contributions: Number(contributions), value: Number(value) }];
  });
}

/** Of these metrics only. */
export const cellsOfMetrics = (expected: Expected, metrics: readonly BenchMetric[]): Expected => {
  const ids = new Set(metrics.map(({ definition }) => definition.id));
  return new Map([...expected].filter(([key]) => ids.has(key.slice(0, key.indexOf('|')))));
};

/** Of these metrics, the minutes only. */
export const minuteCells = (expected: Expected, metrics: readonly BenchMetric[]): Expected =>
  new Map([...cellsOfMetrics(expected, metrics)].filter(([key]) => key.split('|')[1] === 'minute'));

export function difference(expected: Expected, stored: Expected): Comparison {
  let wrong = 0;
  let example: string | undefined;
  for (const key of new Set([...expected.keys(), ...stored.keys()])) {
    const want = expected.get(key);
    const have = stored.get(key);
    if (want?.contributions === have?.contributions && want?.value === have?.value) continue;
    wrong++;
    example ??= `${key.replaceAll(SEPARATOR, ',')}: ${JSON.stringify(have)} instead of ${JSON.stringify(want)}`;
  }
  return { cells: expected.size, wrong, example };
}

const startsOf = (expected: Expected, prefix: string): ReadonlySet<number> =>
  new Set(
    [...expected.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => Number(key.slice(prefix.length).split('|')[0])),
  );

/** `["store","S001","channel","web"]` → its members. */
const membersOf = (seriesKey: string): string =>
  (JSON.parse(seriesKey) as string[]).filter((_, i) => i % 2 === 1).join(SEPARATOR);
