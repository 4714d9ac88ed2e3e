import { NAME, signatureOf } from '../promql/column.ts';
import type { Column, Labels, Value } from '../promql/column.ts';
import type { SampledSeries, Steps } from '../promql/samples.ts';
import { formatSample, pointsWriter } from './point-text.ts';

/** Prometheus' JSON, made by hand: an answer may hold a million points. */

const metricText = (labels: Labels): string => {
  const { [NAME]: name, ...rest } = labels;
  const sorted = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(
    Object.fromEntries(name === undefined ? sorted : [[NAME, name], ...sorted]),
  );
};

/** Seconds. */
const timeText = (timeMs: number): string => String(timeMs / 1_000);

const sampleText = (timeMs: number, value: number): string =>
  `[${timeText(timeMs)},"${formatSample(value)}"]`;

const byLabels = <T extends { readonly labels: Labels }>(columns: readonly T[]): readonly T[] =>
  columns
    .map((column) => ({ column, signature: signatureOf(column.labels) }))
    .sort((a, b) => (a.signature < b.signature ? -1 : 1))
    .map(({ column }) => column);

const result = (type: string, items: string): string =>
  `{"resultType":"${type}","result":${items}}`;

/** How the series of an instant query are ordered; NaN comes last. */
export type Order = 'by labels' | 'descending' | 'ascending';

function ordered(columns: readonly Column[], order: Order): readonly Column[] {
  const sorted = byLabels(columns);
  if (order === 'by labels') return sorted;
  const sign = order === 'ascending' ? 1 : -1;
  return sorted.toSorted((left, right) => {
    const [a, b] = [left.values[0] as number, right.values[0] as number];
    if (Number.isNaN(a) || Number.isNaN(b))
      return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return a === b ? 0 : sign * (a < b ? -1 : 1);
  });
}

/** `data` of `query`. */
export function renderInstant(value: Value, timeMs: number, order: Order): string {
  if (value.kind === 'scalar')
    return result('scalar', sampleText(timeMs, value.values[0] as number));
  const present = value.columns.filter(({ has }) => has[0] === 1);
  const items = ordered(present, order).map(
    ({ labels, values }) =>
      `{"metric":${metricText(labels)},"value":${sampleText(timeMs, values[0] as number)}}`,
  );
  return result('vector', `[${items.join(',')}]`);
}

/** `data` of `query_range`. Series without a point are left out. */
export function renderRange(value: Value, steps: Steps): string {
  const columns: readonly Column[] =
    value.kind === 'vector'
      ? value.columns
      : [{ labels: {}, values: value.values, has: new Uint8Array(steps.length).fill(1) }];
  const times = Array.from(steps, timeText);
  return result(
    'matrix',
    matrix(byLabels(columns), () => times),
  );
}

/** `data` of `query` for a range selector: the samples themselves. @param within times, from exclusive */
export function renderSamples(
  series: readonly SampledSeries[],
  within: { readonly fromMs: number; readonly toMs: number },
): string {
  const cut = byLabels(series).map((one) => ({
    ...one,
    has: one.has.map((has, i) => {
      const timeMs = one.grid.times[i] as number;
      return timeMs > within.fromMs && timeMs <= within.toMs ? has : 0;
    }),
  }));
  return result(
    'matrix',
    matrix(cut, ({ grid }) => Array.from(grid.times, timeText)),
  );
}

function matrix<T extends Column>(
  columns: readonly T[],
  timesOf: (column: T) => readonly string[],
): string {
  const items: string[] = [];
  const pointsOf = pointsWriter();
  for (const column of columns) {
    const points = pointsOf(column, timesOf(column));
    if (points !== undefined)
      items.push(`{"metric":${metricText(column.labels)},"values":${points}}`);
  }
  return `[${items.join(',')}]`;
}

export const renderSuccess = (data: string, warnings: readonly string[]): string =>
  `{"status":"success","data":${data}${warnings.length === 0 ? '' : `,"warnings":${JSON.stringify(warnings)}`}}`;
