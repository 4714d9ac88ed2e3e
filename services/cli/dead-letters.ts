import type { Command } from 'commander';
import { apiOf, problemOf } from './api.ts';
import type { Api } from './api.ts';
import { readConfig } from './environment.ts';
import { outputOf } from './output.ts';
import type { Output, Row } from './output.ts';

type Reason = {
  readonly eventType: string;
  readonly code: string;
  readonly letters: number;
  readonly resent: number;
};
type Letter = Row & { readonly id: string; readonly resent: Row | null };
type Page = {
  readonly letters: readonly Letter[];
  readonly reasons: readonly Reason[];
  readonly older: number;
  readonly cursor?: string;
};
type ResentAll = {
  readonly resent: number;
  readonly left: number;
  readonly refused: readonly { readonly id: string; readonly detail: string }[];
};
type ListOptions = {
  readonly type?: string;
  readonly code?: string;
  readonly state?: string;
  readonly limit: string;
};
type ResendOptions = {
  readonly type?: string;
  readonly code?: string;
  readonly all?: true;
  readonly again?: true;
  readonly historical: boolean;
};

const PAGE_MAX = 500;

export function register(program: Command): void {
  const letters = program
    .command('dead-letters')
    .description('list, show and resend records that could not be processed');
  registerList(letters);
  registerShow(letters);
  registerResend(letters);
}

function registerList(letters: Command): void {
  letters
    .command('list')
    .description('dead letters, the newest first, and how many there are of each reason')
    .option('--type <type>', 'of this event type')
    .option('--code <code>', 'with this reason')
    .option('--state <state>', 'open or resent')
    .option('--limit <n>', 'at most so many', '50')
    .addHelpText('after', '\nExample:\n  $ tidemark dead-letters list --code schema_unknown')
    .action(async ({ limit, ...filters }: ListOptions, command: Command) => {
      const output = outputOf(command);
      const api = apiOf(readConfig(command));
      const { letters: found, reasons } = await pages(api, filters, Number(limit));
      for (const { eventType, code, letters, resent } of reasons)
        output.note(`${eventType}  ${code}  ${letters} letters, ${resent} of them resent`);
      output.rows(
        output.format === 'table'
          ? found.map((letter) => ({ ...letter, resent: letter.resent?.['position'] }))
          : found,
        ['id', 'eventType', 'code', 'detail', 'appendTime', 'resent'],
      );
    });
}

async function pages(
  api: Api,
  filters: Readonly<Record<string, string>>,
  limit: number,
): Promise<Pick<Page, 'letters' | 'reasons'>> {
  const query = new URLSearchParams(filters);
  const letters: Letter[] = [];
  for (;;) {
    query.set('limit', String(Math.min(limit - letters.length, PAGE_MAX)));
    const page = await ask<Page>(api, `/v1/dead-letters?${query}`);
    letters.push(...page.letters);
    if (page.cursor === undefined || letters.length >= limit)
      return { letters, reasons: page.reasons };
    query.set('cursor', page.cursor);
  }
}

function registerShow(letters: Command): void {
  letters
    .command('show')
    .description('one dead letter: its reason, its place, and what it holds')
    .argument('<id>', 'as dead-letters list shows it')
    .addHelpText('after', '\nExample:\n  $ tidemark dead-letters show events.orders-3-1042')
    .action(async (id: string, _options: object, command: Command) => {
      const api = apiOf(readConfig(command));
      outputOf(command).record(await ask(api, `/v1/dead-letters/${encodeURIComponent(id)}`));
    });
}

function registerResend(letters: Command): void {
  letters
    .command('resend')
    .description('write records again as they were: same identity, so that each counts once')
    .argument('[id]', 'as dead-letters list shows it; or --all')
    .option('--all', 'all that were not resent yet')
    .option('--type <type>', 'with --all: of this event type')
    .option('--code <code>', 'with --all: with this reason')
    .option('--again', 'though it was resent before')
    .option('--no-historical', 'not marked as events of the past: they may be late by now')
    .addHelpText(
      'after',
      '\nExample:\n  $ tidemark dead-letters resend --all --code schema_unknown',
    )
    .action(async (id: string | undefined, options: ResendOptions, command: Command) => {
      if ((id === undefined) === (options.all === undefined))
        command.error('error: name one dead letter, or say --all', { exitCode: 2 });
      const output = outputOf(command);
      const api = apiOf(readConfig(command));
      const { historical, again, type, code } = options;
      if (id === undefined) return resendAll(api, output, { historical, type, code });
      const path = `/v1/dead-letters/${encodeURIComponent(id)}/resend`;
      output.record(await ask(api, path, { historical, again: again === true }));
    });
}

/** The API sends some at a time: it is asked until none is left. */
async function resendAll(api: Api, output: Output, order: object): Promise<void> {
  const refused: ResentAll['refused'][number][] = [];
  let resent = 0;
  const progress = output.progress('resending');
  for (;;) {
    const answer = await ask<ResentAll>(api, '/v1/dead-letters/resend', order);
    resent += answer.resent;
    refused.push(...answer.refused);
    progress.update(resent / Math.max(1, resent + answer.left), `${resent} resent`);
    if (answer.left === 0 || answer.resent === 0) break;
  }
  progress.done(`${resent} resent`);
  for (const { id, detail } of refused) output.note(`${id}: ${detail}`);
  output.record({ resent, refused: refused.length });
  if (refused.length > 0) process.exitCode = 1;
}

/** @param order posted as JSON; without one it is a question */
async function ask<T extends object = Row>(api: Api, path: string, order?: object): Promise<T> {
  const answer = await api(
    path,
    order === undefined
      ? {}
      : {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(order),
        },
  );
  if (answer.status !== 200) throw problemOf(answer);
  return answer.body as T;
}
