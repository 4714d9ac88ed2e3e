import type { Integer } from '../integer.ts';
import { add, multiply, negate, subtract } from '../integer.ts';
import type { BinaryOperator, Comparison, Span } from './ast.ts';
import type { DecimalTerm, Read, Term } from './term.ts';
import {
  ExpressionError,
  atScale,
  combined,
  constantTerm,
  describeType,
  isDecimal,
  mapped,
  requireDecimal,
  requireKind,
  requireScale,
} from './term.ts';
import type { ExpressionType } from './types.ts';

/**
 * Operators over values of one kind. Numbers of different scales meet at the larger one, so nothing rounds. Null:
 * arithmetic and order with null give null; `==`, `!=` and `in` treat null as a value like others; `&&` and `||` are
 * Kleene's (false && null is false, true || null is true, else null).
 */
export function binaryTerm(
  operator: BinaryOperator,
  operands: readonly [Term, Term],
  span: Span,
): Term {
  const [left, right] = operands;
  switch (operator) {
    case '+':
      return left.type.kind === 'string' ? concatenation(operands, span) : sum(operands, span, add);
    case '-':
      return sum(operands, span, subtract);
    case '*':
      return product(operands, span);
    case '/':
      throw new ExpressionError(
        'division is not exact, so only the formula of a derived metric divides',
        span,
      );
    case '==':
    case '!=':
      return equality(operands, { span, isEqual: operator === '==' });
    case '&&':
      return conjunction(operands, span);
    case '||':
      return disjunction(operands, span);
    case 'in':
      return membership(left, right, span);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return order(operator, operands, span);
  }
}

const eitherNullable = ([left, right]: readonly [Term, Term]): boolean =>
  left.type.nullable || right.type.nullable;

/** Folds a term whose parts are all constants, so that literals like `-1.5` or `60 * 24` cost nothing. */
function folded(term: Term, parts: readonly Term[]): Term {
  const isConstant = parts.every(({ constant }) => constant !== undefined);
  if (!isConstant) return term;
  return constantTerm(term.type as ExpressionType, term.read({}), term.span);
}

function decimals(
  [left, right]: readonly [Term, Term],
  what: string,
): readonly [DecimalTerm, DecimalTerm] {
  return [requireDecimal(left, what), requireDecimal(right, what)];
}

function sum(
  operands: readonly [Term, Term],
  span: Span,
  apply: (a: Integer, b: Integer) => Integer,
): Term {
  const [left, right] = decimals(operands, apply === add ? '+' : '-');
  const scale = Math.max(left.type.scale, right.type.scale);
  const nullable = eitherNullable(operands);
  const read = combined([atScale(left, scale), atScale(right, scale)], nullable, apply);
  return folded({ type: { kind: 'decimal', scale, nullable }, read, span }, operands);
}

function product(operands: readonly [Term, Term], span: Span): Term {
  const [left, right] = decimals(operands, '*');
  const scale = requireScale(left.type.scale + right.type.scale, span);
  const nullable = eitherNullable(operands);
  const read = combined([left.read, right.read], nullable, multiply);
  return folded({ type: { kind: 'decimal', scale, nullable }, read, span }, operands);
}

function concatenation(operands: readonly [Term, Term], span: Span): Term {
  const [left, right] = operands;
  requireKind(right, 'string', '+ after a string');
  const nullable = eitherNullable(operands);
  const read = combined<string>([left.read, right.read], nullable, (a, b) => a + b);
  return folded({ type: { kind: 'string', nullable }, read, span }, operands);
}

export function negationTerm(operator: '-' | '!', operand: Term, span: Span): Term {
  if (operator === '!') {
    const type = { kind: 'boolean', nullable: operand.type.nullable } as const;
    const read = mapped(requireKind(operand, 'boolean', '!'), (value: boolean) => !value);
    return folded({ type, read, span }, [operand]);
  }
  const term = requireDecimal(operand, '-');
  return folded({ type: term.type, read: mapped(term, negate), span }, [operand]);
}

const ORDERS: Readonly<Record<Comparison, (a: Integer, b: Integer) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** Numbers by amount, timestamps by time, strings by UTF-16 code units. */
function order(operator: Comparison, operands: readonly [Term, Term], span: Span): Term {
  const nullable = eitherNullable(operands);
  const type = { kind: 'boolean', nullable } as const;
  const [left, right] = operands;
  if (left.type.kind === right.type.kind && !isDecimal(left)) {
    if (left.type.kind !== 'string' && left.type.kind !== 'timestamp')
      throw new ExpressionError(`${describeType(left.type)} has no order for ${operator}`, span);
    return { type, read: combined([left.read, right.read], nullable, ORDERS[operator]), span };
  }
  return { type, read: combined(aligned(operands, operator), nullable, ORDERS[operator]), span };
}

/** Both sides so that equal values are identical: numbers at one scale. */
function aligned(operands: readonly [Term, Term], operator: string): readonly [Read, Read] {
  const [left, right] = operands;
  if (isDecimal(left) && isDecimal(right)) {
    const scale = Math.max(left.type.scale, right.type.scale);
    return [atScale(left, scale), atScale(right, scale)];
  }
  if (operator === '==' || operator === '!=') {
    const isNull = left.type.kind === 'null' || right.type.kind === 'null';
    if (isNull || left.type.kind === right.type.kind) return [left.read, right.read];
  }
  throw new ExpressionError(
    `${operator} cannot compare ${describeType(left.type)} with ${describeType(right.type)}`,
    left.span,
  );
}

function equality(
  operands: readonly [Term, Term],
  { span, isEqual }: { span: Span; isEqual: boolean },
): Term {
  for (const term of operands) requireValue(term);
  const [left, right] = aligned(operands, isEqual ? '==' : '!=');
  return {
    type: { kind: 'boolean', nullable: false },
    read: isEqual
      ? (variables) => left(variables) === right(variables)
      : (variables) => left(variables) !== right(variables),
    span,
  };
}

function requireValue({ type, span }: Term): void {
  if (type.kind === 'record' || type.kind === 'map' || type.kind === 'list')
    throw new ExpressionError(`${describeType(type)} is not one value`, span);
}

function conjunction(operands: readonly [Term, Term], span: Span): Term {
  const [left, right] = operands.map((term) => requireKind(term, 'boolean', '&&').read) as [
    Read,
    Read,
  ];
  const nullable = eitherNullable(operands);
  const read: Read = nullable
    ? (variables) => {
        const a = left(variables);
        if (a === false) return false;
        const b = right(variables);
        return b === false ? false : a === null || b === null ? null : true;
      }
    : (variables) => left(variables) === true && right(variables);
  return { type: { kind: 'boolean', nullable }, read, span };
}

function disjunction(operands: readonly [Term, Term], span: Span): Term {
  const [left, right] = operands.map((term) => requireKind(term, 'boolean', '||').read) as [
    Read,
    Read,
  ];
  const nullable = eitherNullable(operands);
  const read: Read = nullable
    ? (variables) => {
        const a = left(variables);
        if (a === true) return true;
        const b = right(variables);
        return b === true ? true : a === null || b === null ? null : false;
      }
    : (variables) => left(variables) === true || right(variables);
  return { type: { kind: 'boolean', nullable }, read, span };
}

/** `x in list`. A list of constants becomes a set, once. */
function membership(needle: Term, list: Term, span: Span): Term {
  if (list.type.kind !== 'list')
    throw new ExpressionError(`in needs a list, not ${describeType(list.type)}`, list.span);
  const { items } = list.type;
  const item: Term = { type: items, read: () => null, span: list.span };
  const [left] = aligned([needle, item], '==');
  const listScale = items.kind === 'decimal' ? items.scale : 0;
  const scale = isDecimal(needle) ? Math.max(needle.type.scale, listScale) : 0;
  const align = (value: unknown): unknown =>
    isDecimal(needle) && value !== null
      ? atScale({ type: items, read: () => value, constant: value, span } as DecimalTerm, scale)({})
      : value;
  const type = { kind: 'boolean', nullable: false } as const;
  if (list.constant !== undefined) {
    const members = new Set((list.constant as readonly unknown[]).map(align));
    return { type, read: (variables) => members.has(left(variables)), span };
  }
  const { read } = list;
  const contains = (variables: object): boolean => {
    const values = read(variables) as readonly unknown[] | null;
    const wanted = left(variables);
    return values !== null && values.some((value) => align(value) === wanted);
  };
  return { type, read: contains, span };
}
