import { doubledIn, lostIn } from './report/alerting.ts';
import { readersRatio } from './report/readers.ts';
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
  /** What profiles show to hold it, and what was tried: said where the bar is missed. */
  readonly held?: string;
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
      held: 'Judging, folding and flushing without Kafka and Redis take 2.5 µs, of which A has 1.5: each further metric costs 0.12 µs for its counters and one look-up per cell. The rest is fetching, publishing what changed (ten metrics tell ten times) and Redis, 0.5 µs. Tried without gain: a shortcut for events ahead of the watermark, a remembered hash of the last source, a slower flush. Not done: one look-up per window and series for all metrics in step, and publishing more rarely while far behind, which alerts would feel.',
    },
    {
      what: 'one more metric: (B − A) / 8',
      unit: 'µs per event',
      measured: a === undefined || b === undefined ? undefined : (b - a) / (B.metrics - A.metrics),
      limit: 0.25,
      peers: [['Flink', 1.0]],
    },
    {
      what: 'rebuilding with 2 metrics: events per second of CPU of worker and Redis',
      unit: 'thousand',
      measured: a === undefined ? undefined : 1_000 / a,
      isAtLeast: true,
      limit: 800,
      peers: [],
      held: 'A rebuild is catching up from the start with repeats removed, so it costs what A costs. Without Kafka and Redis, judging, folding and flushing alone take 1.5 µs, which would be 660,000 a second; a sixth of that is finding an identity among five million.',
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
      held: 'At a flush each 25 to 30 ms some 440 events of a metric with 800 series touch about 1,000 cells of three grains, a field each: 2.3 per event; publishing what changed reads and clears them again. One field per cell in place of two took a tenth of catching up and nothing that shows here. Rarer flushes would gather more events per cell, but half of the events must be visible within 40 ms. Tried: one packed argument per flush in place of thousands (a third less), adding inlined in Lua (nothing), coarse grains published more rarely (a third of the updates less). What would help is coarse grains written less often: another layout, whose readers merge.',
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
      held: 'Most of it is Redis: 2,160 cells are 2,160 hashes, of each of which three fields are asked for, of another series each time: 2 µs by itself and 3 beside others, most of it waiting for memory. The console’s own work before the first and after the last cell is 2.4 ms. The slowest answers wait for a processor: the console gives way to all others of its machine.',
    },
    {
      what: 'reading: the same of 100 series, p99',
      unit: 'ms',
      measured: slowest(results, HUNDRED_SERIES),
      limit: 200,
      peers: [],
      held: 'With nothing beside it p99 was 167 ms, of which 90 are Redis’ CPU for 216,000 fields and 58 the console’s, partly meanwhile, for 4.8 MB of text. The slowest answers wait for a processor, or for the collector (10 to 20 ms).',
    },
    {
      what: 'reading: the hour that holds now of 1,000 series, p99',
      unit: 'ms',
      measured: slowest(results, NOW),
      limit: 50,
      peers: [],
    },
    {
      what: 'the console: home or the page of a metric, first useful paint, cold cache',
      unit: 's',
      measured: slowestPaint(results),
      limit: 1,
      peers: [],
    },
    {
      what: '200 readers: event → value p99, with them over without',
      unit: 'times',
      measured: readersRatio(results.readers),
      limit: 1.2,
      peers: [],
    },
    {
      what: 'alerting: 1,000 rules over 10,000 series at 5,000 events/s, value visible → webhook, p50',
      unit: 'ms',
      measured: mid(results.alerting, ({ shown }) => shown.p50),
      limit: 250,
      peers: [],
      held: 'It depends on who else is on the processors, for all services, Kafka and Redis share two cores: on a quiet machine p50 was 173 ms and p99 464, and in an hour in which everything needed more CPU 345 to 700 and 1,051 to 1,859. In that hour the code of the quiet run, measured in turns with that of today, gave 609 and 619.',
    },
    {
      what: 'the same, p99',
      unit: 'ms',
      measured: mid(results.alerting, ({ shown }) => shown.p99),
      limit: 1_000,
      peers: [],
    },
    {
      what: 'breaches lost or told twice, storm included',
      unit: 'alerts',
      measured: mid(results.alerting, (run) => lostIn(run) + doubledIn(run) + run.storm.unended),
      limit: 0,
      peers: [],
    },
    {
      what: "a storm of 10,000 breaches: another team's alert, p99",
      unit: 's',
      measured: mid(results.alerting, ({ storm }) => storm.others.p99 / 1000),
      limit: 5,
      peers: [],
    },
    {
      what: 'judging a changed value or a closed window, 1 to 10,000 series',
      unit: 'µs per rule and series',
      measured: slowestLook(results),
      limit: 5,
      peers: [],
      held: 'Rules that say the same of a series share what they saw and remember, so a window’s end costs a look at each and one list for all; what is left with 10,000 series is memory that is waited for.',
    },
    {
      what: 'idle: all services, 10 topics of 8 partitions',
      unit: '% of a core',
      measured: mid(results.idle, ({ nodePercent }) => nodePercent),
      limit: 2,
      peers: [['kafkajs alone', 5]],
      held: 'Without events the pipeline still works each second, since silence is news: 80 heartbeats, a flush and a tick for each metric, alerting’s clocks. Requests were cut from 25 to 5 produces and from 100 to 42 commands a second, which gave a tenth: 42 % of the samples are reactions of promises, a third begins at sockets, a third at timers, 15 % are V8’s own threads. What is left is mostly kafkajs’ runner, which hands over some 100 batches of partitions a second. Next: one fetch for all idle topics of a process.',
    },
    {
      what: 'most that 2 or 4 workers of 8 partitions need more than one',
      unit: '% CPU per event',
      measured: moreThanOneWorker(results),
      limit: 15,
      peers: [],
      held: 'On two cores, which Kafka and Redis share with them, four workers wait for each other, and each flushes its own part of the same cells: Redis’ share doubles from one worker to four. Two workers stay within the bar.',
    },
  ];
}

/** The dearer of the two, of the size at which it is dearest. */
function slowestLook({ evaluation }: BenchResults): number | undefined {
  const looks = evaluation.flatMap(({ core }) => core.flatMap((run) => [run.update, run.close]));
  return looks.length === 0 ? undefined : Math.max(...looks);
}

/** Median of the slower page. */
function slowestPaint({ paint }: BenchResults): number | undefined {
  const cold = paint.filter(({ cache }) => cache === 'cold').map(({ median }) => median / 1_000);
  return cold.length === 0 ? undefined : Math.max(...cold);
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

/** What holds the bars that were missed, one sentence or two each. */
export const heldBars = (all: readonly Bar[]): readonly string[] =>
  all.flatMap((bar) => (isMet(bar) === false && bar.held ? [`**${bar.what}.** ${bar.held}`] : []));

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
