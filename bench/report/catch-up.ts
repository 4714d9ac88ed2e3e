import type { CatchUpRun } from '../support/catch-up-figures.ts';
import { catchUpRuns, microsOf } from '../results.ts';
import type { BenchResults } from '../results.ts';
import { count, decimal, mid, table } from '../support/markdown.ts';

const NAMES = {
  tidemark: 'Tidemark',
  kafkajs: 'naive kafkajs',
  'kafka-streams': 'Kafka Streams',
} as const;

export function catchUpSection({ catchUp: runs }: BenchResults): readonly string[] {
  if (runs.length === 0) return [];
  const groups = Map.groupBy(
    runs,
    ({ program, metrics, repeats }) => `${program} ${metrics} ${repeats}`,
  );
  return [
    '## Catching up',
    'Order events of some 105 B of Avro in 8 partitions, read from the start: 200 stores, 4 channels, up to 5 s out of order, 1 % 30 to 90 s late, 1 % exact repeats; event time is as dense as at 20,000 events a second. CPU counts from when a program is about to read its first record until its last value is out. Tidemark: one worker, minute, hour and day cells in Redis, exactly-once, what changes is published.',
    'The peers count job A (2 metrics), minute cells only, which favours them. **Kafka Streams** (`bench/peers/kafka-streams`): exactly-once, commit and output once a second to a topic, not to a store that can be asked; the Processor API without repartitioning (a reader adds up the partitions), in-memory stores with changelogs, write-back cache, projecting Avro reader, one thread, parallel collector. **Naive kafkajs** (`bench/peers/kafkajs.ts`): what one writes with the same libraries: registry client, one HINCRBY per event and metric, pipelined per batch, removing repeats by one SET NX per event; a crash counts a batch twice or loses it.',
    table(
      [
        'program',
        'metrics',
        'repeats count',
        'events',
        'events/s',
        'µs per event',
        'process',
        'Redis',
        'Kafka',
        'MiB',
        'right cells',
      ],
      [...groups.values()].map(row),
    ),
    ...ratios(runs),
  ];
}

function row(group: readonly CatchUpRun[]): readonly string[] {
  const [first] = group as [CatchUpRun];
  const wrong = Math.max(...group.map(({ wrongCells }) => wrongCells));
  return [
    NAMES[first.program],
    String(first.metrics),
    first.repeats,
    count(first.events),
    count(mid(group, ({ eventsPerSecond }) => eventsPerSecond)),
    decimal(mid(group, microsOf)),
    decimal(mid(group, ({ nodeMicros }) => nodeMicros)),
    decimal(mid(group, ({ redisMicros }) => redisMicros)),
    decimal(mid(group, ({ kafkaMicros }) => kafkaMicros)),
    count(mid(group, ({ memoryMebibytes }) => memoryMebibytes)),
    `${count(first.cells - wrong)} of ${count(first.cells)}`,
  ];
}

const PEERS = ['kafka-streams', 'kafkajs'] as const;
const REPEATS = ['once', 'each time'] as const;

/** Everything that a peer can be compared by on job A; Tidemark always removes repeats. */
function ratios(catchUp: readonly CatchUpRun[]): readonly string[] {
  const ours = mid(ownRuns(catchUp), microsOf);
  const rows = PEERS.flatMap((program) =>
    REPEATS.flatMap((repeats) => {
      const theirs = mid(catchUpRuns({ catchUp }, { program, metrics: 2, repeats }), microsOf);
      return theirs === undefined || ours === undefined
        ? []
        : [[NAMES[program], repeats, `${(theirs / ours).toFixed(1)} times`]];
    }),
  );
  return rows.length === 0
    ? []
    : [
        'CPU per event on job A, as a multiple of what Tidemark needs with repeats removed:',
        table(['peer', 'repeats count', 'needs'], rows),
      ];
}

const ownRuns = (catchUp: readonly CatchUpRun[]): readonly CatchUpRun[] =>
  catchUpRuns({ catchUp }, { program: 'tidemark', metrics: 2, repeats: 'once' });

/** What a peer did better on job A in the same run, in words. */
export function betterInSameRun({ catchUp }: BenchResults): readonly string[] {
  const measures = [
    { name: 'less CPU per event', pick: microsOf, unit: 'µs', isMoreBetter: false },
    {
      name: 'more events a second',
      pick: (run: CatchUpRun) => run.eventsPerSecond,
      unit: '',
      isMoreBetter: true,
    },
    {
      name: 'less memory',
      pick: (run: CatchUpRun) => run.memoryMebibytes,
      unit: 'MiB',
      isMoreBetter: false,
    },
    {
      name: "less of the broker's CPU per event",
      pick: (run: CatchUpRun) => run.kafkaMicros,
      unit: 'µs',
      isMoreBetter: false,
    },
  ];
  return PEERS.flatMap((program) =>
    REPEATS.flatMap((repeats) => {
      const runs = catchUpRuns({ catchUp }, { program, metrics: 2, repeats });
      return measures.flatMap(({ name, pick, unit, isMoreBetter }) => {
        const [theirs, ours] = [mid(runs, pick), mid(ownRuns(catchUp), pick)];
        if (theirs === undefined || ours === undefined) return [];
        if (isMoreBetter ? theirs <= ours : theirs >= ours) return [];
        const figure = (value: number): string => (value < 100 ? decimal(value) : count(value));
        return [
          `Catching up, ${NAMES[program]} where repeats count ${repeats}, after ${count(runs[0]?.events)} events: ${name}, ${figure(theirs)} against ${figure(ours)} ${unit}`.trim() +
            '.',
        ];
      });
    }),
  );
}
