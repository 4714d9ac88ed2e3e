import type { BackfillRun } from './backfill.ts';
import type { CatchUpRun } from './catch-up.ts';
import type { IdleRun } from './idle.ts';
import type { IngestRun } from './ingest.ts';
import type { KillRun } from './kill.ts';
import type { LatencyRun } from './latency.ts';
import type { LiveRun } from './live.ts';
import type { WorkersRun } from './workers.ts';
import { median } from './support/statistics.ts';
import type { Distribution } from './support/statistics.ts';

export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGibibytes: number;
  readonly system: string;
  readonly node: string;
  readonly kafka: string;
  readonly redis: string;
};
export type BenchResults = {
  readonly at: string;
  readonly commit: string;
  readonly runs: number;
  readonly isQuick: boolean;
  readonly machine: Machine;
  readonly ingest: readonly IngestRun[];
  readonly catchUp: readonly CatchUpRun[];
  readonly live: readonly LiveRun[];
  readonly kill: readonly KillRun[];
  readonly backfill: readonly BackfillRun[];
  readonly workers: readonly WorkersRun[];
  readonly idle: readonly IdleRun[];
  readonly latency: readonly LatencyRun[];
};

/** The page docs/benchmarks.md. Pure: the same results give the same page. */
export function benchmarksPage(results: BenchResults): string {
  const { machine } = results;
  return `${[
    '# Benchmarks',
    'Made by `npm run bench`; do not edit. A figure is the median of its runs. CPU is that of the named process, in microseconds per event (`/proc`); the load runs on the same machine.',
    table(
      ['', ''],
      [
        ['date', results.at],
        ['commit', results.commit],
        [
          'runs',
          `${results.runs}${results.isQuick ? ' (--quick: short runs, rough figures)' : ''}`,
        ],
        [
          'machine',
          `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGibibytes} GiB, ${machine.system}`,
        ],
        [
          'versions',
          `Node ${machine.node}, Kafka ${machine.kafka}, Redis ${machine.redis} (append-only file, fsync each second)`,
        ],
      ],
    ),
    ...(results.ingest.length > 0 ? ingestSection(results.ingest) : []),
    ...(results.catchUp.length > 0 ? catchUpSection(results.catchUp) : []),
    ...(results.latency.length > 0 ? latencySection(results.latency) : []),
  ].join('\n\n')}\n`;
}

function ingestSection(runs: readonly IngestRun[]): readonly string[] {
  const rows = [...Map.groupBy(runs, ({ batch }) => batch)].map(([batch, group]) => [
    String(batch),
    String(group[0]?.connections ?? 0),
    count(mid(group, ({ eventsPerSecond }) => eventsPerSecond)),
    micros(mid(group, ({ nodeMicros }) => nodeMicros)),
    micros(mid(group, ({ kafkaMicros }) => kafkaMicros)),
    count(mid(group, ({ memoryMebibytes }) => memoryMebibytes)),
  ]);
  return [
    '## Ingest over HTTP',
    '`POST /v1/events`, structured CloudEvents, closed loop: each connection waits for its 202, which comes when Kafka has the event.',
    table(
      ['events per request', 'connections', 'events/s', 'Node µs', 'Kafka µs', 'Node MiB'],
      rows,
    ),
  ];
}

function catchUpSection(runs: readonly CatchUpRun[]): readonly string[] {
  const groups = Map.groupBy(
    runs,
    ({ program, metrics, repeats }) => `${program} ${metrics} ${repeats}`,
  );
  const rows = [...groups.values()].map((group) => {
    const [first] = group as [CatchUpRun];
    const wrong = Math.max(...group.map(({ wrongCells }) => wrongCells));
    return [
      first.program === 'tidemark'
        ? `Tidemark, ${first.metrics} metrics`
        : `${first.program}, ${first.metrics} metrics, repeats count ${first.repeats}`,
      count(mid(group, ({ eventsPerSecond }) => eventsPerSecond)),
      micros(mid(group, ({ nodeMicros }) => nodeMicros)),
      micros(mid(group, ({ redisMicros }) => redisMicros)),
      micros(mid(group, ({ kafkaMicros }) => kafkaMicros)),
      count(mid(group, ({ memoryMebibytes }) => memoryMebibytes)),
      `${count(first.cells - wrong)} of ${count(first.cells)}`,
    ];
  });
  return [
    '## Catching up',
    `${count(Math.max(...runs.map(({ events }) => events)))} order events, 1 % of them repeats, in 8 partitions, read from the start; every cell is compared with a naive recount that counts each event once. Tidemark keeps minute, hour and day cells, removes repeats, and publishes what changes. The rival is what one writes with the same libraries: registry client, one HINCRBY per event and metric, pipelined per batch, minute cells only; it has no memory of ids, so a cell with a repeat is wrong.`,
    table(
      ['program', 'events/s', 'Node µs', 'Redis µs', 'Kafka µs', 'Node MiB', 'right cells'],
      rows,
    ),
  ];
}

function latencySection(runs: readonly LatencyRun[]): readonly string[] {
  const row = (what: string, pick: (run: LatencyRun) => Distribution): readonly string[] => [
    what,
    count(mid(runs, (run) => pick(run).samples)),
    count(mid(runs, (run) => pick(run).p50)),
    count(mid(runs, (run) => pick(run).p99)),
    count(Math.max(...runs.map((run) => pick(run).max))),
  ];
  return [
    '## Latency',
    `Open loop at ${count(runs[0]?.eventsPerSecond)} events a second in requests of 10, each service in a process of its own; an event's time counts from when it was due to be sent. Milliseconds; the last column is the worst of all runs. Lost: ${runs.reduce((sum, { lost }) => sum + lost, 0)}.`,
    table(
      ['from → to', 'samples', 'p50', 'p99', 'max'],
      [
        row('event → its 202 (requests)', ({ acknowledged }) => acknowledged),
        row('event → value in Redis', ({ redis }) => redis),
        row('event → webhook of the alert that it fires', ({ webhook }) => webhook),
        row('value in Redis → webhook', ({ breachToWebhook }) => breachToWebhook),
      ],
    ),
  ];
}

function mid<T>(group: readonly T[], pick: (run: T) => number | undefined): number | undefined {
  const values = group.map(pick).filter((value) => value !== undefined);
  return values.length > 0 ? median(values) : undefined;
}

const count = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : Math.round(value).toLocaleString('en');
const micros = (value: number | undefined): string =>
  value === undefined ? '–' : value.toFixed(value < 10 ? 2 : 1);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
