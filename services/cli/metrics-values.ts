import { Option } from 'commander';
import type { Command } from 'commander';
import { apiOf, problemOf } from './api.ts';
import type { Api } from './api.ts';
import { TidemarkError } from '../kernel/errors.ts';
import { readConfig } from './environment.ts';
import { pages, pathOf } from './metrics-answers.ts';
import { repeated, TIME_OR_DATE } from './options.ts';
import { outputOf } from './output.ts';
import type { Row } from './output.ts';

const FILE_FORMATS = ['csv', 'xlsx'] as const;
type FileFormat = (typeof FILE_FORMATS)[number];
type Point = Row & { readonly start: string };
type Values = Readonly<Record<string, unknown>> & {
  readonly series: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly points: readonly Point[];
  }[];
  readonly warnings: readonly string[];
};
type ValuesOptions = {
  readonly grain?: string;
  readonly from?: string;
  readonly to?: string;
  readonly by?: string;
  readonly where: readonly string[];
  readonly compare?: string;
  readonly asOf?: string;
  readonly onlyVersion?: string;
  readonly limit?: string;
  readonly format?: FileFormat;
};

/** `tidemark metrics values`. */
export function registerValues(metrics: Command): void {
  metrics
    .command('values')
    .description('values of a metric, window by window')
    .argument('<id>')
    .option('--grain <grain>', 'minute … year, such as PT15M, PT30M/PT1M, P7D/P1D or month-to-date')
    .option('--from <time>', TIME_OR_DATE)
    .option('--to <time>', 'exclusive; default now')
    .option('--by <dimensions>', 'comma-separated')
    .option('--where <dimension:member>', 'only this member; may be repeated', repeated, [])
    .option('--compare <windows>', 'previous, week, month, quarter, year; several by commas')
    .option('--as-of <time>', 'as they were known then: a time, a date, or positions in the log')
    .option(
      '--only-version <version>',
      'of the metric: refused where another version of it is published',
    )
    .option('--limit <points>', 'points a request; all pages are read')
    .addOption(
      new Option('--format <format>', 'as the file that the API makes, on stdout').choices(
        FILE_FORMATS,
      ),
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ tidemark metrics values net-sales --grain day --from 2010-12-01 --to 2010-12-04 --by country\n  $ tidemark metrics values net-sales --grain month --format xlsx > net-sales.xlsx',
    )
    .action(async (id: string, options: ValuesOptions, command: Command) => {
      const api = apiOf(readConfig(command));
      const output = outputOf(command);
      if (options.format !== undefined)
        return writeFile(await fileOf(api, id, options), options.format);
      const answers: Values[] = [];
      for await (const page of pages<Values>(api, valuesPath(id), parametersOf(options)))
        answers.push(page);
      const whole = joinPages(answers);
      for (const warning of whole?.warnings ?? []) output.note(`warning: ${warning}`);
      if (!whole) return;
      if (output.format !== 'table') return output.record(whole);
      output.rows(rowsOf(whole.series));
    });
}

/** A row for each point; a name, or a target, is a column where any of them has one. */
export function rowsOf(series: Values['series']): readonly Row[] {
  const all = series.flatMap(({ points }) => points);
  // A dimension may be called so.
  const has = (key: string): boolean =>
    all.some((point) => key in point) && !series.some(({ labels }) => key in labels);
  const [hasName, hasTarget] = [has('name'), has('target')];
  return series.flatMap(({ labels, points }) =>
    points.map((point) => ({
      ...labels,
      ...(hasName ? { name: point['name'] } : {}),
      start: point.start,
      end: point['end'],
      value: point['value'],
      ...comparedRow(point['compare']),
      ...(hasTarget ? { target: point['target'] } : {}),
      count: point['count'],
      state: point['state'],
      revision: point['revision'],
      completeness: point['completeness'],
    })),
  );
}

type Compared = Readonly<Record<string, { readonly value: unknown; readonly ratio: unknown }>>;

/** What the window is set beside, named as the files name it. */
const comparedRow = (compare: unknown): Row =>
  Object.fromEntries(
    Object.entries((compare ?? {}) as Compared).flatMap(([name, { value, ratio }]) => [
      [name, value],
      [`${name}_ratio`, ratio],
    ]),
  );

const valuesPath = (id: string): string => `${pathOf(id)}/values`;

/** The options as the API names them. */
function parametersOf({ onlyVersion: version, ...options }: ValuesOptions): URLSearchParams {
  const given = { ...options, ...(version === undefined ? {} : { version }) };
  const parameters = new URLSearchParams();
  for (const [name, values] of Object.entries(given))
    for (const value of [values].flat()) parameters.append(name, value);
  return parameters;
}

/** @throws what the answer's problem says */
async function fileOf(api: Api, id: string, options: ValuesOptions): Promise<Uint8Array> {
  const answer = await api(`${valuesPath(id)}?${parametersOf(options)}`);
  if (answer.status !== 200) throw problemOf(answer);
  return answer.bytes;
}

/** As it came, with nothing added. @throws invalid_parameter where a workbook would go to a screen */
function writeFile(content: Uint8Array, format: FileFormat): void {
  if (format === 'xlsx' && process.stdout.isTTY)
    throw new TidemarkError(
      'invalid_parameter',
      'a workbook is no text: write it to a file (> FILE.xlsx)',
    );
  process.stdout.write(content);
}

/** A series that begins on one page may go on on the next: as one. */
function joinPages(answers: readonly Values[]): Values | undefined {
  const [first] = answers;
  if (!first) return undefined;
  const series = new Map<string, { labels: Readonly<Record<string, string>>; points: Point[] }>();
  for (const { labels, points } of answers.flatMap((answer) => answer.series)) {
    const key = JSON.stringify(labels);
    const joined = series.get(key) ?? { labels, points: [] };
    joined.points.push(...points);
    series.set(key, joined);
  }
  const { cursor: _, ...rest } = first;
  const warnings = [...new Set(answers.flatMap((answer) => answer.warnings))];
  return { ...rest, series: [...series.values()], warnings };
}
