import type { PaintRun } from '../paint.ts';
import { count, table } from '../support/markdown.ts';

export function paintSection(runs: readonly PaintRun[]): readonly string[] {
  if (runs.length === 0) return [];
  return [
    '## The console in a browser',
    'Headless Chromium on the same machine, over the store of *Reading*, from the begin of the navigation until numbers, and of a metric its chart, are drawn. Cold: a new browser profile each time; warm: the browser has the files. Milliseconds.',
    table(
      ['page', 'cache', 'loads', 'median', 'max'],
      runs.map(({ page, cache, samples, median, max }) => [
        page,
        cache,
        count(samples),
        count(median),
        count(max),
      ]),
    ),
  ];
}
