import type { Command } from 'commander';
import { apiOf, problemOf } from './api.ts';
import { readConfig } from './environment.ts';
import { outputOf } from './output.ts';
import type { Row } from './output.ts';

export function registerLineage(catalog: Command): void {
  catalog
    .command('lineage')
    .description('what a metric comes from and what depends on it, from event field to alert rule')
    .argument('<metric>')
    .addHelpText('after', '\nExample:\n  $ tidemark catalog lineage net-sales')
    .action(async (metric: string, _options: unknown, command: Command) => {
      const api = apiOf(readConfig(command));
      const answer = await api(`/v1/catalog/lineage/${encodeURIComponent(metric)}`);
      if (answer.status !== 200) throw problemOf(answer);
      const output = outputOf(command);
      if (output.format === 'table')
        output.rows((answer.body as { readonly edges: readonly Row[] }).edges, [
          'from',
          'as',
          'to',
        ]);
      else output.record(answer.body as Row);
    });
}
