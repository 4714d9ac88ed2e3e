import type { Command } from 'commander';
import { apiOf, problemOf } from './api.ts';
import { readConfig } from './environment.ts';
import { outputOf } from './output.ts';
import type { Row } from './output.ts';

type PruneAnswer = {
  readonly metrics: number;
  readonly findings: readonly Row[];
  readonly unjudged: readonly Row[];
  readonly warnings: readonly string[];
};

export function registerPrune(catalog: Command): void {
  catalog
    .command('prune')
    .description('metrics that could go: near-duplicates, unread ones, those that nobody owns')
    .option('--unread-for <duration>', 'how long nobody must have read a metric', 'P30D')
    .addHelpText('after', '\nExample:\n  $ tidemark catalog prune --output json')
    .action(async ({ unreadFor }: { readonly unreadFor: string }, command: Command) => {
      const api = apiOf(readConfig(command));
      const answer = await api(`/v1/catalog/prune?unreadFor=${encodeURIComponent(unreadFor)}`);
      if (answer.status !== 200) throw problemOf(answer);
      const { metrics, findings, unjudged, warnings } = answer.body as PruneAnswer;
      const output = outputOf(command);
      if (output.format === 'table') output.rows(findings, ['metric', 'code', 'reason', 'action']);
      else output.record(answer.body as Row);
      for (const warning of warnings) output.note(`warning: ${warning}`);
      output.note(
        `${new Set(findings.map(({ metric }) => metric)).size} of ${metrics} metrics could go; ${unjudged.length} pairs of the same inputs have too little history to compare`,
      );
    });
}
