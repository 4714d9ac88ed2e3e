import { Option } from 'commander';
import type { Command } from 'commander';
import { TidemarkError } from '../kernel/errors.ts';
import { apiOf, problemOf } from './api.ts';
import { headOf, parseName, remarksOf } from './catalog-document.ts';
import type { DocumentAnswer } from './catalog-document.ts';
import { readConfig } from './environment.ts';
import { TIME_OR_DATE } from './options.ts';
import { outputOf, processTerminal } from './output.ts';
import type { Row } from './output.ts';

type Item = Row & {
  readonly kind: string;
  readonly id: string;
  readonly name: { readonly en?: string; readonly zh?: string };
};
type Difference = Row & {
  readonly state: 'none' | 'filling' | 'ready';
  readonly progress?: number;
  readonly windows: Readonly<Record<'total' | 'changed' | 'added' | 'removed' | 'open', number>>;
  readonly items: readonly Row[];
  readonly total: { readonly before: string | null; readonly after: string | null };
};

/** `catalog drafts`, `show`, `difference`, `history`: what there is to look at before and after a decision. */
export function registerDocuments(catalog: Command): void {
  registerDrafts(catalog);
  registerShow(catalog);
  registerDifference(catalog);
  registerHistory(catalog);
}

/** @throws what the answer's problem says */
async function get<T>(command: Command, path: string): Promise<T> {
  const answer = await apiOf(readConfig(command))(`/v1/catalog/${path}`);
  if (answer.status !== 200) throw problemOf(answer);
  return answer.body as T;
}

const queryOf = (said: Readonly<Record<string, string | undefined>>): string => {
  const given = Object.entries(said).filter((one): one is [string, string] => one[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
};

const STATES = ['draft', 'in_review'] as const;

function registerDrafts(catalog: Command): void {
  catalog
    .command('drafts')
    .description('what is drafted, and what waits for somebody to approve it')
    .addOption(new Option('--state <state>', 'only these').choices(STATES))
    .option('--kind <kind>', 'only of this kind, such as Metric')
    .option('--owner <owner>', 'only what person:ID or team:ID answers for')
    .addHelpText('after', '\nExample:\n  $ tidemark catalog drafts --state in_review')
    .action(
      async (
        { state, ...filters }: { state?: string; kind?: string; owner?: string },
        command: Command,
      ) => {
        const found: (Item & { readonly state: string })[] = [];
        for (const one of state === undefined ? STATES : [state])
          for (let cursor: string | undefined; ;) {
            const page = await get<{ items: readonly Item[]; cursor?: string }>(
              command,
              `documents${queryOf({ ...filters, state: one, cursor })}`,
            );
            // A published document with a draft is listed as published: here the draft is meant.
            found.push(...page.items.map((item) => ({ ...item, state: one })));
            cursor = page.cursor;
            if (cursor === undefined) break;
          }
        const output = outputOf(command);
        if (output.format !== 'table') return output.rows(found);
        output.rows(
          found.map(({ kind, id, name, ...row }) => ({
            ...row,
            document: `${kind}/${id}`,
            name: name.en ?? name.zh ?? '',
          })),
          ['document', 'state', 'name', 'owner', 'author', 'at'],
        );
      },
    );
}

function registerShow(catalog: Command): void {
  catalog
    .command('show')
    .description('a document: its state, what its draft changes, and who said what of it')
    .argument('<document>', 'KIND/ID, such as Metric/net-sales', parseName)
    .option(
      '--text',
      'only the newest text, to read or to edit: of the draft, else what is published',
    )
    .option('--published', 'with --text: what is published, though there is a draft')
    .addHelpText(
      'after',
      '\nExample:\n  $ tidemark catalog show Metric/net-sales --text > net-sales.yaml',
    )
    .action(
      async (
        name: string,
        { text, published }: { text?: true; published?: true },
        command: Command,
      ) => {
        const answer = await get<DocumentAnswer>(command, `documents/${name}`);
        if (text) {
          const wanted = published ? answer.published : (answer.draft ?? answer.published);
          if (!wanted)
            throw new TidemarkError(
              'not_found',
              `nothing is published as ${answer.kind}/${answer.id}`,
            );
          return processTerminal().writeOut(wanted.text);
        }
        const output = outputOf(command);
        if (output.format !== 'table') return output.record(answer);
        output.record(headOf(answer));
        if (answer.reviews.length > 0)
          output.rows(answer.reviews, ['action', 'by', 'at', 'reason']);
        for (const remark of remarksOf(answer, { file: 'draft', offset: 0 })) output.note(remark);
      },
    );
}

function registerDifference(catalog: Command): void {
  catalog
    .command('difference')
    .description('what a draft in review would change in the values of its metric, the most first')
    .argument('<document>', 'Metric/ID', parseName)
    .option('--grain <grain>', 'of the windows compared; default the coarsest with closed windows')
    .option('--from <time>', TIME_OR_DATE)
    .option('--to <time>', 'exclusive; default now')
    .option('--limit <windows>', 'at most so many are named')
    .addHelpText(
      'after',
      '\nExample:\n  $ tidemark catalog difference Metric/net-sales --grain day --from 2026-01-01',
    )
    .action(async (name: string, options: Readonly<Record<string, string>>, command: Command) => {
      const path = `drafts/${name}/difference${queryOf(options)}`;
      const answer = await get<Difference>(command, path);
      const output = outputOf(command);
      if (output.format === 'table')
        output.rows(answer.items, ['labels', 'start', 'end', 'before', 'after', 'change']);
      else output.record(answer);
      output.note(summaryOf(answer));
    });
}

function summaryOf({ state, progress = 0, windows, total }: Difference): string {
  if (state === 'none') return 'no value would change, or it is not in review';
  if (state === 'filling')
    return `the candidate is being filled from the log: ${Math.floor(progress * 100)} %; ask again`;
  const sums =
    total.before === null && total.after === null
      ? ''
      : `; in all ${total.before ?? 'nothing'} before, ${total.after ?? 'nothing'} after`;
  const open = windows.open === 0 ? '' : `; ${windows.open} open windows are not compared`;
  return `of ${windows.total} windows ${windows.changed} change, ${windows.added} come, ${windows.removed} go${sums}${open}`;
}

function registerHistory(catalog: Command): void {
  catalog
    .command('history')
    .description('what a document was published as, the newest first')
    .argument('<document>', 'KIND/ID, such as Metric/net-sales', parseName)
    .addHelpText('after', '\nExample:\n  $ tidemark catalog history Metric/net-sales')
    .action(async (name: string, _options: unknown, command: Command) => {
      const { items } = await get<{ items: readonly Row[] }>(command, `documents/${name}/history`);
      outputOf(command).rows(items, [
        'revision',
        'at',
        'state',
        'origin',
        'author',
        'approvedBy',
        'version',
        'reason',
      ]);
    });
}
