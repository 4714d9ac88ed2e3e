import type { ReadersRun } from '../readers.ts';
import { count, decimal, mid, table } from '../support/markdown.ts';

/** The median of the p99s with readers over that without. */
export const readersRatio = (runs: readonly ReadersRun[]): number | undefined => {
  const [read, alone] = [mid(runs, (run) => run.read.p99), mid(runs, (run) => run.alone.p99)];
  return read === undefined || alone === undefined ? undefined : read / alone;
};

export function readersSection(runs: readonly ReadersRun[]): readonly string[] {
  if (runs.length === 0) return [];
  const sum = (pick: (run: ReadersRun) => number): number =>
    runs.reduce((all, run) => all + pick(run), 0);
  const row = (what: string, pick: (run: ReadersRun) => ReadersRun['read']): readonly string[] => [
    what,
    count(mid(runs, (run) => pick(run).p50)),
    count(mid(runs, (run) => pick(run).p99)),
    count(Math.max(...runs.map((run) => pick(run).max))),
  ];
  return [
    '## Readers beside the load',
    `Event → value in Redis at ${count(runs[0]?.eventsPerSecond)} events a second, with a console beside it that nobody asks, and one with ${count(runs[0]?.readers)} readers: each follows the stream of a metric of as many series as there are stores, and asks every two seconds for the hour that holds now of all stores, or for 90 days of one by the hour. Each of the ${runs.length} rounds does both. Milliseconds, medians of the rounds; the last column is the worst. Lost: ${sum(({ lost }) => lost)}; questions: ${count(sum(({ answered }) => answered))} answered, ${count(sum(({ failed }) => failed))} failed, p99 ${count(mid(runs, ({ p99 }) => p99))} ms; streams: ${decimal(sum(({ streamedBytes }) => streamedBytes) / 1_000_000)} MB.`,
    'The answers wait for the console’s one thread: a hundred questions a second and the streams are about all that it can do beside the rest of this load, on two cores on which it lets all others go first. By the profile an answer, with its share of the streams, takes it some 10 ms, of which a fifth is collecting garbage and an eighth writing to sockets.',
    table(
      ['event → value in Redis', 'p50', 'p99', 'max'],
      [row('nobody reads', ({ alone }) => alone), row('with readers', ({ read }) => read)],
    ),
  ];
}
