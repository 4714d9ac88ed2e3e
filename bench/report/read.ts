import type { ReadRun } from '../read.ts';
import { count, decimal, mid, table } from '../support/markdown.ts';

export function readSection(runs: readonly ReadRun[]): readonly string[] {
  if (runs.length === 0) return [];
  const groups = Map.groupBy(runs, ({ question }) => question);
  return [
    '## Reading',
    'One console, one question after the other over loopback, until the whole body is there: 100 series of 2,160 hours that are final, and 1,000 series of the hour that holds now. A console remembers what it has read of final windows; of the first 400 answers 80 are the first of their series. Milliseconds.',
    table(
      ['question', 'points', 'kB', 'samples', 'p50', 'p99', 'max'],
      [...groups].map(([question, group]) => [
        question,
        count(mid(group, ({ points }) => points)),
        count(mid(group, ({ bytes }) => bytes / 1_000)),
        count(mid(group, ({ samples }) => samples)),
        decimal(mid(group, ({ p50 }) => p50)),
        decimal(mid(group, ({ p99 }) => p99)),
        decimal(Math.max(...group.map(({ max }) => max))),
      ]),
    ),
  ];
}
