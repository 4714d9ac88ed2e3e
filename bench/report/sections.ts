import type { BackfillRun } from '../backfill.ts';
import type { IdleRun } from '../idle.ts';
import type { IngestRun } from '../ingest.ts';
import type { KillRun } from '../kill.ts';
import type { LatencyRun } from '../latency.ts';
import type { LiveRun } from '../live.ts';
import { microsOf } from '../results.ts';
import { count, decimal, mid, table } from '../support/markdown.ts';
import type { LiveFigures } from '../support/live-run.ts';
import type { Distribution } from '../support/statistics.ts';
import type { WorkersRun } from '../workers.ts';

type Section = readonly string[];

const LIVE_HEAD = [
  '',
  'p50 ms',
  'p99 ms',
  'max ms',
  'µs per event',
  'Node',
  'Redis',
  'Kafka',
] as const;

const liveRow = (name: string, runs: readonly LiveFigures[]): readonly string[] => [
  name,
  count(mid(runs, ({ visible }) => visible.p50)),
  count(mid(runs, ({ visible }) => visible.p99)),
  count(Math.max(...runs.map(({ visible }) => visible.max))),
  decimal(mid(runs, microsOf)),
  decimal(mid(runs, ({ nodeMicros }) => nodeMicros)),
  decimal(mid(runs, ({ redisMicros }) => redisMicros)),
  decimal(mid(runs, ({ kafkaMicros }) => kafkaMicros)),
];

export function liveSection(runs: readonly LiveRun[]): Section {
  if (runs.length === 0) return [];
  return [
    '## Live',
    `Job A at an even 20,000 events a second, 200 each 10 ms straight into Kafka, open loop: an event's time counts from when its 10 ms end until the cursor of the slower metric in Redis is past it. ${rightCells(runs)}`,
    table(LIVE_HEAD, [liveRow('event → value in Redis', runs)]),
  ];
}

export function killSection(runs: readonly KillRun[]): Section {
  if (runs.length === 0) return [];
  const groups = Map.groupBy(runs, ({ sessionTimeoutMs }) => sessionTimeoutMs);
  return [
    '## A killed worker',
    `\`kill -9\` of the only worker in the middle of catching up with job A, and a new process at once, until a value moves on. kafkajs has no static membership: the partitions wait until the dead member's session ends (\`TIDEMARK_SESSION_TIMEOUT_MS\`; the embedded broker allows 1 s by \`group.min.session.timeout.ms\`, others 6 s unless it is set). Meanwhile the new process reads the identities of the events before again, one partition after the other; the first counts as soon as its own are known, at the expense of the last, since what it has to catch up with is counted meanwhile. ${rightCells(runs)}`,
    table(
      [
        'session, ms',
        'events before',
        'first new value after, ms',
        'worst',
        'all partitions count after, ms',
      ],
      [...groups].map(([sessionTimeoutMs, group]) => [
        count(sessionTimeoutMs),
        count(mid(group, ({ eventsBefore }) => eventsBefore)),
        count(mid(group, ({ firstValueMs }) => firstValueMs)),
        count(Math.max(...group.map(({ firstValueMs }) => firstValueMs))),
        count(mid(group, ({ allPartitionsMs }) => allPartitionsMs)),
      ]),
    ),
  ];
}

export function backfillSection(runs: readonly BackfillRun[]): Section {
  if (runs.length === 0) return [];
  return [
    '## Live beside a backfill',
    `Two metrics are added to a log of ${count(mid(runs, ({ eventsBefore }) => eventsBefore))} events while two others count 20,000 events a second; they are level with the log after ${decimal(mid(runs, ({ seconds }) => seconds))} s. ${rightCells(runs)}`,
    table(LIVE_HEAD, [
      liveRow(
        'before',
        runs.map(({ alone }) => alone),
      ),
      liveRow(
        'beside the backfill',
        runs.map(({ beside }) => beside),
      ),
    ]),
  ];
}

export function workersSection(runs: readonly WorkersRun[]): Section {
  if (runs.length === 0) return [];
  return [
    '## Several workers',
    `Job A, ${count(runs[0]?.events)} events that become readable at the same moment, 8 partitions, the workers of one group on one machine, compiled code. ${rightCells(runs)}`,
    table(
      ['workers', 'events/s', 'µs per event', 'Node, all', 'Redis'],
      [...Map.groupBy(runs, ({ workers }) => workers)].map(([workers, group]) => [
        String(workers),
        count(mid(group, ({ eventsPerSecond }) => eventsPerSecond)),
        decimal(mid(group, microsOf)),
        decimal(mid(group, ({ nodeMicros }) => nodeMicros)),
        decimal(mid(group, ({ redisMicros }) => redisMicros)),
      ]),
    ),
  ];
}

export function ingestSection(runs: readonly IngestRun[]): Section {
  if (runs.length === 0) return [];
  const rows = [...Map.groupBy(runs, ({ batch }) => batch)].map(([batch, group]) => [
    String(batch),
    String(group[0]?.connections ?? 0),
    count(mid(group, ({ eventsPerSecond }) => eventsPerSecond)),
    decimal(mid(group, ({ nodeMicros }) => nodeMicros)),
    decimal(mid(group, ({ kafkaMicros }) => kafkaMicros)),
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

export function idleSection(runs: readonly IdleRun[]): Section {
  if (runs.length === 0) return [];
  const percent = (value: number | undefined): string =>
    value === undefined ? '–' : `${value.toFixed(1)} %`;
  return [
    '## Idle',
    `Ingest, aggregator, alerting and console in one process, ${runs[0]?.topics} event topics of ${runs[0]?.partitions} partitions, no events. Share of one core.`,
    table(
      ['services', 'Redis', 'Kafka', 'services, MiB'],
      [
        [
          percent(mid(runs, ({ nodePercent }) => nodePercent)),
          percent(mid(runs, ({ redisPercent }) => redisPercent)),
          percent(mid(runs, ({ kafkaPercent }) => kafkaPercent)),
          count(mid(runs, ({ memoryMebibytes }) => memoryMebibytes)),
        ],
      ],
    ),
  ];
}

export function latencySection(runs: readonly LatencyRun[]): Section {
  if (runs.length === 0) return [];
  const row = (what: string, pick: (run: LatencyRun) => Distribution): readonly string[] => [
    what,
    count(mid(runs, (run) => pick(run).samples)),
    count(mid(runs, (run) => pick(run).p50)),
    count(mid(runs, (run) => pick(run).p99)),
    count(Math.max(...runs.map((run) => pick(run).max))),
  ];
  return [
    '## From HTTP to the webhook',
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

/** Of all runs: one wrong cell anywhere shows. */
function rightCells(
  runs: readonly { readonly cells: number; readonly wrongCells: number }[],
): string {
  const cells = runs.reduce((sum, run) => sum + run.cells, 0);
  const wrong = runs.reduce((sum, run) => sum + run.wrongCells, 0);
  return `Right: ${count(cells - wrong)} of ${count(cells)} cells.`;
}
