import type { LoggedRecord, WrittenEvent } from './event-log.ts';

/**
 * A naive recount of an event log, which shares no code with the aggregator: quadratic, with bigints and plain
 * JavaScript in place of expressions. What it says of a record depends on the records before it in its partition.
 */
export type OracleMetric = {
  readonly aggregation:
    | 'sum'
    | 'count'
    | 'min'
    | 'max'
    | 'avg'
    | 'last'
    | 'distinct'
    | 'percentile'
    | 'latest';
  readonly where?: (data: Record<string, never>) => boolean;
  readonly value?: (data: Record<string, never>) => bigint | number | string | null;
  /** Of latest. */
  readonly entity?: (data: Record<string, never>) => string | null;
  readonly dimensions?: Readonly<Record<string, (data: Record<string, never>) => string>>;
  readonly breakdowns: readonly (readonly string[])[];
  readonly grains: readonly ('minute' | 'hour' | 'day')[];
  readonly timezone: string;
  readonly latenessMs: number;
  readonly retentionMs: Readonly<Record<'minute' | 'hour' | 'day', number>>;
};
export type OracleRules = {
  readonly outOfOrdernessMs: number;
  readonly duplicateHorizonMs: number;
  readonly maxFutureMs: number;
};
export type OracleCell = {
  contributions: number;
  sum?: bigint;
  min?: bigint;
  max?: bigint;
  last?: bigint;
  distinct?: number;
  /** `index:count …` of logarithmic bins, see `binOf`. */
  sketch?: string;
};
export type Recount = {
  /** By `grain|start|series key`. */
  readonly cells: Readonly<Record<string, OracleCell>>;
  readonly outcomes: Readonly<Record<string, number>>;
};

const MONTH_MS = 30 * 86_400_000;
const SIZE = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
type Event = Required<WrittenEvent>;
type Counted = { v: bigint | string; at: number[]; entity: string };

/** @param onOutcome told of each record what it is for the metric */
export function recount(
  log: readonly LoggedRecord[],
  rules: OracleRules,
  metric: OracleMetric,
  onOutcome?: (record: LoggedRecord, outcome: string) => void,
): Recount {
  const cells = new Map<string, { values: Counted[] }>();
  const outcomes: Record<string, number> = {};
  for (const partition of new Set(log.map((record) => record.partition))) {
    const records = log.filter((record) => record.partition === partition);
    const sightings: { event: Event; appendMs: number }[] = [];
    const beats: { instance: string; heardMs: number; oldestMs: number }[] = [];
    let watermark = 0;
    for (const record of records) {
      const { content, offset, appendMs } = record;
      const outcome = judge();
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      onOutcome?.(record, outcome);

      function judge(): string {
        if (content.kind === 'unreadable') return 'dead_lettered';
        if (content.kind === 'heartbeat') {
          beats.push({
            instance: content.instance,
            heardMs: appendMs,
            oldestMs: Math.min(content.oldestAccepted, appendMs),
          });
          const live = [...new Set(beats.map(({ instance }) => instance))]
            .map((name) => beats.findLast(({ instance }) => instance === name))
            .filter((beat) => beat !== undefined && beat.heardMs >= appendMs - 10_000);
          const oldest = Math.min(appendMs, ...live.map((beat) => beat?.oldestMs ?? appendMs));
          watermark = Math.max(watermark, oldest - rules.outOfOrdernessMs);
          return 'heartbeat';
        }
        const { event } = content;
        if (event.time === null || event.time > appendMs + rules.maxFutureMs)
          return 'dead_lettered';
        const same = sightings.filter(
          (one) => one.event.id === event.id && one.event.source === event.source,
        );
        const isSeen = same.some(
          (one) =>
            one.appendMs + (one.event.historical ? MONTH_MS : rules.duplicateHorizonMs) >= appendMs,
        );
        sightings.push({ event, appendMs });
        if (isSeen)
          return payload(same.at(-1)?.event) === payload(event) ? 'duplicate' : 'conflict';
        const before = watermark;
        if (!event.historical)
          watermark = Math.max(watermark, Math.min(event.time, appendMs) - rules.outOfOrdernessMs);
        return count(event, before, [event.time, partition, offset]);
      }
    }
  }
  return {
    outcomes,
    cells: Object.fromEntries([...cells].map(([key, { values }]) => [key, cellOf(values)])),
  };

  function count(event: Event, watermark: number, at: number[]): string {
    const data = event.data as Record<string, never>;
    const value = metric.value ? metric.value(data) : 0n;
    const entity = metric.entity ? metric.entity(data) : '';
    if ((metric.where && !metric.where(data)) || value === null || entity === null)
      return 'filtered';
    const time = event.time as number;
    const finest = (['minute', 'hour', 'day'] as const).find((one) => metric.grains.includes(one));
    const [, finestEnd] = windowOf(finest ?? 'day', time, metric.timezone);
    if (!event.historical && finestEnd + metric.latenessMs <= watermark) return 'late';
    let kept = false;
    for (const grain of metric.grains) {
      const [start, end] = windowOf(grain, time, metric.timezone);
      if (end + Math.max(metric.latenessMs, metric.retentionMs[grain]) <= watermark) continue;
      kept = true;
      for (const breakdown of metric.breakdowns) {
        const labels = breakdown.flatMap((name) => [name, metric.dimensions?.[name]?.(data) ?? '']);
        const key = `${grain}|${start}|${JSON.stringify(labels)}`;
        if (!cells.has(key)) cells.set(key, { values: [] });
        const v = typeof value === 'string' ? value : BigInt(value);
        cells.get(key)?.values.push({ v, at, entity });
      }
    }
    return kept ? 'counted' : 'expired';
  }

  function cellOf(values: Counted[]): OracleCell {
    const contributions = values.length;
    const numbers = values.map(({ v }) => v).filter((v) => typeof v === 'bigint');
    switch (metric.aggregation) {
      case 'count':
        return { contributions };
      case 'sum':
      case 'avg':
        return { contributions, sum: numbers.reduce((a, b) => a + b, 0n) };
      case 'min':
        return { contributions, min: numbers.reduce((a, b) => (b < a ? b : a)) };
      case 'max':
        return { contributions, max: numbers.reduce((a, b) => (b > a ? b : a)) };
      case 'distinct':
        return { contributions, distinct: new Set(values.map(({ v }) => String(v))).size };
      case 'percentile': {
        const counts: Record<number, number> = {};
        for (const bin of numbers.map(binOf)) counts[bin] = (counts[bin] ?? 0) + 1;
        const bins = Object.keys(counts).map(Number);
        const sketch = bins.sort((a, b) => a - b).map((bin) => `${bin}:${counts[bin]}`);
        return { contributions, sketch: sketch.join(' ') };
      }
      case 'last':
        return { contributions, last: newestOf(values) };
      case 'latest': {
        const names = [...new Set(values.map(({ entity }) => entity))];
        const newest = names.map((name) => newestOf(values.filter((one) => one.entity === name)));
        return { contributions, sum: newest.reduce((a, b) => a + b, 0n) };
      }
    }
  }
}

/** Walks from bin to bin: each reaches from its lowest value to 101/99 of it. */
function binOf(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  let bin = 0;
  for (let low = 1n; low <= magnitude; low = (low * 101n) / 99n + 1n) bin++;
  return value < 0n ? -bin : bin;
}

const newestOf = (values: Counted[]): bigint =>
  values.reduce((a, b) => (isAfter(b.at, a.at) ? b : a)).v as bigint;

const isAfter = (a: number[], b: number[]): boolean => {
  const at = a.findIndex((part, i) => part !== b[i]);
  return at >= 0 && (a[at] as number) > (b[at] as number);
};

const payload = (event: Event | undefined): string =>
  JSON.stringify([event?.time, event?.subject, event?.data], (_, v: unknown) =>
    typeof v === 'bigint' ? String(v) : v,
  );

function windowOf(
  grain: 'minute' | 'hour' | 'day',
  timeMs: number,
  timezone: string,
): [number, number] {
  if (grain !== 'day') {
    const start = timeMs - (((timeMs % SIZE[grain]) + SIZE[grain]) % SIZE[grain]);
    return [start, start + SIZE[grain]];
  }
  const date = Temporal.Instant.fromEpochMilliseconds(timeMs)
    .toZonedDateTimeISO(timezone)
    .toPlainDate();
  const at = (day: Temporal.PlainDate) => day.toZonedDateTime(timezone).epochMilliseconds;
  return [at(date), at(date.add({ days: 1 }))];
}
