import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { TidemarkError } from '../kernel/errors.ts';
import { problemOf } from './api.ts';
import { durationText } from './cell-text.ts';
import { postForLines } from './api-lines.ts';
import { readConfig } from './environment.ts';
import { TIME_OR_DATE } from './options.ts';
import { outputOf } from './output.ts';
import type { Output, Row } from './output.ts';

type Tested = Row & {
  readonly episodes: number;
  readonly perMonth: number;
  readonly firingSeconds: number;
  readonly nearMisses: number;
  readonly verdicts: Row;
  readonly wouldHaveTold: readonly Row[];
  readonly bySeries: readonly Row[];
  readonly episodeList: readonly (Row & {
    readonly labels: object;
    readonly firingSeconds: number;
    readonly owner: Row;
  })[];
  readonly nearMissList: readonly Row[];
  readonly notes: readonly string[];
};
type Options = { readonly from: string; readonly to?: string; readonly file?: string };

/** `alerts test`: when a rule would have fired over stored history, before it is switched on. */
export function registerBackTest(alerts: Command): void {
  alerts
    .command('test')
    .description('when a rule would have fired over stored history, and whom it would have told')
    .argument('<rule>', 'id of a published rule, or of the draft in --file')
    .requiredOption('--from <time>', `as if switched on at this time: ${TIME_OR_DATE}`)
    .option('--to <time>', 'until this time; default now')
    .option('--file <path>', 'YAML file with the draft: an AlertRule that need not be published')
    .addHelpText(
      'after',
      '\nExample:\n  $ tidemark alerts test net-sales-low --from 2026-01-01 --file catalog/rules/net-sales-low.yaml',
    )
    .action(async (rule: string, { from, to, file }: Options, command: Command) => {
      const output = outputOf(command);
      const what = file === undefined ? { rule } : { document: draftIn(file, rule) };
      const body = { ...what, from, ...(to === undefined ? {} : { to }) };
      show(output, await tested(command, output, body));
    });
}

async function tested(command: Command, output: Output, body: object): Promise<Tested> {
  const progress = output.progress('testing');
  for await (const line of postForLines(readConfig(command), '/v1/rules/test', body)) {
    if (typeof line['progress'] === 'number') progress.update(line['progress']);
    if (line['error'] !== undefined) throw problemOf({ status: 0, body: line['error'] });
    if (line['result'] !== undefined) {
      progress.done();
      return line['result'] as Tested;
    }
  }
  throw new TidemarkError('unreachable', 'the answer broke off');
}

function show(output: Output, result: Tested): void {
  if (output.format !== 'table') return output.record(result);
  const { wouldHaveTold, bySeries, episodeList, nearMissList, notes, ...rest } = result;
  const { firingSeconds, ...head } = rest;
  output.record({ ...head, firing: durationText(firingSeconds) });
  output.title('episodes');
  output.rows(
    episodeList.map(({ owner, ...one }) => ({
      ...one,
      firing: durationText(one.firingSeconds),
      owner: owner['accountable'],
    })),
    ['labels', 'startedAt', 'endedAt', 'firing', 'value', 'worst', 'owner'],
  );
  if (bySeries.length > 1) {
    output.title('by series');
    output.rows(bySeries, ['labels', 'episodes']);
  }
  output.title('near misses');
  output.rows(nearMissList, ['labels', 'from', 'to']);
  output.title('messages that would have been sent');
  output.rows(wouldHaveTold, ['receiver', 'kind', 'messages']);
  for (const note of notes) output.note(note);
}

/** The AlertRule of this id in a file of one or more documents. @throws invalid_parameter */
function draftIn(file: string, rule: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TidemarkError('invalid_parameter', `${file}: ${(cause as Error).message}`, { cause });
  }
  const documents = text.split(/^---\s*$/m).map((part) => parse(part) as unknown);
  const found = documents.find((one) => {
    const { kind, metadata } = (one ?? {}) as { kind?: unknown; metadata?: { id?: unknown } };
    return kind === 'AlertRule' && metadata?.id === rule;
  });
  if (found === undefined)
    throw new TidemarkError('invalid_parameter', `${file} has no AlertRule ${rule}`);
  return found;
}
