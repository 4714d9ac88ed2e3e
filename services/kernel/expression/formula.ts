import type { Decimal } from '../decimal.ts';
import { divideHalfEven } from '../integer.ts';
import type { Integer } from '../integer.ts';
import { err, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { FormulaExpression } from './ast.ts';
import { parseFormula } from './formula-parser.ts';
import type { ExpressionFault } from './types.ts';

/** `reason` says why there is no value. */
export type FormulaValue = { readonly value: Integer | null; readonly reason?: string };

/** The formula of a derived metric, ready to evaluate. */
export type Formula = {
  /** Ids of the metrics that it reads, each once, in order of appearance. */
  readonly inputs: readonly string[];
  /**
   * Computes in exact rationals and rounds once, half to even, at `scale` places. A missing or null input, or a division
   * by zero, gives null with its reason.
   */
  readonly evaluate: (inputs: ReadonlyMap<string, Decimal | null>, scale: number) => FormulaValue;
};

/** Metric ids have `-`, formulas write `_`; ids themselves never hold `_`. */
export const metricIdOf = (name: string): string => name.replaceAll('_', '-');

/** @param inputs ids that the formula may read; without them, any */
export function compileFormula(
  text: string,
  inputs?: readonly string[],
): Result<Formula, ExpressionFault> {
  const parsed = parseFormula(text);
  if (!parsed.ok) return parsed;
  const names = namesOf(parsed.value);
  const unknown = inputs && names.find(({ name }) => !inputs.includes(metricIdOf(name)));
  if (unknown)
    return err({
      message: `${metricIdOf(unknown.name)} is no input of this formula`,
      offset: unknown.start,
    });
  const used = [...new Set(names.map(({ name }) => metricIdOf(name)))];
  return ok({
    inputs: used,
    evaluate(values, scale) {
      const missing = used.find((id) => (values.get(id) ?? null) === null);
      if (missing !== undefined) return { value: null, reason: `${missing} has no value` };
      const result = evaluate(parsed.value, values as ReadonlyMap<string, Decimal>);
      if (!result) return { value: null, reason: 'division by zero' };
      return { value: divideHalfEven(result.numerator * 10n ** BigInt(scale), result.denominator) };
    },
  });
}

type Name = Extract<FormulaExpression, { kind: 'name' }>;

/** The names of a formula, in order of appearance. */
export function namesOf(expression: FormulaExpression): readonly Name[] {
  switch (expression.kind) {
    case 'name':
      return [expression];
    case 'unary':
      return namesOf(expression.operand);
    case 'binary':
      return [...namesOf(expression.left), ...namesOf(expression.right)];
    case 'number':
      return [];
  }
}

type Operator = Extract<FormulaExpression, { kind: 'binary' }>['operator'];
/** A fraction; the denominator is never 0, its sign does not matter. */
type Rational = { readonly numerator: bigint; readonly denominator: bigint };

/** @returns undefined when a divisor is zero */
function evaluate(
  expression: FormulaExpression,
  values: ReadonlyMap<string, Decimal>,
): Rational | undefined {
  switch (expression.kind) {
    case 'number':
      return rational(expression.value);
    case 'name':
      return rational(values.get(metricIdOf(expression.name)) as Decimal);
    case 'unary': {
      const operand = evaluate(expression.operand, values);
      return operand && { ...operand, numerator: -operand.numerator };
    }
    case 'binary': {
      const left = evaluate(expression.left, values);
      const right = evaluate(expression.right, values);
      return left && right && combine(expression.operator, left, right);
    }
  }
}

const rational = ({ unscaled, scale }: Decimal): Rational => ({
  numerator: BigInt(unscaled),
  denominator: 10n ** BigInt(scale),
});

function combine(operator: Operator, a: Rational, b: Rational): Rational | undefined {
  const denominator = a.denominator * b.denominator;
  switch (operator) {
    case '+':
      return { numerator: a.numerator * b.denominator + b.numerator * a.denominator, denominator };
    case '-':
      return { numerator: a.numerator * b.denominator - b.numerator * a.denominator, denominator };
    case '*':
      return { numerator: a.numerator * b.numerator, denominator };
    case '/':
      if (b.numerator === 0n) return undefined;
      return {
        numerator: a.numerator * b.denominator,
        denominator: a.denominator * b.numerator,
      };
  }
}
