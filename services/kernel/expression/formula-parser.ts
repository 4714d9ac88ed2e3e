import { parseDecimal } from '../decimal.ts';
import { err, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { FormulaExpression, Span } from './ast.ts';
import { ExpressionError } from './term.ts';
import type { ExpressionFault } from './types.ts';

type Token = Span & { readonly text: string };

const TOKEN = /\s*(?:(\d+(?:\.\d+)?|[A-Za-z_][A-Za-z0-9_]*|[-+*/()])|(\S))/gy;
const LENGTH_MAX = 2_000;
const DEPTH_MAX = 50;

/**
 * Reads a formula: numbers, names, `+ - * /` and parentheses, with the precedence of CEL, whose subset it is
 * (test/property/kernel/expression/formula.test.ts compares both parsers). It lives here so that every reader of a derived metric can
 * compile its formula without a package.
 */
export function parseFormula(text: string): Result<FormulaExpression, ExpressionFault> {
  try {
    if (text.length > LENGTH_MAX)
      throw new ExpressionError(`a formula has at most ${LENGTH_MAX} characters`, {
        start: 0,
        end: 0,
      });
    return ok(parse(tokensOf(text), text.length));
  } catch (error) {
    if (error instanceof ExpressionError)
      return err({ message: error.message, offset: error.offset });
    throw error;
  }
}

function tokensOf(text: string): readonly Token[] {
  return [...text.trimEnd().matchAll(TOKEN)].map((match) => {
    const token = match[1] ?? match[2] ?? '';
    const end = match.index + match[0].length;
    const span = { start: end - token.length, end };
    if (match[2] !== undefined)
      throw new ExpressionError(
        `a formula has no ${token}; it has numbers, metrics, + - * / and parentheses`,
        span,
      );
    return { text: token, ...span };
  });
}

function parse(tokens: readonly Token[], length: number): FormulaExpression {
  let at = 0;
  let depth = 0;
  const here = (): Span => tokens[at] ?? { start: length, end: length };
  const peek = (): string | undefined => tokens[at]?.text;

  const chain = (operators: string, operand: () => FormulaExpression): FormulaExpression => {
    let left = operand();
    for (
      let operator = peek();
      operator !== undefined && operators.includes(operator);
      operator = peek()
    ) {
      at++;
      const right = operand();
      const span = { start: left.start, end: right.end };
      left = { kind: 'binary', operator: operator as '+' | '-' | '*' | '/', left, right, ...span };
    }
    return left;
  };
  const sum = (): FormulaExpression => chain('+-', product);
  const product = (): FormulaExpression => chain('*/', unary);
  const unary = (): FormulaExpression => {
    const { start } = here();
    if (++depth > DEPTH_MAX)
      throw new ExpressionError(`a formula is nested at most ${DEPTH_MAX} levels deep`, here());
    const result: FormulaExpression = peek() === '-' ? negative(start) : primary();
    depth--;
    return result;
  };
  const negative = (start: number): FormulaExpression => {
    at++;
    const operand = unary();
    return { kind: 'unary', operator: '-', operand, start, end: operand.end };
  };
  const primary = (): FormulaExpression => {
    const token = tokens[at];
    if (!token) throw new ExpressionError('the formula ends too early', here());
    at++;
    const { text, ...span } = token;
    if (text === '(') {
      const inner = sum();
      if (peek() !== ')') throw new ExpressionError('a parenthesis is not closed', span);
      at++;
      return inner;
    }
    const value = parseDecimal(text);
    if (value) return { kind: 'number', value, ...span };
    if (/^[A-Za-z_]/.test(text)) return { kind: 'name', name: text, ...span };
    throw new ExpressionError(`${text} cannot stand here`, span);
  };

  const expression = sum();
  if (at < tokens.length) throw new ExpressionError(`${peek()} cannot stand here`, here());
  return expression;
}
