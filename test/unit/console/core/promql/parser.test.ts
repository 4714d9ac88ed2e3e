import { describe, expect, test } from 'vitest';
import type { Expression } from '../../../../../services/console/core/promql/ast.ts';
import { parsePromDuration } from '../../../../../services/console/core/promql/duration.ts';
import { parseQuery, parseSelector } from '../../../../../services/console/core/promql/parser.ts';
import { compileWholeMatch } from '../../../../../services/platform/regex.ts';

const parse = (text: string) => parseQuery(text, compileWholeMatch);

/** The tree with all its parentheses. */
function shown(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return String(expression.value);
    case 'selector':
      return expression.matchers
        .map(({ label, operator, value }) => `${label}${operator}${value}`)
        .join();
    case 'negate':
      return `(-${shown(expression.operand)})`;
    case 'call':
      return `${expression.function}(${shown(expression.argument)})`;
    case 'aggregate':
      return `${expression.operator}[${expression.grouping.kind} ${expression.grouping.labels.join()}](${shown(expression.argument)})`;
    case 'binary':
      return `(${shown(expression.left)} ${expression.operator} ${shown(expression.right)})`;
  }
}
const treeOf = (text: string): string => {
  const parsed = parse(text);
  return parsed.ok ? shown(parsed.value) : parsed.error.detail;
};

describe('a query', () => {
  test.each([
    ['1 + 2 * 3 - 4', '((1 + (2 * 3)) - 4)'],
    ['2 ^ 3 ^ 2', '(2 ^ (3 ^ 2))'],
    ['-a ^ 2', '(-(__name__=a ^ 2))'],
    ['-a * b', '((-__name__=a) * __name__=b)'],
    ['2 ^ -1 ^ 2 * 3', '((2 ^ -(1 ^ 2)) * 3)'],
    ['a > b + 1', '(__name__=a > (__name__=b + 1))'],
    ['a - b - c', '((__name__=a - __name__=b) - __name__=c)'],
    ['SUM by (x, y,) (a)', 'sum[by x,y](__name__=a)'],
    ['sum(a) without (x)', 'sum[without x](__name__=a)'],
    ['sum + count', '(__name__=sum + __name__=count)'],
    ['inf - NaN', '(Infinity - NaN)'],
    ['a # says nothing\n+ 0x10', '(__name__=a + 16)'],
    ["{__name__='a',b=~`x\\d`,}", '__name__=a,b=~x\\d'],
    ['a{b="\\u4e2d\\n\\x41\\101\\""}', '__name__=a,b=中\nAA"'],
  ])('%s is %s', (text, tree) => {
    expect(treeOf(text)).toBe(tree.replace('-(1 ^ 2)', '(-(1 ^ 2))'));
  });

  test('keeps range and offset of a selector', () => {
    const parsed = parse('last_over_time(a[1h30m] offset -2d)');
    expect(parsed).toMatchObject({
      value: { argument: { rangeMs: 5_400_000, offsetMs: -172_800_000 } },
    });
  });

  test.each([
    ['', 'no expression found'],
    ['a +', 'unexpected end of input'],
    ['a{b}', 'expected a label matching operator'],
    ['a{b=c}', 'expected string'],
    ['{}', 'at least one non-empty matcher'],
    ['{b=~".*"}', 'at least one non-empty matcher'],
    ['a{__name__="b"}', 'metric name must not be set twice'],
    ['a{b=~"("}', 'error parsing regexp'],
    ['a[5m', 'unexpected end of input'],
    ['a[0s]', 'greater than 0'],
    ['a[5]', 'a duration such as'],
    ['a[5m] + 1', 'must contain only scalar and instant vector types'],
    ['sum(1)', 'expected type instant vector'],
    ['sum_over_time(a)', 'expected type range vector'],
    ['topk(a)', 'expected 2, got 1'],
    ['topk(a, b)', 'expected type scalar'],
    ['1 > 2', 'must use BOOL modifier'],
    ['1 + bool 2', 'only be used on comparison operators'],
    ['(a) offset 5m', 'offset modifier must be preceded'],
    ['a b', 'unexpected "b"'],
    ['"\\q"', 'unknown escape'],
    ['a ! b', 'unexpected character "!"'],
    [`${'('.repeat(200)}1`, 'nested deeper than'],
    ['a'.repeat(70_000), 'longer than'],
  ])('%s is no PromQL', (text, detail) => {
    const parsed = parse(text);
    expect(parsed).toMatchObject({ ok: false, error: { type: 'bad_data' } });
    expect(!parsed.ok && parsed.error.detail).toContain(detail);
  });

  test.each([
    ['rate(a[5m])', 'rate is not supported: values of windows are not counters'],
    ['abs(a)', 'abs is not supported'],
    ['stddev(a)', 'stddev is not supported'],
    ['count_values("v", a)', 'count_values is not supported'],
    ['quantile by (b) (0.5, a)', 'quantile is not supported'],
    ['a or b', 'operator or is not supported'],
    ['a atan2 b', 'operator atan2 is not supported'],
    ['a + on (b) c', 'on is not supported'],
    ['a[1h:5m]', 'subqueries are not supported'],
    ['sum(a)[1h:]', 'subqueries are not supported'],
    ['a @ end()', '@ modifier is not supported'],
    ['"text"', 'a text alone is not supported'],
  ])('%s is PromQL and not supported', (text, detail) => {
    const parsed = parse(text);
    expect(parsed).toMatchObject({ ok: false, error: { type: 'execution' } });
    expect(!parsed.ok && parsed.error.detail).toContain(detail);
  });
});

test('a selector alone is what match[] takes', () => {
  expect(parseSelector('{__name__!=""}', compileWholeMatch)).toMatchObject({ ok: true });
  expect(parseSelector('a + b', compileWholeMatch)).toMatchObject({ ok: false });
});

test.each([
  ['1d', 86_400_000],
  ['1h30m', 5_400_000],
  ['1y2w3d4h5m6s7ms', 33_019_506_007],
  ['0s', 0],
  ['30m1h', undefined],
  ['', undefined],
  ['5', undefined],
])('duration %s is %s ms', (text, ms) => {
  expect(parsePromDuration(text)).toBe(ms);
});
