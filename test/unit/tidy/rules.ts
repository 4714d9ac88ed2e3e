import { ERRORS } from '../../../services/kernel/errors.ts';
import { SETTINGS } from '../../../services/platform/config.ts';
import { functionLengths } from './functions.ts';
import { below } from './tree.ts';
import type { Tree } from './tree.ts';

/** A house rule that the linter cannot express, and one file that breaks it: the rule must notice. */
export type Rule = {
  readonly name: string;
  /** @returns one sentence for each violation */
  readonly check: (tree: Tree) => readonly string[];
  /** Files that are put into the tree; undefined removes one. */
  readonly seed: Readonly<Record<string, string | undefined>>;
};

const SOURCE = /^services\/.*\.ts$/;
const FUNCTION_LINES_MAX = 70;
const MAIN_LINES_MAX = 80;
/** Lines of source files above this are a debt: those that owe it may shrink, none may join them. */
const FILE_LINES_TRIPWIRE = 300;
const LONG_FILES: Readonly<Record<string, number>> = {
  'services/aggregator/worker.ts': 400,
};

const lines = (text: string): number => text.trimEnd().split('\n').length;

const sizes: Rule = {
  name: 'no source file grows beyond 300 lines; those that are longer may only shrink',
  check: (tree) =>
    below(tree, SOURCE).flatMap(([path, text]) => {
      const most = LONG_FILES[path] ?? FILE_LINES_TRIPWIRE;
      return lines(text) > most ? [`${path} has ${lines(text)} lines, at most ${most}`] : [];
    }),
  seed: { 'services/kernel/long.ts': 'export const a = 1;\n'.repeat(301) },
};

const functions: Rule = {
  name: 'a function has at most 70 lines of its own; more needs a line that begins with // long: and says why',
  check: (tree) =>
    below(tree, SOURCE).flatMap(([path, text]) =>
      functionLengths(text)
        .filter(({ own, line }) => {
          const before = text.split('\n')[line - 2] ?? '';
          return own > FUNCTION_LINES_MAX && !before.trim().startsWith('// long: ');
        })
        .map(({ line, own }) => `${path}:${line} has ${own} lines of its own`),
    ),
  seed: {
    'services/kernel/long.ts': `export function long(): void {\n${'  work();\n'.repeat(71)}}\n`,
  },
};

const mains: Rule = {
  name: "a service's main.ts is wiring only: at most 80 lines",
  check: (tree) =>
    below(tree, /^services\/(?!cli\/)\w+\/main\.ts$/).flatMap(([path, text]) =>
      lines(text) > MAIN_LINES_MAX ? [`${path} has ${lines(text)} lines`] : [],
    ),
  seed: { 'services/ingest/main.ts': '\n'.repeat(81) + 'end' },
};

const NEEDED = ['main.ts', 'ports.ts', 'service.ts'];
const FOLDERS = new Set(['core', 'adapters', 'web']);
const layout: Rule = {
  name: 'every service has the same names: main.ts, ports.ts, service.ts, core/, adapters/',
  check(tree) {
    const names = new Map<string, Set<string>>();
    for (const [path] of below(
      tree,
      /^services\/(ingest|aggregator|alerting|console|planning)\//,
    )) {
      const [, service = '', name = ''] = path.split('/');
      names.set(service, (names.get(service) ?? new Set()).add(name));
    }
    return [...names].flatMap(([service, found]) => [
      ...NEEDED.filter((name) => !found.has(name)).map((name) => `${service} has no ${name}`),
      ...[...found]
        .filter((name) => !name.endsWith('.ts') && !FOLDERS.has(name))
        .map((name) => `${service} has a folder ${name} of its own`),
    ]);
  },
  seed: { 'services/ingest/helpers/text.ts': '' },
};

const VAGUE =
  /(^|\/)(utils?|helpers?|common|misc|shared|index)\.(ts|mjs)$|(^|\/)(utils?|helpers?|common|misc)\//;
const names: Rule = {
  name: 'no file has a name that says nothing',
  check: (tree) =>
    below(tree, VAGUE)
      .map(([path]) => path)
      .filter((path) => /^(services|test|bench|infra)\//.test(path)),
  seed: { 'services/kernel/utils.ts': '' },
};

/** The project's words; on the right what is said instead. Prometheus calls histogram bounds buckets. */
const BANNED: readonly (readonly [RegExp, string])[] = [
  // What people say of an alert that was none is `false-alarm`, in the API too.
  [/(?<!false-)\balarms?\b/i, 'alert'],
  [/\bindicators?\b/i, 'metric'],
  [/\bgrace (period|time)\b|\bgraceMs\b/i, 'allowed lateness'],
  [/\bbuckets?\b(?![:,\]} )])/i, 'window'],
  [/\bblacklist|\bwhitelist/i, 'deny list, allow list'],
];
const words: Rule = {
  name: 'one concept, one word',
  check: (tree) =>
    below(tree, SOURCE).flatMap(([path, text]) =>
      text
        .split('\n')
        .flatMap((line, index) =>
          BANNED.filter(([pattern]) => pattern.test(line)).map(
            ([pattern, instead]) =>
              `${path}:${index + 1} says ${pattern.exec(line)?.[0]}, the word is ${instead}`,
          ),
        ),
    ),
  seed: { 'services/kernel/word.ts': 'export const alarm = 1;\n' },
};

const WAITING =
  /setTimeout\(\s*(resolve|done|\(\) => resolve)|\bsleep\(|from 'node:timers\/promises'/;
const sleeping: Rule = {
  name: 'no test sleeps: it waits for what must happen',
  check: (tree) =>
    below(tree, /^test\/.*\.test\.ts$/).flatMap(([path, text]) =>
      WAITING.test(text) && !path.startsWith('test/unit/tidy/') ? [path] : [],
    ),
  seed: { 'test/unit/x.test.ts': 'await new Promise((resolve) => setTimeout(resolve, 50));' },
};

const skipping: Rule = {
  name: 'a test is skipped only for a program that is missing: skipIf(lacks(…))',
  check: (tree) =>
    below(tree, /^test\/.*\.test\.ts$/).flatMap(([path, text]) =>
      path.startsWith('test/unit/tidy/')
        ? []
        : [...text.matchAll(/\.(skip|todo|skipIf|runIf)\((?!lacks\()[^)]*/g)].map(
            ([found]) => `${path}: ${found}`,
          ),
    ),
  seed: { 'test/unit/x.test.ts': "test.skip('later', () => {});" },
};

const paths: Rule = {
  name: 'no file tells where somebody keeps this repository',
  check: (tree) =>
    [...tree].flatMap(([path, text]) =>
      /(?<![\w.])\/(work|root|home\/\w+|Users\/\w+)\/\w/.test(text) &&
      !path.startsWith('test/unit/tidy/')
        ? [path]
        : [],
    ),
  seed: { 'docs/x.md': 'cd /home/anna/tidemark' },
};

const documented: Rule = {
  name: 'every error code and every setting is documented',
  check: (tree) => [
    ...Object.keys(ERRORS)
      .filter((code) => !tree.get('docs/reference/errors.md')?.includes(`\`${code}\``))
      .map((code) => `${code} is not in docs/reference/errors.md`),
    ...Object.keys(SETTINGS)
      .filter((name) => !tree.get('docs/reference/config.md')?.includes(`\`${name}\``))
      .map((name) => `${name} is not in docs/reference/config.md`),
  ],
  seed: { 'docs/reference/errors.md': '' },
};

/**
 * Types of ports.ts that are told or asked within the process: there is nothing behind them that could differ. An open
 * event type is what EventTypes gives, and is tested with it.
 */
const WITHIN_THE_PROCESS = /(Observer|Handlers|Clock)$|^OpenEventType$/;
/** Ports that still owe a contract suite: none may join them. */
const WITHOUT_CONTRACT = new Set([
  'SourceConsumer',
  'ReaderSource',
  'AggregatorSinks',
  'DisabledReceivers',
  'UpdateLog',
  'UpdateSource',
  'Messenger',
  'LogBounds',
  'StreamReader',
]);

/** Types of a ports.ts that hold or are functions: `export type Name = … => …`. */
function portsOf(text: string): readonly string[] {
  return text
    .split(/^(?=export type )/m)
    .filter(
      (part) =>
        part.startsWith('export type ') && part.replaceAll(/\/\*.*?\*\//gs, '').includes('=>'),
    )
    .map((part) => /^export type (\w+)/.exec(part)?.[1] ?? '')
    .filter((name) => !WITHIN_THE_PROCESS.test(name));
}

const contracts: Rule = {
  name: 'every port has a contract suite, which runs on the memory and on the real adapter',
  check(tree) {
    const suites = below(tree, /^test\/contract\//)
      .map(([, text]) => text)
      .join('\n');
    return below(tree, /^services\/\w+\/ports\.ts$/).flatMap(([path, text]) =>
      portsOf(text)
        .filter((port) => {
          const hasSuite = new RegExp(`\\b${port}\\b`).test(suites);
          return hasSuite === WITHOUT_CONTRACT.has(port);
        })
        .map((port) =>
          WITHOUT_CONTRACT.has(port)
            ? `${port} has a suite now: take it off the list`
            : `${port} of ${path} has no suite under test/contract`,
        ),
    );
  },
  seed: {
    'services/ingest/ports.ts': 'export type Seeded = { readonly get: () => Promise<string> };\n',
  },
};

export const RULES: readonly Rule[] = [
  contracts,
  sizes,
  functions,
  mains,
  layout,
  names,
  words,
  sleeping,
  skipping,
  paths,
  documented,
];
