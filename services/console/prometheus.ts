import type { Catalog } from '../kernel/definitions.ts';
import { metricIdOf } from '../kernel/expression/formula.ts';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import type { EpochMs } from '../kernel/time.ts';
import { discover } from './core/prometheus/discovery.ts';
import type { Discovered } from './core/prometheus/discovery.ts';
import type { Times } from './core/prometheus/grid.ts';
import { instantOf, rangeOf } from './core/prometheus/parameters.ts';
import type { Evaluation, Form } from './core/prometheus/parameters.ts';
import {
  renderInstant,
  renderRange,
  renderSamples,
  renderSuccess,
} from './core/prometheus/render.ts';
import type { Order } from './core/prometheus/render.ts';
import { sumWarnings } from './core/prometheus/sum-warnings.ts';
import { kindOf, selectionsOf } from './core/promql/ast.ts';
import type { Expression, Selector } from './core/promql/ast.ts';
import { NAME } from './core/promql/column.ts';
import { evaluate } from './core/promql/evaluate.ts';
import { QueryFaultError } from './core/promql/fault.ts';
import type { QueryFault } from './core/promql/fault.ts';
import type { CompileRegex } from './core/promql/matcher.ts';
import { parseQuery, parseSelector } from './core/promql/parser.ts';
import { sourcesOf } from './core/derived.ts';
import type { ProjectionReader } from './ports.ts';
import { createSelectionReader } from './prometheus-samples.ts';
import type { SelectionRead } from './prometheus-samples.ts';
import { createTargetReader } from './prometheus-targets.ts';
import { createVersions } from './versions.ts';

type Answer = Promise<Result<string, QueryFault>>;

/** Prometheus' API without HTTP: answers are JSON texts. Every method throws redis_unavailable. */
export type PrometheusReads = {
  readonly query: (form: Form) => Answer;
  readonly queryRange: (form: Form) => Answer;
  /** Series that the `match[]` of the form select; of all metrics where there is none. */
  readonly series: (form: Form) => Promise<Result<Discovered, QueryFault>>;
};

export function createPrometheusReads(ports: {
  readonly reader: ProjectionReader;
  readonly catalog: () => Catalog;
  readonly now: () => EpochMs;
  readonly compileRegex: CompileRegex;
  /** Hears of each metric that a query names; of one that is only matched by a pattern it does not. */
  readonly noted?: (metric: string) => void;
}): PrometheusReads {
  const { reader, now, compileRegex, noted } = ports;
  const readValues = createSelectionReader(reader);
  const readTargets = createTargetReader(reader);
  const versions = createVersions(ports);

  const readAll = async (
    expression: Expression,
    times: Times,
  ): Promise<Result<ReadonlyMap<Selector, SelectionRead>, QueryFault>> => {
    const catalog = await versions.shown();
    const read = new Map<Selector, SelectionRead>();
    try {
      for (const selection of selectionsOf(expression)) {
        const asked = { selection, times };
        const values = await readValues(catalog, asked);
        read.set(selection.selector, joined([values, ...(await readTargets(catalog, asked))]));
        for (const name of namesOf(selection.selector)) noted?.(metricIdOf(name));
      }
    } catch (error) {
      if (error instanceof QueryFaultError) return err(error.fault);
      throw error;
    }
    return ok(read);
  };

  const answer = async (
    form: Form,
    evaluation: Result<Evaluation, QueryFault>,
    render: Render,
  ): Answer => {
    if (!evaluation.ok) return evaluation;
    if (form.get('lookback_delta') !== null)
      return err({
        type: 'bad_data',
        detail: 'invalid parameter "lookback_delta": a value is seen until the next window ends',
      });
    const parsed = parseQuery(form.get('query') ?? '', compileRegex);
    if (!parsed.ok) return invalidQuery(parsed.error);
    const read = await readAll(parsed.value, evaluation.value.times);
    if (!read.ok) return read;
    const data = render(parsed.value, evaluation.value, read.value);
    if (!data.ok) return data;
    return ok(renderSuccess(data.value, warningsOf(parsed.value, read.value)));
  };

  return {
    query: (form) => answer(form, instantOf(form, now()), renderedInstant),
    queryRange: (form) => answer(form, rangeOf(form), renderedRange),
    async series(form) {
      const matchers = [];
      for (const text of form.getAll('match[]')) {
        const parsed = parseSelector(text, compileRegex);
        if (!parsed.ok) return invalidQuery(parsed.error, 'match[]');
        matchers.push(parsed.value);
      }
      const catalog = await versions.shown();
      return ok(
        await discover(catalog, matchers, async (metric) => {
          const refs = sourcesOf(catalog, metric).map(({ id, version }) => ({
            metric: id,
            version,
          }));
          const heads = await reader.heads(refs);
          const entries = await Promise.all(
            refs.map(async (ref, i) => (heads[i] ? reader.series(ref, heads[i]) : [])),
          );
          return entries.flat();
        }),
      );
    },
  };
}

const joined = (read: readonly SelectionRead[]): SelectionRead => ({
  series: read.flatMap(({ series }) => series),
  metrics: read.flatMap(({ metrics }) => metrics),
  warnings: read.flatMap(({ warnings }) => warnings),
});

const namesOf = ({ matchers }: Selector): readonly string[] =>
  matchers.flatMap(({ label, operator, value }) =>
    label === NAME && operator === '=' ? [value] : [],
  );

const invalidQuery = (fault: QueryFault, name = 'query'): Result<never, QueryFault> =>
  err(
    fault.type === 'bad_data'
      ? { ...fault, detail: `invalid parameter ${JSON.stringify(name)}: ${fault.detail}` }
      : fault,
  );

type Render = (
  expression: Expression,
  evaluation: Evaluation,
  read: ReadonlyMap<Selector, SelectionRead>,
) => Result<string, QueryFault>;

const seriesOf = (read: ReadonlyMap<Selector, SelectionRead>) => (selector: Selector) =>
  read.get(selector)?.series ?? [];

const renderedInstant: Render = (expression, { steps, times }, read) => {
  const { lastMs } = times;
  if (expression.kind === 'selector' && expression.rangeMs !== undefined) {
    const toMs = lastMs - expression.offsetMs;
    const within = { fromMs: toMs - expression.rangeMs, toMs };
    return ok(renderSamples(seriesOf(read)(expression), within));
  }
  const value = evaluate(expression, steps, seriesOf(read));
  return value.ok ? ok(renderInstant(value.value, lastMs, orderOf(expression))) : value;
};

const renderedRange: Render = (expression, { steps }, read) => {
  if (kindOf(expression) === 'range vector')
    return err({
      type: 'bad_data',
      detail:
        'invalid parameter "query": invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    });
  const value = evaluate(expression, steps, seriesOf(read));
  return value.ok ? ok(renderRange(value.value, steps)) : value;
};

function orderOf(expression: Expression): Order {
  if (expression.kind !== 'aggregate') return 'by labels';
  const { operator } = expression;
  return operator === 'topk' ? 'descending' : operator === 'bottomk' ? 'ascending' : 'by labels';
}

const warningsOf = (
  expression: Expression,
  read: ReadonlyMap<Selector, SelectionRead>,
): readonly string[] => [
  ...new Set([
    ...[...read.values()].flatMap(({ warnings }) => warnings),
    ...sumWarnings(expression, (selector) => read.get(selector)?.metrics ?? []),
  ]),
];
