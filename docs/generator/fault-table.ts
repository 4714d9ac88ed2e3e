import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';
import { FAULTS, UNCOVERED } from './fault-rows.ts';
import { table } from './markdown.ts';

/** A test that carries row numbers in its name. `name` without them. */
export type FaultTest = {
  readonly file: string;
  readonly rows: readonly number[];
  readonly name: string;
  readonly guard: string | undefined;
};

const QUOTED = String.raw`(['"\`])((?:\\.|(?!\QUOTE)[^\\])*)\QUOTE`;
const quoted = (group: number): string => QUOTED.replaceAll('QUOTE', String(group));
/** `row(18, 'sentence', { guard: 'text'`, also with a list of numbers. */
const ROW = new RegExp(
  String.raw`\brow\(\s*(\d+|\[[\d,\s]+\]),\s*${quoted(2)},\s*\{\s*guard:\s*${quoted(4)}`,
  'g',
);
/** `'F-012 F-013 sentence'`, the name of a test or of a group of tests, also of `test.each(…)('F-…`; before it perhaps `// Fails without: text`. */
const NAMED = /(?:\/\/ Fails without: (.+)\n\s*)?(?:\b(?:test|it|describe)(?:\.\w+)*|\))\(\s*(['"`])((?:F-\d{3} )+)((?:\\.|(?!\2)[^\\])*)\2/g;

/** Pure. @param text of one test file */
export function faultTestsOf(file: string, text: string): readonly FaultTest[] {
  const plain = (quoted = ''): string => quoted.replaceAll(/\\(.)/g, '$1');
  return [
    ...[...text.matchAll(ROW)].map((found) => ({
      file,
      rows: [...(found[1] ?? '').matchAll(/\d+/g)].map(Number),
      name: plain(found[3]),
      guard: plain(found[5]),
    })),
    ...[...text.matchAll(NAMED)].map((found) => ({
      file,
      rows: [...(found[3] ?? '').matchAll(/\d{3}/g)].map(Number),
      name: plain(found[4]),
      guard: found[1],
    })),
  ];
}

function faultTests(): readonly FaultTest[] {
  const folder = join(repositoryDir, 'test');
  // What tests leave in test/output may link back to the repository.
  return readdirSync(folder)
    .filter((tier) => tier !== 'output' && statSync(join(folder, tier)).isDirectory())
    .flatMap((tier) =>
      readdirSync(join(folder, tier), { recursive: true, encoding: 'utf8' }).map((path) => join(tier, path)),
    )
    .filter((path) => path.endsWith('.ts') && !path.startsWith('output'))
    .sort()
    .flatMap((path) => faultTestsOf(`test/${path}`, readFileSync(join(folder, path), 'utf8')));
}

/** The generated part of docs/reliability.md. */
export function faultTable(tests: readonly FaultTest[] = faultTests()): string {
  const groups = Object.entries(FAULTS).map(([group, rows]) => {
    const lines = rows.map(([number, fault, required]) => {
      const own = tests.filter((one) => one.rows.includes(number));
      const reason = UNCOVERED[number];
      return [
        String(number),
        fault,
        required,
        own.length > 0
          ? own.map(describeTest).join('<br>')
          : `not covered: ${reason}`,
        [...new Set(own.flatMap(({ guard }) => guard ?? []))].join('<br>'),
      ];
    });
    return `### ${group}\n\n${table(['row', 'fault', 'what must come of it', 'held by', 'fails without'], lines)}`;
  });
  const all = Object.values(FAULTS).flat();
  const covered = all.filter(([number]) => tests.some(({ rows }) => rows.includes(number)));
  return [
    `${covered.length} of ${all.length} rows have a test. Made from the names of tests by \`npm run docs\`; a test of row 19 is called \`F-019 …\`. The last column names the guard that was taken out by hand to see the test fail.`,
    ...groups,
  ].join('\n\n');
}

const describeTest = ({ file, name }: FaultTest): string =>
  `[${file.replace(/^test\//, '').replace(/(?:\.test)?\.ts$/, '')}](../${file}): ${name}`;

/** Rows that have both a test and a reason why they have none, or neither; one sentence each. */
export function faultTableFaults(tests: readonly FaultTest[] = faultTests()): readonly string[] {
  const tested = new Set(tests.flatMap(({ rows }) => rows));
  return Object.values(FAULTS)
    .flat()
    .filter(([number]) => tested.has(number) === (UNCOVERED[number] !== undefined))
    .map(([number]) =>
      tested.has(number)
        ? `row ${number} has a test and a reason why it has none`
        : `row ${number} has neither a test nor a reason why not`,
    );
}

const BEGIN = '<!-- faults: made by npm run docs -->';
const END = '<!-- /faults -->';

/** The page with its generated part replaced. @throws Error when the page has no place for it */
export function withFaultTable(page: string, part = faultTable()): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/reliability.md lacks ${BEGIN} … ${END}`);
  return `${page.slice(0, from)}${BEGIN}\n${part}\n${page.slice(to)}`;
}
