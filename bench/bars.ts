import { HUNDRED_SERIES, NOW, ONE_SERIES } from './orders/read-catalog.ts';
import { catchUpMicros, catchUpRuns, microsOf } from './results.ts';
import type { BenchResults } from './results.ts';
import { decimal, mid } from './support/markdown.ts';

/** A figure, and what it must be. */
export type Bar = {
  readonly what: string;
  readonly unit: string;
  readonly measured: number | undefined;
  readonly isAtLeast?: true;
  readonly limit: number;
  /** What peers need, measured elsewhere on a machine with 2 cores: for orientation. */
  readonly peers: readonly (readonly [name: string, figure: number])[];
};

const A = { metrics: 2, repeats: 'once' } as const;
const B = { metrics: 10, repeats: 'once' } as const;
const TIDEMARK = { program: 'tidemark' } as const;

/** In the order in which they matter; those that were not measured have no figure. */
// long: a table.
export function bars(results: BenchResults): readonly Bar[] {
  const a = catchUpMicros(results, { ...TIDEMARK, ...A });
  const b = catchUpMicros(results, { ...TIDEMARK, ...B });
  const times = (peer: 'kafkajs' | 'kafka-streams'): number | undefined => {
    const theirs = catchUpMicros(results, { program: peer, ...A });
    return theirs === undefined || a === undefined ? undefined : theirs / a;
  };
  const killed = (sessionTimeoutMs: number): number | undefined =>
    mid(
      results.kill.filter((run) => run.sessionTimeoutMs === sessionTimeoutMs),
      ({ firstValueMs }) => firstValueMs / 1000,
    );
  return [
    {
      what: 'catching up with 2 metrics (A), one worker',
      unit: 'µs per event',
      measured: a,
      limit: 2.6,
      peers: [
        ['Flink', 14.9],
        ['Kafka Streams', 16],
        ['Flink, which counts repeats each time,', 4.2],
        ['Kafka Streams, which does,', 5.4],
      ],
    },
    {
      what: 'catching up with 10 metrics (B), one worker',
      unit: 'µs per event',
      measured: b,
      limit: 3.6,
      peers: [['Flink, which counts repeats each time,', 12.2]],
    },
    {
      what: 'one more metric: (B − A) / 8',
      unit: 'µs per event',
      measured: a === undefined || b === undefined ? undefined : (b - a) / (B.metrics - A.metrics),
      limit: 0.25,
      peers: [['Flink', 1.0]],
    },
    {
      what: 'memory of the worker after A',
      unit: 'MB',
      measured: megabytes(
        mid(catchUpRuns(results, { ...TIDEMARK, ...A }), ({ memoryMebibytes }) => memoryMebibytes),
      ),
      limit: 500,
      peers: [
        ['Flink', 1_350],
        ['Kafka Streams', 2_160],
      ],
    },
    {
      what: 'times less than the naive kafkajs consumer on A, repeats removed by both',
      unit: 'times',
      measured: times('kafkajs'),
      isAtLeast: true,
      limit: 6,
      peers: [],
    },
    {
      what: 'times less than Kafka Streams on A, repeats removed by both',
      unit: 'times',
      measured: times('kafka-streams'),
      isAtLeast: true,
      limit: 2,
      peers: [],
    },
    {
      what: 'live at 20,000 events/s, visible in Redis, p50',
      unit: 'ms',
      measured: mid(results.live, ({ visible }) => visible.p50),
      limit: 40,
      peers: [
        ['Flink', 75],
        ['Kafka Streams', 85],
      ],
    },
    {
      what: 'the same, p99',
      unit: 'ms',
      measured: mid(results.live, ({ visible }) => visible.p99),
      limit: 100,
      peers: [
        ['Flink', 139],
        ['Kafka Streams', 183],
      ],
    },
    {
      what: 'the same, CPU',
      unit: 'µs per event',
      measured: mid(results.live, microsOf),
      limit: 6,
      peers: [['Flink', 36]],
    },
    {
      what: 'kill -9 at full load → first new value, session 1.5 s',
      unit: 's',
      measured: killed(1_500),
      limit: 3,
      peers: [
        ['Flink', 4.0],
        ['Kafka Streams', 8.0],
      ],
    },
    {
      what: "the same with Kafka's default, session 6 s",
      unit: 's',
      measured: killed(6_000),
      limit: 8,
      peers: [['naive kafkajs', 30]],
    },
    {
      what: 'ingest over HTTP, batches of 100, durable',
      unit: 'µs per event',
      measured: mid(
        results.ingest.filter(({ batch }) => batch === 100),
        ({ nodeMicros }) => nodeMicros,
      ),
      limit: 12,
      peers: [["kafkajs' sending alone", 7.5]],
    },
    {
      what: 'reading: 90 days of hours of one series, p99',
      unit: 'ms',
      measured: slowest(results, ONE_SERIES),
      limit: 20,
      peers: [],
    },
    {
      what: 'reading: the same of 100 series, p99',
      unit: 'ms',
      measured: slowest(results, HUNDRED_SERIES),
      limit: 200,
      peers: [],
    },
    {
      what: 'reading: the hour that holds now of 1,000 series, p99',
      unit: 'ms',
      measured: slowest(results, NOW),
      limit: 50,
      peers: [],
    },
    {
      what: 'idle: all services, 10 topics of 8 partitions',
      unit: '% of a core',
      measured: mid(results.idle, ({ nodePercent }) => nodePercent),
      limit: 2,
      peers: [['kafkajs alone', 5]],
    },
    {
      what: 'most that 2 or 4 workers of 8 partitions need more than one',
      unit: '% CPU per event',
      measured: moreThanOneWorker(results),
      limit: 15,
      peers: [],
    },
  ];
}

/** p99 of the slowest of these questions. */
function slowest({ read }: BenchResults, questions: readonly string[]): number | undefined {
  const each = questions.map((question) =>
    mid(
      read.filter((run) => run.question === question),
      ({ p99 }) => p99,
    ),
  );
  const measured = each.filter((p99) => p99 !== undefined);
  return measured.length < questions.length ? undefined : Math.max(...measured);
}

/** Without a figure there is no verdict. */
export const isMet = ({ measured, isAtLeast, limit }: Bar): boolean | undefined =>
  measured === undefined ? undefined : isAtLeast ? measured >= limit : measured <= limit;

export const barRow = (bar: Bar): readonly string[] => {
  const met = isMet(bar);
  return [
    bar.what,
    `${decimal(bar.measured)} ${bar.unit}`,
    `${bar.isAtLeast ? '≥' : '≤'} ${bar.limit}`,
    met === undefined ? 'not measured' : met ? 'met' : '**missed**',
    bar.peers.map(([name, figure]) => `${name} ${figure.toLocaleString('en')}`).join(', '),
  ];
};

function moreThanOneWorker({ workers }: BenchResults): number | undefined {
  const need = (number: number): number | undefined =>
    mid(
      workers.filter((run) => run.workers === number),
      microsOf,
    );
  const [one, two, four] = [need(1), need(2), need(4)];
  if (one === undefined || two === undefined || four === undefined) return undefined;
  return (Math.max(two, four) / one - 1) * 100;
}

/** Peers whose known figure is better than what was measured here, in words. */
export const betterPeers = (all: readonly Bar[]): readonly string[] =>
  all.flatMap(({ what, unit, measured, isAtLeast, peers }) =>
    peers
      .filter(
        ([, figure]) =>
          measured !== undefined && (isAtLeast ? figure > measured : figure < measured),
      )
      .map(
        ([name, figure]) =>
          `${what}: ${name} ${figure.toLocaleString('en')} ${unit}, measured elsewhere, against ${decimal(measured)}.`,
      ),
  );

const megabytes = (mebibytes: number | undefined): number | undefined =>
  mebibytes === undefined ? undefined : (mebibytes * 2 ** 20) / 1e6;
