import type { Command } from 'commander';
import { apiOf, problemOf } from './api.ts';
import type { Api } from './api.ts';
import { readConfig } from './environment.ts';
import { registerRebuild } from './metrics-rebuild.ts';
import { registerVerify } from './metrics-verify.ts';
import { repeated, TIME_OR_DATE } from './options.ts';
import { outputOf } from './output.ts';
import type { Row } from './output.ts';

type Summary = {
  readonly id: string;
  readonly name: { readonly en: string };
  readonly unit: { readonly code: string };
  readonly owner: string;
  readonly projection: string;
  readonly watermark: string | null;
};
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
  readonly limit?: string;
};

export function register(program: Command): void {
  const metrics = program.command('metrics').description('list metrics, show one, read its values');
  registerList(metrics);
  registerShow(metrics);
  registerValues(metrics);
  registerRebuild(metrics);
  registerVerify(metrics);
}

function registerList(metrics: Command): void {
  metrics
    .command('list')
    .description('all published metrics')
    .addHelpText('after', '\nExample:\n  $ tidemark metrics list')
    .action(async (_options: unknown, command: Command) => {
      const api = apiOf(readConfig(command));
      const all: Summary[] = [];
      for await (const page of pages<{ metrics: Summary[] }>(api, '/v1/metrics', {}))
        all.push(...page.metrics);
      const output = outputOf(command);
      if (output.format !== 'table') return output.rows(all);
      output.rows(
        all.map(({ id, name, unit, owner, projection, watermark }) => ({
          id,
          name: name.en,
          unit: unit.code,
          owner,
          projection,
          watermark,
        })),
        ['id', 'name', 'unit', 'owner', 'projection', 'watermark'],
      );
    });
}

function registerShow(metrics: Command): void {
  metrics
    .command('show')
    .description('a metric: definition, lineage, owner, cardinality, dependents')
    .argument('<id>')
    .addHelpText('after', '\nExample:\n  $ tidemark metrics show net-sales --output yaml')
    .action(async (id: string, _options: unknown, command: Command) => {
      const api = apiOf(readConfig(command));
      outputOf(command).record(await get<Row>(api, pathOf(id)));
    });
}

function registerValues(metrics: Command): void {
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
    .option('--limit <points>', 'points a request; all pages are read')
    .addHelpText(
      'after',
      '\nExample:\n  $ tidemark metrics values net-sales --grain day --from 2010-12-01 --to 2010-12-04 --by country',
    )
    .action(async (id: string, options: ValuesOptions, command: Command) => {
      const api = apiOf(readConfig(command));
      const output = outputOf(command);
      const answers: Values[] = [];
      for await (const page of pages<Values>(api, `${pathOf(id)}/values`, options))
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

const pathOf = (id: string): string => `/v1/metrics/${encodeURIComponent(id)}`;

/** @throws what the answer's problem says */
async function get<T>(api: Api, path: string): Promise<T> {
  const answer = await api(path);
  if (answer.status !== 200) throw problemOf(answer);
  return answer.body as T;
}

/** All pages of a list. */
async function* pages<T extends object>(
  api: Api,
  path: string,
  options: Readonly<Record<string, unknown>>,
): AsyncGenerator<T & { readonly cursor?: string }> {
  const parameters = new URLSearchParams();
  for (const name of ['grain', 'from', 'to', 'by', 'where', 'compare', 'asOf', 'limit'])
    for (const value of [options[name] ?? []].flat()) parameters.append(name, String(value));
  for (;;) {
    const query = parameters.toString();
    const page = await get<T & { readonly cursor?: string }>(
      api,
      query === '' ? path : `${path}?${query}`,
    );
    yield page;
    if (page.cursor === undefined) return;
    parameters.set('cursor', page.cursor);
  }
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
