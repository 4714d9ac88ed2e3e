import type { Command } from 'commander';
import { apiOf } from './api.ts';
import { readConfig } from './environment.ts';
import { registerRebuild } from './metrics-rebuild.ts';
import { registerVerify } from './metrics-verify.ts';
import { get, pages, pathOf } from './metrics-answers.ts';
import { registerValues } from './metrics-values.ts';
import { outputOf } from './output.ts';
import type { Row } from './output.ts';

type Summary = {
  readonly id: string;
  readonly name: { readonly en: string };
  readonly unit: { readonly code: string };
  readonly owner: string;
  readonly projection: string;
  readonly watermark: string | null;
};

export function register(program: Command): void {
  const metrics = program.command('metrics').description('list metrics, show one, read its values');
  registerList(metrics);
  registerShow(metrics);
  registerValues(metrics);
  registerRebuild(metrics);
  registerVerify(metrics);
}

function registerList(metrics: Command): void {
  metrics
    .command('list')
    .description('all published metrics')
    .addHelpText('after', '\nExample:\n  $ tidemark metrics list')
    .action(async (_options: unknown, command: Command) => {
      const api = apiOf(readConfig(command));
      const all: Summary[] = [];
      for await (const page of pages<{ metrics: Summary[] }>(api, '/v1/metrics'))
        all.push(...page.metrics);
      const output = outputOf(command);
      if (output.format !== 'table') return output.rows(all);
      output.rows(
        all.map(({ id, name, unit, owner, projection, watermark }) => ({
          id,
          name: name.en,
          unit: unit.code,
          owner,
          projection,
          watermark,
        })),
        ['id', 'name', 'unit', 'owner', 'projection', 'watermark'],
      );
    });
}

function registerShow(metrics: Command): void {
  metrics
    .command('show')
    .description('a metric: definition, lineage, owner, cardinality, dependents')
    .argument('<id>')
    .addHelpText('after', '\nExample:\n  $ tidemark metrics show net-sales --output yaml')
    .action(async (id: string, _options: unknown, command: Command) => {
      const api = apiOf(readConfig(command));
      outputOf(command).record(await get<Row>(api, pathOf(id)));
    });
}
