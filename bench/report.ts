import { barRow, bars, betterPeers, heldBars } from './bars.ts';
import { alertingSection, evaluationSection } from './report/alerting.ts';
import { catchUpSection, betterInSameRun } from './report/catch-up.ts';
import {
  backfillSection,
  idleSection,
  ingestSection,
  killSection,
  latencySection,
  liveSection,
  workersSection,
} from './report/sections.ts';
import { paintSection } from './report/paint.ts';
import { readSection } from './report/read.ts';
import { readersSection } from './report/readers.ts';
import type { BenchResults } from './results.ts';
import { table } from './support/markdown.ts';

/** The page docs/benchmarks.md. Pure: the same results give the same page. */
export function benchmarksPage(results: BenchResults): string {
  const verdicts = bars(results);
  const held = heldBars(verdicts);
  const better = [...betterInSameRun(results), ...betterPeers(verdicts)];
  return `${[
    '# Benchmarks',
    'Made by `npm run bench`; do not edit. A figure is the median of its runs. CPU is that of the processes named, user and system time out of `/proc`; the load runs on the same machine. Wherever events are counted, every cell is compared with a naive recount that shares no code with the aggregator.',
    header(results),
    '## Bars',
    'What is aimed at, and what a user would pick instead. CPU is that of worker and Redis together; repeats are always removed. The last column is known from another machine with 2 cores, all on one machine as here, and is there for orientation; what was measured in the same run stands below.',
    table(['what', 'measured', 'bar', '', 'peers elsewhere'], verdicts.map(barRow)),
    ...(held.length > 0 ? ['## What holds the bars that are missed', ...held] : []),
    '## Where a peer is better',
    better.length > 0
      ? better.map((sentence) => `- ${sentence}`).join('\n')
      : 'In nothing that was measured here.',
    ...catchUpSection(results),
    ...liveSection(results.live),
    ...killSection(results.kill),
    ...backfillSection(results.backfill),
    ...workersSection(results.workers),
    ...ingestSection(results.ingest),
    ...idleSection(results.idle),
    ...latencySection(results.latency),
    ...alertingSection(results.alerting),
    ...evaluationSection(results.evaluation),
    ...readSection(results.read),
    ...readersSection(results.readers),
    ...paintSection(results.paint),
  ].join('\n\n')}\n`;
}

function header({ at, commit, runs, isQuick, machine }: BenchResults): string {
  return table(
    ['', ''],
    [
      ['date', at],
      ['commit', commit],
      ['runs', `${runsText(runs)}${isQuick ? ' (--quick: short runs, rough figures)' : ''}`],
      [
        'machine',
        `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGibibytes} GiB, ${machine.system}`,
      ],
      [
        'versions',
        `Node ${machine.node}, Kafka ${machine.kafka}, Redis ${machine.redis} (append-only file, fsync each second), Java ${machine.java}`,
      ],
    ],
  );
}

/** `5 of catch-up, 1 of live, kill` */
function runsText(runs: BenchResults['runs']): string {
  const groups = Map.groupBy(Object.keys(runs), (part) => runs[part] ?? 0);
  return [...groups]
    .sort(([a], [b]) => b - a)
    .map(([count, parts]) => `${count} of ${parts.join(', ')}`)
    .join('; ');
}
