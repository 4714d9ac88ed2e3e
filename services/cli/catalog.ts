import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { DocumentPath } from '../kernel/catalog/fault.ts';
import type { Impact } from '../kernel/catalog/impact.ts';
import { unjudgedRules } from '../kernel/catalog/quality.ts';
import { TidemarkError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { applyCatalog, diffCatalog, readCatalog } from '../platform/catalog/apply.ts';
import type { CatalogSource } from '../platform/catalog/entry.ts';
import { checkCatalogFolder, formatFault, formatPlace } from '../platform/catalog/files.ts';
import type { CheckedCatalog } from '../platform/catalog/files.ts';
import { changedFields } from '../platform/catalog/plan.ts';
import type { CatalogPlan } from '../platform/catalog/plan.ts';
import { selfContained, writeText } from '../platform/catalog/text.ts';
import { catalogTools } from '../platform/catalog/tools.ts';
import type { Config } from '../platform/config.ts';
import { createKafka } from '../platform/kafka/client.ts';
import { createLogger } from '../platform/logger.ts';
import { createSchemaStore } from '../platform/schema-registry.ts';
import { registerDocuments } from './catalog-documents.ts';
import { registerDraft } from './catalog-draft.ts';
import { registerLineage } from './catalog-lineage.ts';
import { registerPrune } from './catalog-prune.ts';
import { registerSteps } from './catalog-steps.ts';
import { readConfig, requireAddresses, withRunningServers } from './environment.ts';
import { outputOf, processTerminal } from './output.ts';

/** Who publishes from files on this machine. */
const AUTHOR = 'person:local';
const FOLDER = 'folder of definitions (default: TIDEMARK_CATALOG)';

export function register(program: Command): void {
  const catalog = program
    .command('catalog')
    .description('definitions of events, metrics, rules, people: check, review and publish them');
  registerCheck(catalog);
  registerDiff(catalog);
  registerApply(catalog);
  registerExport(catalog);
  registerPrune(catalog);
  registerLineage(catalog);
  registerDocuments(catalog);
  registerDraft(catalog);
  registerSteps(catalog);
}

function registerCheck(catalog: Command): void {
  catalog
    .command('check')
    .description('check all definitions, types and references; needs no server')
    .argument('[folder]', FOLDER)
    .addHelpText('after', '\nExample:\n  $ tidemark catalog check catalog')
    .action(async (folder: string | undefined, _options: unknown, command: Command) => {
      const checked = await checkFolder(folder, command);
      if (!checked) return;
      const { documents, catalog: built } = checked;
      const output = outputOf(command);
      for (const { metric, rule, path, message } of unjudgedRules(built, catalogTools))
        output.note(
          `warning: ${placeIn(checked)(`Metric/${metric}`, path) ?? metric} the rule of quality ${rule} is never judged: ${message}`,
        );
      output.note(
        `${documents.length} documents are sound; event types: ${built.eventTypes.size}, metrics: ${built.metrics.size}, rules: ${built.rules.size}`,
      );
    });
}

function registerDiff(catalog: Command): void {
  catalog
    .command('diff')
    .description('what apply would change')
    .argument('[folder]', FOLDER)
    .addHelpText('after', '\nExample:\n  $ tidemark catalog diff')
    .action(async (folder: string | undefined, _options: unknown, command: Command) => {
      const checked = await checkFolder(folder, command);
      if (checked) show(await diffCatalog(sourceOf(command), checked), { command, checked });
    });
}

function registerApply(catalog: Command): void {
  catalog
    .command('apply')
    .description('publish the definitions of the files; running services take them up at once')
    .argument('[folder]', FOLDER)
    .option(
      '--force',
      'replace newer versions that were made in the console, and publish what breaks others',
    )
    .addHelpText('after', '\nExample:\n  $ tidemark catalog apply')
    .action(
      async (folder: string | undefined, options: { readonly force?: true }, command: Command) => {
        const checked = await checkFolder(folder, command);
        if (!checked) return;
        const { documents, textOf } = checked;
        const force = options.force === true;
        const plan = await applyCatalog(sourceOf(command), {
          documents,
          textOf,
          author: AUTHOR,
          now: Date.now,
          force,
          placeOf: placeIn(checked),
        });
        show(plan, { command, checked });
      },
    );
}

function registerExport(catalog: Command): void {
  catalog
    .command('export')
    .description(
      'the published definitions as YAML, as they were written; each event type with its schema',
    )
    .argument('[kinds...]', 'only these kinds, such as Metric AlertRule')
    .addHelpText('after', '\nExample:\n  $ tidemark catalog export Metric > metrics.yaml')
    .action(async (kinds: readonly string[], _options: unknown, command: Command) => {
      const entries = await readCatalog(sourceOf(command));
      const published = [...entries.values()]
        .filter(
          ({ kind, state }) =>
            state === 'published' && (kinds.length === 0 || kinds.includes(kind)),
        )
        .map(({ document, text }) => ({
          text,
          document: selfContained(JSON.parse(document) as Json),
        }));
      const output = outputOf(command);
      if (output.format === 'json')
        output.rows(published.map(({ document }) => document as Record<string, Json>));
      else
        processTerminal().writeOut(
          published.map(({ text, document }) => text ?? writeText(document)).join('---\n'),
        );
    });
}

/** Prints the faults and sets the exit code. @returns undefined when there are any */
async function checkFolder(
  folder: string | undefined,
  command: Command,
): Promise<CheckedCatalog | undefined> {
  const config = readConfig(command);
  const checked = await checkCatalogFolder(
    folder === undefined ? config.TIDEMARK_CATALOG : resolve(folder),
    config,
  );
  const { faults } = checked;
  if (faults.length === 0) return checked;
  const output = outputOf(command);
  const lines = faults.map((fault) => `${formatFault(fault, process.cwd())}\n`);
  if (output.format === 'table') processTerminal().writeOut(lines.join(''));
  else output.rows(faults);
  output.note(`${faults.length} fault${faults.length === 1 ? '' : 's'}`);
  process.exitCode = 1;
  return undefined;
}

/** `FILE:LINE:COLUMN` of a part of a document. */
const placeIn =
  ({ placeOf }: CheckedCatalog) =>
  (key: string, path: DocumentPath): string | undefined => {
    const place = placeOf(key, path);
    return place && formatPlace(place, process.cwd());
  };

function show(
  { changes, conflicts, unchanged, impacts }: CatalogPlan,
  { command, checked }: { command: Command; checked: CheckedCatalog },
): void {
  const output = outputOf(command);
  output.rows(
    changes.map(({ action, key, document, previous }) => ({
      action,
      document: key,
      fields:
        document !== undefined && previous !== undefined
          ? changedFields(previous, document).join(', ') || 'text only'
          : '',
      ...impactOf(key, impacts),
    })),
    ['action', 'document', 'fields'],
  );
  for (const { subject, path = [], code, message, isBreaking, affects } of impacts)
    output.note(
      `${isBreaking ? 'breaks' : 'changes'}: ${placeIn(checked)(subject, path) ?? ''} ${subject} ${path.join('.')} ${code} ${message}; affects ${affects.join(', ')}`,
    );
  output.note(`${changes.length} changed, ${unchanged} unchanged`);
  if (conflicts.length > 0)
    throw new TidemarkError(
      'catalog_conflict',
      `kept, since newer versions were made in the console: ${conflicts.map(({ key, author }) => `${key} by ${author}`).join(', ')}`,
    );
}

/** Only where there is any. */
const impactOf = (
  key: string,
  impacts: readonly Impact[],
): { readonly impacts?: readonly Impact[] } => {
  const own = impacts.filter(({ subject }) => subject === key);
  return own.length === 0 ? {} : { impacts: own };
};

function sourceOf(command: Command): CatalogSource {
  const config: Config = requireAddresses(withRunningServers(readConfig(command)));
  const logger = createLogger({ level: 'silent', name: 'catalog', isTty: false });
  return {
    config,
    logger,
    kafka: createKafka(config, logger),
    schemas: createSchemaStore(config.SCHEMA_REGISTRY_URL, Date.now),
  };
}
