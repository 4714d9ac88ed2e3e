import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';
import { page } from './markdown.ts';

const HELP_COLUMNS = 100;

/** Every verb is a file of services/cli that exports `register`; the help shown is the one that the terminal shows. */
export async function cliPage(): Promise<string> {
  const program = new Command('tidemark');
  const folder = join(repositoryDir, 'services', 'cli');
  for (const file of readdirSync(folder).toSorted()) {
    if (!file.endsWith('.ts') || file === 'main.ts') continue;
    const { register } = (await import(join(folder, file))) as {
      register?: (program: Command) => void;
    };
    register?.(program);
  }
  return page('Command line', '`services/cli`', [
    '`bin/tidemark VERB`. Results go to stdout (`--output table|json|yaml`), notes and logs to stderr. Exit code 0: done, 1: failed, 2: wrong usage.',
    ...program.commands.flatMap((command) => sectionsOf(command)),
  ]);
}

function sectionsOf(command: Command): readonly string[] {
  const inner = command.commands.filter((one) => one.name() !== 'help');
  if (inner.length > 0) return inner.flatMap((one) => sectionsOf(one));
  return [`## ${nameOf(command)}`, `\`\`\`text\n${helpOf(command)}\n\`\`\``];
}

function nameOf(command: Command): string {
  const parent = command.parent;
  return parent?.parent ? `${nameOf(parent)} ${command.name()}` : command.name();
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => (text += part),
    getOutHelpWidth: () => HELP_COLUMNS,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  // Defaults are full paths; the page must be the same in every checkout.
  return text.trim().replaceAll(`${repositoryDir}/`, '');
}
