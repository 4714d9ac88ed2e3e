import { isComparison, kindOf } from './ast.ts';
import type { Binary, Expression } from './ast.ts';
import { malformed } from './fault.ts';

/**
 * The same expression, when each operator is given what it takes.
 * @throws QueryFaultError bad_data, in Prometheus' words
 */
export function checked(expression: Expression): Expression {
  switch (expression.kind) {
    case 'number':
    case 'selector':
    case 'call':
      break;
    case 'negate': {
      const kind = kindOf(checked(expression.operand));
      if (kind === 'range vector')
        malformed(
          `unary expression only allowed on expressions of type scalar or instant vector, got "${kind}"`,
        );
      break;
    }
    case 'aggregate': {
      const { argument, parameter } = expression;
      const kind = kindOf(checked(argument));
      if (kind !== 'instant vector')
        malformed(`expected type instant vector in aggregation expression, got ${kind}`);
      if (parameter && kindOf(checked(parameter)) !== 'scalar')
        malformed(`expected type scalar in aggregation parameter, got ${kindOf(parameter)}`);
      break;
    }
    case 'binary':
      checkBinary(expression);
      break;
  }
  return expression;
}

function checkBinary({ operator, isBool, left, right }: Binary): void {
  const kinds = [kindOf(checked(left)), kindOf(checked(right))];
  if (kinds.includes('range vector'))
    malformed('binary expression must contain only scalar and instant vector types');
  if (isComparison(operator) && !isBool && kinds.every((kind) => kind === 'scalar'))
    malformed('comparisons between scalars must use BOOL modifier');
}
