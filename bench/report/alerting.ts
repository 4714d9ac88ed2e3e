import type { EvaluationRun } from '../alerting/evaluation.ts';
import type { AlertingRun } from '../alerting/pipeline.ts';
import { count, decimal, mid, table } from '../support/markdown.ts';
import type { Distribution } from '../support/statistics.ts';

export function alertingSection(runs: readonly AlertingRun[]): readonly string[] {
  const [first] = runs;
  if (!first) return [];
  const row = (what: string, pick: (run: AlertingRun) => Distribution): readonly string[] => [
    what,
    count(mid(runs, (run) => pick(run).samples)),
    count(mid(runs, (run) => pick(run).p50)),
    count(mid(runs, (run) => pick(run).p99)),
    count(Math.max(...runs.map((run) => pick(run).max))),
  ];
  const sum = (pick: (run: AlertingRun) => number): string =>
    count(runs.reduce((all, run) => all + pick(run), 0));
  return [
    '## Alerting',
    `${count(first.rules)} rules over ${count(first.series)} series, ${count((first.rules * first.storesPerMetric) / first.series)} on each, all looked at whenever a value changes; ${count(first.eventsPerSecond)} events a second, each in one series, every service in a process of its own. Alerting takes ${count(mid(runs, ({ alertingPercent }) => alertingPercent))} % of a core meanwhile. Then all series that do not burn yet breach at once, while another team's alerts begin one by one; then the rules are withdrawn, and everybody who was told is owed the end. Milliseconds to the arrival of the message; the last column is the worst of all runs.`,
    table(
      ['from → to', 'samples', 'p50', 'p99', 'max'],
      [
        row('value visible in Redis → webhook, steady load', ({ shown }) => shown),
        row('202 of the event → webhook', ({ told }) => told),
        row("202 → webhook of another team's alerts, in the storm", ({ storm }) => storm.others),
      ],
    ),
    table(
      ['a storm', 'measured'],
      [
        ['breaches at once', count(mid(runs, ({ storm }) => storm.breaches))],
        ['until all are told, s', decimal(mid(runs, ({ storm }) => storm.seconds))],
        [
          'until the ends of all are told, s',
          decimal(mid(runs, ({ storm }) => storm.endedSeconds)),
        ],
        ['CPU of alerting, µs per breach', count(mid(runs, ({ storm }) => storm.alertingMicros))],
        ['memory of alerting, MiB', count(mid(runs, ({ storm }) => storm.memoryMebibytes))],
        ['breaches of which nobody was told', sum(lostIn)],
        ['messages beyond the one of each episode', sum(doubledIn)],
        ['ends that were not told exactly once', sum(({ storm }) => storm.unended)],
      ],
    ),
  ];
}

export const lostIn = ({ steady, storm }: AlertingRun): number =>
  steady.missed + storm.missed + storm.missedOthers;
export const doubledIn = ({ steady, storm }: AlertingRun): number => steady.doubled + storm.doubled;

export function evaluationSection(runs: readonly EvaluationRun[]): readonly string[] {
  if (runs.length === 0) return [];
  const core = runs.flatMap((run) => run.core);
  const peers = runs.flatMap(({ prometheus }) => prometheus ?? []);
  const [peer] = peers;
  const rows = [...Map.groupBy(core, ({ series }) => series)].map(([series, group]) => [
    count(series),
    decimal(mid(group, ({ update }) => update)),
    decimal(mid(group, ({ close }) => close)),
    decimal(mid(group, ({ breach }) => breach)),
    decimal(mid(group, ({ second }) => second)),
  ]);
  return [
    '## Evaluation',
    `The core of alerting by itself, ${count(core[0]?.rules)} rules on each series, µs of CPU per rule and series, what changed written as the store keeps it included. A breach opens an episode and writes its message. ${count(core.reduce((all, { wrong }) => all + wrong, 0))} alerts were wrong.`,
    table(
      ['series', 'a value changed', 'its window closed', 'a breach', 'a second of nothing'],
      rows,
    ),
    ...(peer
      ? [
          `Prometheus ${peer.version} with ${count(peer.rules)} rules over ${count(peer.series)} series, none of which fires, in the same run: ${decimal(mid(peers, ({ micros }) => micros))} µs per rule and series by \`prometheus_rule_evaluation_duration_seconds\`, ${decimal(mid(peers, ({ cpuMicros }) => cpuMicros))} µs of the process' CPU with its scrapes. It keeps what it finds in memory and in its own log, asks each rule anew at every interval, and looks back into its samples; alerting looks when a value changes, and stores what it saw with its cursor.`,
        ]
      : []),
  ];
}
