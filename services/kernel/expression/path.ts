import { nearest } from '../text.ts';
import type { Expression, Span } from './ast.ts';
import type { Read, Scope, Term } from './term.ts';
import { describeType, ExpressionError } from './term.ts';
import type { VariableType } from './types.ts';

type Steps = { readonly root: string; readonly names: readonly string[] };
type Found = { readonly type: VariableType; readonly read: Read; readonly shown: string };

/** Reads `name` or `name.field.field`: records by field, maps by key (null where the key is missing). */
export function compilePath(expression: Expression, scope: Scope): Term {
  const { type, read, shown } = find(expression, scope);
  if (type.kind === 'opaque') throw new ExpressionError(`${shown} is ${type.what}`, expression);
  if (type.kind !== 'timestampMicros') return { type, read, span: expression };
  return {
    type: { kind: 'timestamp', nullable: type.nullable },
    read: (variables) => {
      const micros = read(variables) as number | null;
      return micros === null ? null : Math.floor(micros / 1_000);
    },
    span: expression,
  };
}

/** `has(data.x)`: the field has a value, which is not null. */
export function compilePresence(args: readonly Expression[], scope: Scope, span: Span): Term {
  const [argument] = args;
  if (args.length !== 1 || argument?.kind !== 'field')
    throw new ExpressionError('has needs one field, such as has(data.customer_id)', span);
  const { read } = find(argument, scope);
  return {
    type: { kind: 'boolean', nullable: false },
    read: (variables) => read(variables) !== null,
    span,
  };
}

function find(expression: Expression, scope: Scope): Found {
  const { root, names } = stepsOf(expression);
  const variable = scope.variables.get(root);
  if (!variable)
    throw new ExpressionError(
      `there is no ${root}${suggestion(root, scope.variables.keys())}`,
      expression,
    );
  scope.paths.push([root, ...names]);
  let found: Found = {
    type: variable,
    read: (variables) => (variables as Record<string, unknown>)[root],
    shown: root,
  };
  for (const name of names) found = step(found, name, expression);
  return found;
}

function stepsOf(expression: Expression): Steps {
  if (expression.kind === 'name') return { root: expression.name, names: [] };
  if (expression.kind !== 'field')
    throw new ExpressionError('only variables have fields', expression);
  const { root, names } = stepsOf(expression.of);
  return { root, names: [...names, expression.name] };
}

function step({ type, read, shown }: Found, name: string, span: Span): Found {
  const path = `${shown}.${name}`;
  if (type.kind === 'map') {
    const value = (map: object | null): unknown =>
      map !== null && Object.hasOwn(map, name) ? (map as Record<string, unknown>)[name] : null;
    return {
      type: { ...type.values, nullable: true } as VariableType,
      read: (variables) => value(read(variables) as object | null),
      shown: path,
    };
  }
  if (type.kind !== 'record')
    throw new ExpressionError(`${shown} is ${describeType(type)} and has no fields`, span);
  const field = type.fields.get(name);
  if (!field)
    throw new ExpressionError(
      `${shown} has no field ${name}${suggestion(name, type.fields.keys())}`,
      span,
    );
  if (!type.nullable)
    return {
      type: field,
      read: (variables) => (read(variables) as Record<string, unknown>)[name],
      shown: path,
    };
  return {
    type: { ...field, nullable: true } as VariableType,
    read: (variables) => {
      const record = read(variables) as Record<string, unknown> | null;
      return record === null ? null : record[name];
    },
    shown: path,
  };
}

function suggestion(name: string, known: Iterable<string>): string {
  const names = [...known];
  const close = nearest(name, names);
  return close === undefined ? `; there are ${names.join(', ')}` : `; did you mean ${close}?`;
}
