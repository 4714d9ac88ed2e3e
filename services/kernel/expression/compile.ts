import { err, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { Expression, Span } from './ast.ts';
import { FUNCTIONS } from './functions.ts';
import { binaryTerm, negationTerm } from './operators.ts';
import { compilePath, compilePresence } from './path.ts';
import {
  atScale,
  constantTerm,
  describeType,
  ExpressionError,
  isDecimal,
  requireKind,
} from './term.ts';
import type { Read, Scope, Term } from './term.ts';
import type {
  Compiled,
  Environment,
  ExpressionFault,
  ExpressionType,
  VariableType,
} from './types.ts';

/**
 * Checks the types of an expression and compiles it to closures, once. Scales are types, so `+ - *` and comparisons are
 * exact integer arithmetic; floats cannot be read and `/` does not exist here. Null is a value: see `binaryTerm` for
 * operators and `FUNCTIONS` for functions; a condition that is null counts as not met.
 * Law: over integers the result equals that of `bigint` arithmetic (test/property/kernel/expression).
 * @returns the first fault, with its offset in the text
 * @see CEL specification, https://github.com/google/cel-spec
 */
export function compileExpression(
  expression: Expression,
  environment: Environment,
): Result<Compiled, ExpressionFault> {
  const scope: Scope = {
    variables: environment.variables,
    compilePattern: environment.compilePattern,
    paths: [],
  };
  try {
    const term = compile(expression, scope);
    const type = valueType(term);
    const distinct = new Map(scope.paths.map((path) => [path.join('.'), path]));
    return ok({ type, paths: [...distinct.values()], evaluate: term.read });
  } catch (error) {
    if (error instanceof ExpressionError)
      return err({ message: error.message, offset: error.offset });
    throw error;
  }
}

function valueType({ type, span }: Term): ExpressionType {
  switch (type.kind) {
    case 'record':
    case 'map':
    case 'list':
    case 'opaque':
    case 'timestampMicros':
      throw new ExpressionError(`${describeType(type)} is not one value`, span);
    case 'boolean':
    case 'decimal':
    case 'null':
    case 'string':
    case 'timestamp':
      return type;
  }
}

function compile(expression: Expression, scope: Scope): Term {
  switch (expression.kind) {
    case 'number': {
      const { unscaled, scale } = expression.value;
      return constantTerm({ kind: 'decimal', scale, nullable: false }, unscaled, expression);
    }
    case 'string':
    case 'boolean':
      return constantTerm({ kind: expression.kind, nullable: false }, expression.value, expression);
    case 'null':
      return constantTerm({ kind: 'null', nullable: true }, null, expression);
    case 'name':
    case 'field':
      return compilePath(expression, scope);
    case 'unary':
      return negationTerm(expression.operator, compile(expression.operand, scope), expression);
    case 'binary': {
      const operands = [compile(expression.left, scope), compile(expression.right, scope)] as const;
      return binaryTerm(expression.operator, operands, expression);
    }
    case 'conditional':
      return conditional(expression, scope);
    case 'list':
      return list(
        expression.items.map((item) => compile(item, scope)),
        expression,
      );
    case 'call':
      return call(expression, scope);
  }
}

function call(expression: Extract<Expression, { kind: 'call' }>, scope: Scope): Term {
  const { name, args } = expression;
  if (name === 'has') return compilePresence(args, scope, expression);
  const entry = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!entry)
    throw new ExpressionError(
      `there is no function ${name}; there are has, ${Object.keys(FUNCTIONS).join(', ')}`,
      expression,
    );
  if (args.length !== entry.parameters)
    throw new ExpressionError(
      `${name} takes ${entry.parameters} arguments, the receiver included, not ${args.length}`,
      expression,
    );
  const terms = args.map((arg) => compile(arg, scope));
  return { ...entry.compile({ args: terms, span: expression, scope }), span: expression };
}

function conditional(expression: Extract<Expression, { kind: 'conditional' }>, scope: Scope): Term {
  const condition = requireKind(compile(expression.condition, scope), 'boolean', '?');
  const branches = [compile(expression.whenTrue, scope), compile(expression.whenFalse, scope)];
  const { type, reads } = unified(branches, expression);
  const [whenTrue, whenFalse] = reads as [Read, Read];
  const { read } = condition;
  return {
    type: { ...type, nullable: type.nullable || condition.type.nullable } as VariableType,
    read: (variables) => {
      const holds = read(variables);
      return holds === null ? null : holds === true ? whenTrue(variables) : whenFalse(variables);
    },
    span: expression,
  };
}

function list(items: readonly Term[], span: Span): Term {
  const { type, reads } = unified(items, span);
  const isConstant = items.every(({ constant }) => constant !== undefined);
  const read: Read = (variables) => reads.map((item) => item(variables));
  return {
    type: { kind: 'list', nullable: false, items: type },
    read,
    ...(isConstant ? { constant: read({}) } : {}),
    span,
  };
}

/** One type for all terms: the same kind, numbers at the largest scale, nullable where one of them is. */
function unified(
  terms: readonly Term[],
  span: Span,
): { readonly type: ExpressionType; readonly reads: readonly Read[] } {
  const nullable = terms.some(({ type }) => type.nullable);
  const first = terms.find(({ type }) => type.kind !== 'null');
  if (!first)
    return { type: { kind: 'null', nullable: true }, reads: terms.map(({ read }) => read) };
  const other = terms.find(({ type }) => type.kind !== 'null' && type.kind !== first.type.kind);
  if (other)
    throw new ExpressionError(
      `${describeType(first.type)} and ${describeType(other.type)} cannot stand for one another`,
      span,
    );
  if (!isDecimal(first)) {
    const type = valueType(first);
    return { type: { ...type, nullable } as ExpressionType, reads: terms.map(({ read }) => read) };
  }
  const scale = Math.max(...terms.filter(isDecimal).map(({ type }) => type.scale));
  return {
    type: { kind: 'decimal', scale, nullable },
    reads: terms.map((term) => (isDecimal(term) ? atScale(term, scale) : term.read)),
  };
}
