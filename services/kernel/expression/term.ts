import { MAX_SCALE, powerOfTen, rescale } from '../decimal.ts';
import type { Integer } from '../integer.ts';
import { multiply } from '../integer.ts';
import type { Span } from './ast.ts';
import type { CompilePattern, ExpressionType, VariableType } from './types.ts';

export type Read = (variables: object) => unknown;

/** A part of an expression, checked and compiled. `constant` is its value where that needs no variables. */
export type Term = {
  readonly type: VariableType;
  readonly read: Read;
  readonly constant?: unknown;
  readonly span: Span;
};
export type DecimalTerm = Term & { readonly type: Extract<ExpressionType, { kind: 'decimal' }> };

/** What compiling the parts of one expression shares. */
export type Scope = {
  readonly variables: ReadonlyMap<string, VariableType>;
  readonly compilePattern: CompilePattern | undefined;
  /** Collects what is read. */
  readonly paths: string[][];
};

/** A fault on its way out of the compiler; `compileExpression` makes it a value. */
export class ExpressionError extends Error {
  readonly offset: number;
  constructor(message: string, span: Span) {
    super(message);
    this.name = 'ExpressionError';
    this.offset = span.start;
  }
}

export const constantTerm = (type: ExpressionType, value: unknown, span: Span): Term => ({
  type,
  read: () => value,
  constant: value,
  span,
});

/** The type in words, as messages name it. */
export function describeType(type: VariableType): string {
  switch (type.kind) {
    case 'decimal':
      return type.scale === 0 ? 'an integer' : `a decimal with ${type.scale} places`;
    case 'timestampMicros':
      return 'a timestamp';
    case 'opaque':
      return type.what;
    case 'null':
      return 'null';
    case 'boolean':
    case 'list':
    case 'map':
    case 'record':
    case 'string':
    case 'timestamp':
      return `a ${type.kind}`;
  }
}

export const isDecimal = (term: Term): term is DecimalTerm => term.type.kind === 'decimal';

/** @throws ExpressionError unless the term is a number (null alone is none: it would make every result null) */
export function requireDecimal(term: Term, what: string): DecimalTerm {
  if (isDecimal(term)) return term;
  throw new ExpressionError(`${what} needs a number, not ${describeType(term.type)}`, term.span);
}

export function requireKind(term: Term, kind: 'string' | 'boolean', what: string): Term {
  if (term.type.kind === kind) return term;
  throw new ExpressionError(`${what} needs a ${kind}, not ${describeType(term.type)}`, term.span);
}

/** The term's values as integers at a scale that is no smaller than its own: exact. */
export function atScale(term: DecimalTerm, scale: number): Read {
  const { read, type } = term;
  if (type.scale === scale) return read;
  if (term.constant !== undefined) {
    const value = rescale(term.constant as Integer, type.scale, scale);
    return () => value;
  }
  const factor = powerOfTen(scale - type.scale);
  if (!type.nullable) return (variables) => multiply(read(variables) as Integer, factor);
  return (variables) => {
    const value = read(variables) as Integer | null;
    return value === null ? null : multiply(value, factor);
  };
}

export function requireScale(scale: number, span: Span): number {
  if (scale <= MAX_SCALE) return scale;
  throw new ExpressionError(
    `the result would have ${scale} decimal places; at most ${MAX_SCALE} are kept`,
    span,
  );
}

/** `apply` over one term's values, which are of the type that it takes; null stays null. */
export function mapped(term: Term, apply: (value: never) => unknown): Read {
  const { read, type } = term;
  if (!type.nullable) return (variables) => apply(read(variables) as never);
  return (variables) => {
    const value = read(variables);
    return value === null ? null : apply(value as never);
  };
}

/** `apply` over two terms' values; null where one of them is. */
export function combined<T>(
  [left, right]: readonly [Read, Read],
  nullable: boolean,
  apply: (a: T, b: T) => unknown,
): Read {
  if (!nullable) return (variables) => apply(left(variables) as T, right(variables) as T);
  return (variables) => {
    const a = left(variables) as T | null;
    if (a === null) return null;
    const b = right(variables) as T | null;
    return b === null ? null : apply(a, b);
  };
}
