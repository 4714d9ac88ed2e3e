import { describe, expect, test } from 'vitest';
import type { Selector } from '../../../../../services/console/core/promql/ast.ts';
import { evaluate } from '../../../../../services/console/core/promql/evaluate.ts';
import { parseQuery } from '../../../../../services/console/core/promql/parser.ts';
import type { SampledSeries } from '../../../../../services/console/core/promql/samples.ts';
import { compileWholeMatch } from '../../../../../services/platform/regex.ts';

/** Series of windows that end at 10, 20, 30 …; undefined: no value. */
const series = (
  labels: Readonly<Record<string, string>>,
  ...values: readonly (number | undefined)[]
): SampledSeries => ({
  labels,
  grid: {
    times: Float64Array.from(values, (_, i) => (i + 1) * 10),
    seenUntil: Float64Array.from(values, (_, i) => (i + 2) * 10),
  },
  values: Float64Array.from(values, (value) => value ?? 0),
  has: Uint8Array.from(values, (value) => Number(value !== undefined)),
});
const DATA = [
  series({ __name__: 'a', s: '1' }, 1, 2, undefined, 4),
  series({ __name__: 'a', s: '2' }, 0.1, Number.NaN, 0.2, Infinity),
];

function valuesOf(query: string, steps: readonly number[], data = DATA): unknown {
  const parsed = parseQuery(query, compileWholeMatch);
  if (!parsed.ok) return parsed.error;
  const seriesOf = ({ matchers }: Selector): readonly SampledSeries[] =>
    data.filter(({ labels }) => matchers.every((m) => m.accepts(labels[m.label] ?? '')));
  const value = evaluate(parsed.value, steps, seriesOf);
  if (!value.ok) return value.error;
  if (value.value.kind === 'scalar') return [...value.value.values];
  return value.value.columns.map(({ values, has }) =>
    [...values].map((one, i) => (has[i] === 1 ? one : undefined)),
  );
}

describe('what stands when', () => {
  test('a value is seen from the end of its window until the next one ends', () => {
    expect(valuesOf('a{s="1"}', [9, 10, 19, 20, 30, 39, 40, 49, 50])).toEqual([
      [undefined, 1, 1, 2, undefined, undefined, 4, 4, undefined],
    ]);
  });
  test('a range is open to the left, so that ranges that meet share no window', () => {
    expect(valuesOf('count_over_time(a{s="2"}[20ms])', [10, 20, 30, 40, 60])).toEqual([
      [1, 2, 2, 2, undefined],
    ]);
    expect(valuesOf('sum_over_time(a{s="1"}[20ms] offset 10ms)', [20, 30])).toEqual([[1, 3]]);
  });
  test('what has no sample is no 0', () => {
    expect(valuesOf('count(a)', [30])).toEqual([[1]]);
    expect(valuesOf('sum(b)', [30])).toEqual([]);
  });
});

describe('numbers', () => {
  test('NaN gives way to any number in min and max', () => {
    expect(valuesOf('min(a)', [20])).toEqual([[2]]);
    expect(valuesOf('max(a)', [20])).toEqual([[2]]);
    expect(valuesOf('max_over_time(a{s="2"}[40ms])', [40])).toEqual([[Infinity]]);
  });
  test('sums carry what rounding loses', () => {
    const tenths = [series({ __name__: 't' }, ...Array.from({ length: 10 }, () => 0.1))];
    expect(valuesOf('sum_over_time(t[100ms])', [100], tenths)).toEqual([[1]]);
    expect(valuesOf('avg_over_time(t[100ms])', [100], tenths)).toEqual([[0.1]]);
  });
  test('infinite sums stay infinite', () => {
    expect(valuesOf('sum(a)', [40])).toEqual([[Infinity]]);
    expect(valuesOf('1 ^ (a{s="2"} * 0)', [40])).toEqual([[1]]);
    expect(valuesOf('(0 - 1) ^ inf', [1])).toEqual([1]);
  });
  test('topk keeps the largest, NaN last', () => {
    expect(valuesOf('topk(1, a)', [10, 20])).toEqual([
      [1, 2],
      [undefined, undefined],
    ]);
    expect(valuesOf('bottomk(1, a)', [10, 20])).toEqual([
      [undefined, 2],
      [0.1, undefined],
    ]);
    expect(valuesOf('topk(0, a)', [10])).toEqual([[undefined], [undefined]]);
  });
});

describe('what cannot be answered says so', () => {
  const twins = [series({ __name__: 'a' }, 1), series({ __name__: 'b' }, 2)];
  test.each([
    ['-{__name__=~".+"}', 'same labelset'],
    ['a + {__name__=~".+"}', 'found duplicate series'],
    ['{__name__=~".+"} + a', 'multiple matches'],
  ])('%s', (query, detail) => {
    expect(valuesOf(query, [10], twins)).toMatchObject({
      type: 'execution',
      detail: expect.stringContaining(detail) as string,
    });
  });
  test('work beyond the limit', () => {
    const long = [series({ __name__: 'a' }, ...Array.from({ length: 30_000 }, () => 1))];
    const steps = Array.from({ length: 1_000 }, (_, i) => 300_000 + i);
    expect(valuesOf('sum_over_time(a[300s])', steps, long)).toMatchObject({
      detail: expect.stringContaining('more than 20000000 values') as string,
    });
  });
});
