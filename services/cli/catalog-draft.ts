import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { TidemarkError } from '../kernel/errors.ts';
import { headOf, parseName, piecesOf, remarksOf } from './catalog-document.ts';
import type { DocumentAnswer, Piece } from './catalog-document.ts';
import { BASE, tell } from './catalog-steps.ts';
import type { Said } from './catalog-steps.ts';
import { outputOf } from './output.ts';

const STANDARD_INPUT = 0;
const DRAFTED = ['document', 'state', 'at', 'faults', 'differs'];

/** `catalog draft`: what is saved may have faults; they are told. */
export function registerDraft(catalog: Command): void {
  catalog
    .command('draft')
    .description('write a draft, faults and all; what there is to say of it goes to stderr')
    .argument('<file>', 'YAML; - reads it from stdin')
    .argument('[documents...]', 'KIND/ID of those that are meant, where the file holds several')
    .option('--note <text>', 'what changes and why')
    .option('--base <time>', BASE)
    .addHelpText(
      'after',
      "\nExample:\n  $ tidemark catalog draft net-sales.yaml --note 'without gift cards'",
    )
    .action(
      async (file: string, wanted: readonly string[], ...[options, command]: [Said, Command]) => {
        const pieces = chosen(piecesOf(textOf(file), file), wanted, command);
        const answers: DocumentAnswer[] = [];
        for (const { key, text } of pieces) {
          const path = `drafts/${parseName(key)}`;
          answers.push(await tell(command, { method: 'PUT', path }, { text, ...options }));
        }
        const output = outputOf(command);
        const [only] = answers;
        if (output.format === 'table') output.rows(answers.map(headOf), DRAFTED);
        else if (only && answers.length === 1) output.record(only);
        else output.rows(answers);
        for (const [i, answer] of answers.entries())
          for (const remark of remarksOf(answer, { file, offset: pieces[i]?.offset ?? 0 }))
            output.note(remark);
      },
    );
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? STANDARD_INPUT : file, 'utf8');
  } catch (cause) {
    throw new TidemarkError('invalid_parameter', `${file}: ${(cause as Error).message}`, { cause });
  }
}

/** A file of a catalogue holds many documents: which of them are meant is not guessed. */
function chosen(
  pieces: readonly Piece[],
  wanted: readonly string[],
  command: Command,
): readonly Piece[] {
  const wrong = (message: string): never => command.error(`error: ${message}`, { exitCode: 2 });
  const there = pieces.map(({ key }) => key).join(', ');
  if (pieces.length === 0) return wrong('there is no document in the file');
  const missing = wanted.find((key) => !pieces.some((piece) => piece.key === key));
  if (missing !== undefined) return wrong(`the file holds no ${missing}, but ${there}`);
  if (wanted.length > 0) return pieces.filter(({ key }) => wanted.includes(key));
  return pieces.length === 1 ? pieces : wrong(`name those that are meant: the file holds ${there}`);
}
