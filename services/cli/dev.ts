import { join } from 'node:path';
import type { Command } from 'commander';
import { PrepareError, prepare } from '../../infra/bootstrap/prepare.mjs';
import { TidemarkError } from '../kernel/errors.ts';
import { createAccess } from '../platform/access.ts';
import { applyCatalog } from '../platform/catalog/apply.ts';
import type { CatalogSource } from '../platform/catalog/entry.ts';
import { checkCatalogFolder, formatFault } from '../platform/catalog/files.ts';
import type { CheckedCatalog } from '../platform/catalog/files.ts';
import type { Config } from '../platform/config.ts';
import { lockOwner } from '../platform/embedded/lock.ts';
import { readRunFile, updateRunFile } from '../platform/embedded/run-file.ts';
import { isPortFree, waitUntil } from '../platform/embedded/wait.ts';
import { banner } from './banner.ts';
import { DEMO_FILE } from './demo.ts';
import { embeddedKinds, withServers } from './embedded-servers.ts';
import { isDefaultDataDir, readConfig } from './environment.ts';
import { startLiveDemo } from './import/live-demo.ts';
import type { Lifecycle } from './lifecycle.ts';
import { outputOf } from './output.ts';
import type { Output } from './output.ts';
import { runUntilStopped, serve } from './process.ts';
import { SERVICE_NAMES } from './services.ts';

/** How long the banner waits for services that say what they still miss. */
const READY_WITHIN_MS = 20_000;

export function register(program: Command): void {
  program
    .command('dev')
    .description('start Kafka, schema registry, Redis and all services here, with demo data')
    .option('--no-demo', 'no demo data')
    .option('--port <port>', 'port of all routes (TIDEMARK_PORT)')
    .addHelpText('after', '\nExample:\n  $ tidemark dev --no-demo --port 7400 --data .tidemark')
    .action(async (options: { demo: boolean }, command: Command) => {
      const config = readConfig(command);
      const output = outputOf(command);
      await runUntilStopped(output, (lifecycle) =>
        runDev(config, { output, lifecycle, isDemo: options.demo }),
      );
    });
}

async function runDev(
  given: Config,
  options: { readonly output: Output; readonly lifecycle: Lifecycle; readonly isDemo: boolean },
): Promise<void> {
  const { output, lifecycle } = options;
  const startedAtMs = performance.now();
  await checkBefore(given);
  const files = await readCatalogFiles(given);
  const config = await withServers(given, options);
  if (lifecycle.isClosing()) return;
  const running = await serve({
    config,
    lifecycle,
    name: 'tidemark',
    services: SERVICE_NAMES,
    publish: (source) => publish(source, files, output),
  });
  if (lifecycle.isClosing()) return;
  updateRunFile(config.TIDEMARK_DATA_DIR, { url: running.url });
  if (options.isDemo) runDemo(config, { ...options, url: running.url });
  await waitUntil(() => running.missing().length === 0, {
    timeoutMs: READY_WITHIN_MS,
    isOver: lifecycle.isClosing,
  });
  if (lifecycle.isClosing()) return;
  output.note(
    banner({
      url: running.url,
      seconds: (performance.now() - startedAtMs) / 1000,
      isDemo: options.isDemo,
      dataDir: isDefaultDataDir(config) ? undefined : config.TIDEMARK_DATA_DIR,
      missing: running.missing(),
    }),
  );
}

/** @throws catalog_invalid naming every fault and where it stands */
async function readCatalogFiles(config: Config): Promise<CheckedCatalog> {
  const checked = await checkCatalogFolder(config.TIDEMARK_CATALOG, config);
  const { faults } = checked;
  if (faults.length === 0) return checked;
  throw new TidemarkError(
    'catalog_invalid',
    faults.map((fault) => formatFault(fault, process.cwd())).join('\n'),
  );
}

async function publish(
  source: CatalogSource,
  { documents, textOf }: CheckedCatalog,
  output: Output,
): Promise<void> {
  const { conflicts, impacts } = await applyCatalog(source, {
    documents,
    textOf,
    author: 'person:local',
    now: Date.now,
    // Whoever starts this is at work on the files: it says what breaks, and does not refuse to start.
    acceptsBreaks: true,
  });
  for (const { isBreaking, subject, message, affects } of impacts)
    if (isBreaking) output.note(`${subject}: ${message}; affects ${affects.join(', ')}`);
  for (const { key, author } of conflicts)
    output.note(
      `${key} was changed in the console by ${author} and is kept; tidemark catalog apply --force replaces it`,
    );
}

/** Sends invoices through the door until all stops. A failure is said once, not at each try. */
function runDemo(
  config: Config,
  options: { readonly output: Output; readonly lifecycle: Lifecycle; readonly url: string },
): void {
  const stop = new AbortController();
  let said = '';
  const running = startLiveDemo({
    url: options.url,
    file: DEMO_FILE,
    token: config.TIDEMARK_TOKEN,
    signal: stop.signal,
    onError({ message }) {
      if (message !== said) options.output.note(`demo: ${message}`);
      said = message;
    },
  }).catch((error: unknown) => options.output.note(`demo: ${(error as Error).message}`));
  options.lifecycle.onClose('demo', () => {
    stop.abort();
    return running;
  });
}

/** What would stop it after all the work of starting is said first. */
async function checkBefore(config: Config): Promise<void> {
  createAccess({ tokensFile: config.TIDEMARK_TOKENS_FILE, host: config.TIDEMARK_HOST });
  const dataDir = config.TIDEMARK_DATA_DIR;
  const owner = lockOwner(join(dataDir, 'lock'));
  if (owner) {
    const { url } = readRunFile(dataDir);
    throw new TidemarkError(
      'already_running',
      `Tidemark already runs in ${dataDir}${url ? ` at ${url}` : ''} (process ${owner.pid}); stop it, or choose another folder with --data and another port with --port`,
    );
  }
  const { TIDEMARK_PORT: port, TIDEMARK_HOST: host } = config;
  if (!(await isPortFree(port, host)))
    throw new TidemarkError(
      'port_in_use',
      `another program listens on port ${port}; stop it, or choose another with --port`,
    );
  await prepare({ servers: embeddedKinds(config).length > 0 }).catch((error: unknown) => {
    if (error instanceof PrepareError)
      throw new TidemarkError('prerequisite_missing', error.message, { cause: error });
    throw error;
  });
}
