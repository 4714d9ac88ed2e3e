import type { Command } from 'commander';
import { apiOf, problemOf } from './api.ts';
import { readConfig } from './environment.ts';
import { TIME_OR_DATE } from './options.ts';
import { outputOf } from './output.ts';
import type { Row } from './output.ts';

type Difference = {
  readonly metric: string;
  readonly kind: string;
  readonly grain: string;
  readonly start: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly stored: Row | null;
  readonly recounted: Row | null;
};
type Projection = Row & {
  readonly metric: string;
  readonly version: string;
  readonly checked: number;
  readonly differing: number;
  readonly differences: readonly Difference[];
  readonly records: number;
};
type Answer = Row & {
  readonly differing: number;
  readonly projections: readonly Projection[];
  readonly seconds: number;
};
type Options = { readonly from: string; readonly to?: string };

/** `metrics verify`: exit code 1 where a stored cell differs from the log. */
export function registerVerify(metrics: Command): void {
  metrics
    .command('verify')
    .description('counts windows again from the log and compares every stored cell, bit for bit')
    .argument('<id>')
    .requiredOption('--from <time>', `windows that begin at or after this time: ${TIME_OR_DATE}`)
    .option('--to <time>', 'and before this one; default now')
    .addHelpText(
      'after',
      '\nExample:\n  $ tidemark metrics verify net-sales --from 2026-03-01 --to 2026-03-02',
    )
    .action(async (id: string, options: Options, command: Command) => {
      const api = apiOf(readConfig(command));
      const answer = await api(`/v1/metrics/${encodeURIComponent(id)}/verify`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ from: options.from, to: options.to ?? new Date().toISOString() }),
      });
      if (answer.status !== 200) throw problemOf(answer);
      const found = answer.body as Answer;
      if (found.differing > 0) process.exitCode = 1;
      const output = outputOf(command);
      if (output.format !== 'table') return output.record(found);
      output.rows(
        found.projections.map(({ metric, version, checked, differing, records }) => ({
          metric,
          version,
          checked,
          differing,
          records,
        })),
      );
      const differences = found.projections.flatMap((one) => one.differences);
      if (differences.length > 0) output.rows(differences.map(differenceRow));
      output.note(`${found.differing} of the cells differ; it took ${found.seconds} s`);
    });
}

const differenceRow = (one: Difference): Row => ({
  metric: one.metric,
  grain: one.grain,
  start: one.start,
  series: JSON.stringify(one.labels),
  stored: one.stored ? JSON.stringify(one.stored) : 'no cell',
  recounted: one.recounted ? JSON.stringify(one.recounted) : 'no cell',
});
