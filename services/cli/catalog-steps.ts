import { Argument, InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { apiOf, problemOf } from './api.ts';
import type { ApiRequest } from './api.ts';
import { headOf, parseName } from './catalog-document.ts';
import type { DocumentAnswer } from './catalog-document.ts';
import { readConfig } from './environment.ts';
import { outputOf } from './output.ts';

export type Said = Readonly<Record<string, string | number | boolean | undefined>>;

/** `catalog submit`, `withdraw`, `discard`, `approve`, `reject`, `retire`, `rollback`: steps in the life of a document. */
export function registerSteps(catalog: Command): void {
  registerAuthor(catalog);
  registerApprover(catalog);
}

export const BASE = 'only if nobody changed it since: the time that catalog show gives';
const BREAKS = 'though it breaks what others rely on';

const aStep = (catalog: Command, verb: string, description: string): Command =>
  catalog
    .command(verb)
    .description(description)
    .argument('<document>', 'KIND/ID, such as Metric/net-sales', parseName)
    .option('--base <time>', BASE);

function registerAuthor(catalog: Command): void {
  aStep(catalog, 'submit', 'hand a draft in for review; it must have no fault of its own')
    .option('--note <text>', 'what changes and why')
    .addHelpText('after', '\nExample:\n  $ tidemark catalog submit Metric/net-sales')
    .action(posts('drafts', '/submit'));
  aStep(catalog, 'withdraw', 'take a draft back from review')
    .addHelpText('after', '\nExample:\n  $ tidemark catalog withdraw Metric/net-sales')
    .action(posts('drafts', '/withdraw'));
  aStep(catalog, 'discard', 'drop a draft; what is published stays')
    .addHelpText('after', '\nExample:\n  $ tidemark catalog discard Metric/net-sales')
    .action(async (name: string, options: Said, command: Command) => {
      await take(command, { method: 'DELETE', path: `drafts/${name}` }, options);
    });
}

function registerApprover(catalog: Command): void {
  aStep(catalog, 'approve', 'publish a draft in review; nobody approves what they wrote on')
    .option('--note <text>', 'what is to be said of it')
    .option('--accepts-breaks', BREAKS)
    .addHelpText('after', '\nExample:\n  $ tidemark catalog approve Metric/net-sales')
    .action(posts('drafts', '/approve'));
  aStep(catalog, 'reject', 'send a draft in review back to its authors')
    .requiredOption('--reason <text>', 'what has to change')
    .addHelpText(
      'after',
      "\nExample:\n  $ tidemark catalog reject Metric/net-sales --reason 'which stores?'",
    )
    .action(posts('drafts', '/reject'));
  aStep(catalog, 'retire', 'take a published document out of use')
    .requiredOption('--reason <text>', 'why it goes')
    .option('--accepts-breaks', BREAKS)
    .addHelpText(
      'after',
      "\nExample:\n  $ tidemark catalog retire Metric/gift-cards --reason 'sold no more'",
    )
    .action(posts('documents', '/retire'));
  aStep(catalog, 'rollback', 'publish an earlier revision again, as a new one')
    .addArgument(new Argument('<revision>', 'as catalog history shows it').argParser(revisionOf))
    .option('--accepts-breaks', BREAKS)
    .addHelpText('after', '\nExample:\n  $ tidemark catalog rollback Metric/net-sales 3')
    .action(async (name: string, revision: number, ...[options, command]: [Said, Command]) => {
      const path = `documents/${name}/rollback`;
      await take(command, { method: 'POST', path }, { ...options, revision });
    });
}

function revisionOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('A revision is a whole number.');
  return Number(text);
}

const posts =
  (collection: 'drafts' | 'documents', verb: string) =>
  async (name: string, options: Said, command: Command): Promise<void> => {
    await take(command, { method: 'POST', path: `${collection}/${name}${verb}` }, options);
  };

type Route = { readonly path: string } & Required<Pick<ApiRequest, 'method'>>;

/** Takes a step and prints what became of the document. @throws as `tell` */
async function take(command: Command, route: Route, said: Said): Promise<void> {
  const after = await tell(command, route, said);
  const output = outputOf(command);
  if (output.format === 'table') output.record(headOf(after));
  else output.record(after);
}

/** Takes a step. @throws what the answer's problem says */
export async function tell(
  command: Command,
  { path, method }: Route,
  said: Said,
): Promise<DocumentAnswer> {
  const answer = await apiOf(readConfig(command))(`/v1/catalog/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(said),
  });
  if (answer.status !== 200) throw problemOf(answer);
  return answer.body as DocumentAnswer;
}
