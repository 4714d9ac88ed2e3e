import { join } from 'node:path';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';
import { openLedger } from '../platform/import/ledger.ts';
import { apiOf } from './api.ts';
import { baseUrl, readConfig } from './environment.ts';
import { DEFAULT_SPEED, startLiveDemo } from './import/live-demo.ts';
import { RETAIL_SOURCE, invoiceLineOf, localTimeMs, retailEvent } from './import/retail.ts';
import { runImport } from './import/run-import.ts';
import { onStopSignals } from './lifecycle.ts';
import { outputOf } from './output.ts';

/** Three days of a real retailer: test/data/README.md. */
export const DEMO_FILE = join(repositoryDir, 'test', 'data', 'online-retail-3-days.csv');

export function register(program: Command): void {
  const demo = program.command('demo').description("demo data: a real retailer's invoices");
  registerRetail(demo);
  registerLive(demo);
}

function registerRetail(demo: Command): void {
  demo
    .command('retail')
    .description("import a file of the retailer's shape as historical events")
    .argument('[file]', 'CSV file', DEMO_FILE)
    .option('--no-historical', 'send them as live events: old ones then count as late')
    .option('--force', 'send content that was imported before again')
    .addHelpText('after', '\nExample:\n  $ tidemark demo retail test/data/online-retail-3-days.csv')
    .action(
      async (
        file: string,
        options: { readonly historical: boolean; readonly force?: true },
        command: Command,
      ) => {
        const config = readConfig(command);
        const output = outputOf(command);
        const ledger = openLedger(config.TIDEMARK_DATA_DIR);
        const summary = await runImport(
          { api: apiOf(config), ledger, output, now: Date.now },
          {
            file,
            plan: JSON.stringify({ retail: RETAIL_SOURCE, historical: options.historical }),
            toEvent(row) {
              const line = invoiceLineOf(row);
              return retailEvent(line, { timeMs: localTimeMs(line.invoice_time_local) });
            },
            isHistorical: options.historical,
            isForced: options.force === true,
          },
        );
        output.record({ file, ...summary });
        if (summary.rejected > 0) process.exitCode = 1;
      },
    );
}

function speedOf(text: string): number {
  const speed = Number(text);
  if (speed > 0 && speed <= 10_000) return speed;
  throw new InvalidArgumentError('a number above 0, at most 10000');
}

function registerLive(demo: Command): void {
  demo
    .command('live')
    .description('replay the invoices as if they were written now, until Ctrl-C')
    .argument('[file]', 'CSV file', DEMO_FILE)
    .option('--speed <factor>', 'how many times faster than it was', speedOf, DEFAULT_SPEED)
    .addHelpText('after', '\nExample:\n  $ tidemark demo live --speed 100')
    .action(async (file: string, options: { readonly speed: number }, command: Command) => {
      const config = readConfig(command);
      const output = outputOf(command);
      const stop = new AbortController();
      onStopSignals({ stop: () => stop.abort(), force: () => process.exit(1) });
      const sent = await startLiveDemo({
        url: baseUrl(config),
        token: config.TIDEMARK_TOKEN,
        file,
        speed: options.speed,
        signal: stop.signal,
        onError: (error) => output.note(`waiting: ${error.message}`),
      });
      output.record({ file, speed: options.speed, sent });
    });
}
