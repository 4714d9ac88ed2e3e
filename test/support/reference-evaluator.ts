import type { Expression } from '../../services/kernel/expression/ast.ts';

/**
 * What an expression means, by walking its tree each time: no scales known beforehand, no closures, no folding of
 * constants, numbers as fractions of bigints. Slow, and shares nothing with the compiler. `scaleOf` is the one thing
 * that is static there and shows: `string(x)` writes all places of its type.
 */
export type Num = { readonly n: bigint; readonly scale: number };
export type Value = Num | string | boolean | null;
export type Variables = Readonly<Record<string, Value>>;

export function referenceValue(expression: Expression, variables: Variables): Value {
  const value = (of: Expression): Value => referenceValue(of, variables);
  switch (expression.kind) {
    case 'number':
      return { n: BigInt(expression.value.unscaled), scale: expression.value.scale };
    case 'string':
    case 'boolean':
      return expression.value;
    case 'null':
      return null;
    case 'name':
      return variables[expression.name] as Value;
    case 'unary': {
      const inner = value(expression.operand);
      if (inner === null) return null;
      return expression.operator === '!' ? !inner : { ...(inner as Num), n: -(inner as Num).n };
    }
    case 'conditional': {
      const condition = value(expression.condition);
      if (condition === null) return null;
      return value(condition ? expression.whenTrue : expression.whenFalse);
    }
    case 'binary':
      return expression.operator === 'in'
        ? itemsOf(expression.right).some((item) => equals(value(item), value(expression.left)))
        : binary(expression.operator, value(expression.left), value(expression.right));
    case 'call': {
      const args = expression.args.map(value);
      const [first] = expression.args;
      return args.includes(null) ? null : call(expression.name, args, first as Expression);
    }
    case 'field':
    case 'list':
      throw new Error(`${expression.kind} is not one value`);
  }
}

const itemsOf = (list: Expression): readonly Expression[] =>
  list.kind === 'list' ? list.items : [];

/** a ⋅ 10^b.scale against b ⋅ 10^a.scale: the sign of the difference. */
function compare(a: Value, b: Value): number {
  if (typeof a === 'object' && typeof b === 'object' && a && b) {
    const difference = a.n * 10n ** BigInt(b.scale) - b.n * 10n ** BigInt(a.scale);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  return (a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0;
}
const equals = (a: Value, b: Value): boolean =>
  a === null || b === null ? a === b : compare(a, b) === 0 && typeof a === typeof b;

function binary(operator: string, left: Value, right: Value): Value {
  if (operator === '==') return equals(left, right);
  if (operator === '!=') return !equals(left, right);
  if (operator === '&&' || operator === '||') {
    const decides = operator === '||';
    if (left === decides || right === decides) return decides;
    return left === null || right === null ? null : !decides;
  }
  if (left === null || right === null) return null;
  if (typeof left === 'string' && operator === '+') return left + (right as string);
  switch (operator) {
    case '<':
      return compare(left, right) < 0;
    case '<=':
      return compare(left, right) <= 0;
    case '>':
      return compare(left, right) > 0;
    case '>=':
      return compare(left, right) >= 0;
  }
  const [a, b] = [left as Num, right as Num];
  if (operator === '*') return { n: a.n * b.n, scale: a.scale + b.scale };
  const scale = Math.max(a.scale, b.scale);
  const [x, y] = [a, b].map((one) => one.n * 10n ** BigInt(scale - one.scale)) as [bigint, bigint];
  return { n: operator === '+' ? x + y : x - y, scale };
}

function call(name: string, args: readonly Value[], first: Expression): Value {
  const [text, part] = args as [string, string];
  switch (name) {
    case 'startsWith':
      return text.slice(0, part.length) === part;
    case 'endsWith':
      return part === '' || text.slice(-part.length) === part;
    case 'contains':
      return text.split(part).length > 1 || part === '';
    case 'size':
      return { n: BigInt(Array.from(text).length), scale: 0 };
    case 'int': {
      if (typeof args[0] === 'string')
        return /^-?\d+$/.test(text) ? { n: BigInt(text), scale: 0 } : null;
      const { n, scale } = args[0] as Num;
      return { n: n / 10n ** BigInt(scale), scale: 0 };
    }
    case 'string': {
      if (typeof args[0] !== 'object') return String(args[0]);
      const { n, scale } = args[0] as Num;
      return written(n * 10n ** BigInt(scaleOf(first) - scale), scaleOf(first));
    }
    default:
      throw new Error(`the reference knows no ${name}`);
  }
}

const written = (n: bigint, scale: number): string => {
  const digits = String(n < 0n ? -n : n).padStart(scale + 1, '0');
  const point = digits.length - scale;
  const places = scale > 0 ? `.${digits.slice(point)}` : '';
  return `${n < 0n ? '-' : ''}${digits.slice(0, point)}${places}`;
};

/** Places of the variables that expressions of these tests read; others are no numbers. */
export const SCALES: Readonly<Record<string, number>> = { a: 0, b: 2, c: 3, m: 2 };

/** Places that a number has whatever its value. */
export function scaleOf(expression: Expression): number {
  switch (expression.kind) {
    case 'number':
      return expression.value.scale;
    case 'name':
      return SCALES[expression.name] ?? 0;
    case 'unary':
      return scaleOf(expression.operand);
    case 'conditional':
      return Math.max(scaleOf(expression.whenTrue), scaleOf(expression.whenFalse));
    case 'binary': {
      const [left, right] = [scaleOf(expression.left), scaleOf(expression.right)];
      return expression.operator === '*' ? left + right : Math.max(left, right);
    }
    case 'string':
    case 'boolean':
    case 'null':
    case 'call':
    case 'list':
    case 'field':
      return 0;
  }
}
