import type { DurationMs } from '../../../kernel/time.ts';

/** What of PromQL is understood (docs/reference/prometheus-api.md), as a tree. Parentheses are in its shape only. */

export const MATCH_OPERATORS = ['=', '!=', '=~', '!~'] as const;
export type MatchOperator = (typeof MATCH_OPERATORS)[number];

export type Matcher = {
  readonly label: string;
  readonly operator: MatchOperator;
  readonly value: string;
  /** Whether a label's value satisfies it; a label that is not there has the empty value. */
  readonly accepts: (text: string) => boolean;
};

export const ARITHMETIC = ['+', '-', '*', '/', '%', '^'] as const;
export const COMPARISONS = ['==', '!=', '<=', '<', '>=', '>'] as const;
export type Arithmetic = (typeof ARITHMETIC)[number];
export type Comparison = (typeof COMPARISONS)[number];

export const AGGREGATORS = ['sum', 'avg', 'min', 'max', 'count', 'topk', 'bottomk'] as const;
export type Aggregator = (typeof AGGREGATORS)[number];

export const RANGE_FUNCTIONS = [
  'sum_over_time',
  'avg_over_time',
  'min_over_time',
  'max_over_time',
  'last_over_time',
  'count_over_time',
] as const;
export type RangeFunction = (typeof RANGE_FUNCTIONS)[number];

export type Grouping = { readonly kind: 'by' | 'without'; readonly labels: readonly string[] };

export type Selector = {
  readonly kind: 'selector';
  readonly matchers: readonly Matcher[];
  /** Samples of (t − offset − range, t − offset]; absent: the one that is seen at t − offset. */
  readonly rangeMs?: DurationMs;
  /** Negative looks ahead. */
  readonly offsetMs: number;
};
export type NumberLiteral = { readonly kind: 'number'; readonly value: number };
export type Negation = { readonly kind: 'negate'; readonly operand: Expression };
export type Call = {
  readonly kind: 'call';
  readonly function: RangeFunction;
  readonly argument: Selector;
};
export type Aggregation = {
  readonly kind: 'aggregate';
  readonly operator: Aggregator;
  readonly argument: Expression;
  /** Of topk and bottomk, and there always: how many. */
  readonly parameter?: Expression;
  readonly grouping: Grouping;
};
export type Binary = {
  readonly kind: 'binary';
  readonly operator: Arithmetic | Comparison;
  /** A comparison gives 0 and 1 rather than filter. */
  readonly isBool: boolean;
  readonly left: Expression;
  readonly right: Expression;
};
export type Expression = NumberLiteral | Selector | Negation | Call | Aggregation | Binary;

export const isComparison = (operator: Arithmetic | Comparison): operator is Comparison =>
  COMPARISONS.includes(operator as Comparison);

export type ValueKind = 'scalar' | 'instant vector' | 'range vector';

export function kindOf(expression: Expression): ValueKind {
  switch (expression.kind) {
    case 'number':
      return 'scalar';
    case 'selector':
      return expression.rangeMs === undefined ? 'instant vector' : 'range vector';
    case 'negate':
      return kindOf(expression.operand);
    case 'call':
    case 'aggregate':
      return 'instant vector';
    case 'binary':
      return kindOf(expression.left) === 'scalar' && kindOf(expression.right) === 'scalar'
        ? 'scalar'
        : 'instant vector';
  }
}

/** A selector, and the labels that aggregations around it group by: what it must be broken down by. */
export type Selection = { readonly selector: Selector; readonly groupedBy: ReadonlySet<string> };

export function selectionsOf(
  expression: Expression,
  groupedBy: ReadonlySet<string> = new Set(),
): readonly Selection[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'selector':
      return [{ selector: expression, groupedBy }];
    case 'negate':
      return selectionsOf(expression.operand, groupedBy);
    case 'call':
      return selectionsOf(expression.argument, groupedBy);
    case 'aggregate': {
      const { grouping, argument, parameter } = expression;
      const within =
        grouping.kind === 'by' ? new Set([...groupedBy, ...grouping.labels]) : groupedBy;
      return [
        ...selectionsOf(argument, within),
        ...(parameter ? selectionsOf(parameter, groupedBy) : []),
      ];
    }
    case 'binary':
      return [
        ...selectionsOf(expression.left, groupedBy),
        ...selectionsOf(expression.right, groupedBy),
      ];
  }
}
