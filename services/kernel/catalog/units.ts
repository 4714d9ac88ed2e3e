import type { SimpleMetric } from '../definitions.ts';
import type { FormulaExpression } from '../expression/ast.ts';
import { metricIdOf } from '../expression/formula.ts';
import type { Context } from './context.ts';

/** Exponents of unit codes; empty for a ratio. undefined for a plain number, which takes any unit. */
type Dimension = ReadonlyMap<string, number> | undefined;

/** Reports `+` and `-` between amounts that do not combine, such as money and pieces. */
export function checkUnits(
  formula: FormulaExpression,
  metrics: ReadonlyMap<string, SimpleMetric>,
  { report }: Context,
): void {
  const dimension = (expression: FormulaExpression): Dimension => {
    switch (expression.kind) {
      case 'name': {
        const code = metrics.get(metricIdOf(expression.name))?.unit.code ?? '';
        return new Map([[code, 1]]);
      }
      case 'unary':
        return dimension(expression.operand);
      case 'binary': {
        const left = dimension(expression.left);
        const right = dimension(expression.right);
        if (expression.operator === '*') return product(left, right, 1);
        if (expression.operator === '/') return product(left, right, -1);
        if (left && right && shown(left) !== shown(right))
          report(['spec', 'formula'], {
            code: 'expression_invalid',
            message: `${expression.operator} between ${shown(left)} and ${shown(right)}: units do not combine`,
          });
        return left ?? right;
      }
      case 'number':
        return undefined;
    }
  };
  dimension(formula);
}

function product(left: Dimension, right: Dimension, sign: 1 | -1): Dimension {
  if (!left && !right) return undefined;
  const exponents = new Map(left);
  for (const [code, exponent] of right ?? [])
    exponents.set(code, (exponents.get(code) ?? 0) + sign * exponent);
  return new Map([...exponents].filter(([, exponent]) => exponent !== 0));
}

function shown(dimension: ReadonlyMap<string, number>): string {
  const parts = [...dimension].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return (
    parts.map(([code, exponent]) => (exponent === 1 ? code : `${code}^${exponent}`)).join('·') ||
    'a ratio'
  );
}
