import { formatDecimal } from '../decimal.ts';
import type { Expression } from './ast.ts';

/**
 * The expression in one canonical form: equal text for expressions that differ in white space, needless parentheses, or
 * how a string is quoted. Law: parsing the text gives the same expression again, spans
 * apart. Versions of definitions are hashes over it.
 */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return formatDecimal(expression.value.unscaled, expression.value.scale);
    case 'string':
      return JSON.stringify(expression.value);
    case 'boolean':
      return String(expression.value);
    case 'null':
      return 'null';
    case 'name':
      return expression.name;
    case 'field':
      return /^[A-Za-z_]\w*$/.test(expression.name)
        ? `${operand(expression.of)}.${expression.name}`
        : `${operand(expression.of)}[${JSON.stringify(expression.name)}]`;
    case 'unary':
      return `${expression.operator}${operand(expression.operand)}`;
    case 'binary':
      return `${operand(expression.left)} ${expression.operator} ${operand(expression.right)}`;
    case 'conditional': {
      const { condition, whenTrue, whenFalse } = expression;
      return `${operand(condition)} ? ${operand(whenTrue)} : ${operand(whenFalse)}`;
    }
    case 'list':
      return `[${expression.items.map(printExpression).join(', ')}]`;
    case 'call':
      return `${expression.name}(${expression.args.map(printExpression).join(', ')})`;
  }
}

/** Parentheses around all that has operators: plain, and right whatever their precedence. */
const operand = (expression: Expression): string =>
  expression.kind === 'binary' || expression.kind === 'conditional' || expression.kind === 'unary'
    ? `(${printExpression(expression)})`
    : printExpression(expression);
