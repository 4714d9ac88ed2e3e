import type { Expression } from './ast.ts';
import { compileExpression } from './compile.ts';
import {
  atom,
  constant,
  constantOf,
  direction,
  fraction,
  inverse,
  multiplied,
  plus,
  print,
  roots,
  scaled,
} from './polynomial.ts';
import type { Polynomial } from './polynomial.ts';
import { connected, printTruth } from './truth.ts';
import type { Connective, Truth } from './truth.ts';
import type { Environment, ExpressionType } from './types.ts';

type Binary = Extract<Expression, { kind: 'binary' }>;
type Conditional = Extract<Expression, { kind: 'conditional' }>;

/** The type of a part; undefined where it has none of its own. */
export type TypeOf = (expression: Expression) => ExpressionType | undefined;

/** Types as the compiler finds them. */
export function typesIn(environment: Environment): TypeOf {
  const known = new Map<Expression, ExpressionType | undefined>();
  return (expression) => {
    if (!known.has(expression)) {
      const compiled = compileExpression(expression, environment);
      known.set(expression, compiled.ok ? compiled.value.type : undefined);
    }
    return known.get(expression);
  };
}

/** Of formulas: all that they read are numbers that may be missing. */
export const formulaTypes: TypeOf = () => ({ kind: 'decimal', scale: 0, nullable: true });

/**
 * The form that all ways to write the same have in common: sums and products multiplied out and sorted, conditions
 * without `!`, their parts sorted and each once, `in` as alternatives, constants folded.
 * Law: equal forms give equal values for all values of the variables, null included
 * (test/property/kernel/expression/canonical.test.ts). The reverse does not hold: what is equal for a deeper reason
 * than these rules keeps two forms.
 */
export function canonicalForm(expression: Expression, typeOf: TypeOf): string {
  const isNullable = (one: Expression): boolean => typeOf(one)?.nullable !== false;
  const kindOf = (one: Expression): ExpressionType['kind'] | undefined => typeOf(one)?.kind;

  const form = (one: Expression): string => {
    switch (kindOf(one)) {
      case 'decimal':
        return print(number(one));
      case 'boolean':
        return printTruth(truth(one, false));
      case 'string':
        return text(one);
      case 'null':
        return one.kind === 'null' ? 'null' : plain(one);
      case 'timestamp':
      case undefined:
        return plain(one);
    }
  };

  /** What no rule above looks into, with its parts in their forms. */
  const plain = (one: Expression): string => {
    switch (one.kind) {
      case 'number':
        return print(number(one));
      case 'string':
        return JSON.stringify(one.value);
      case 'boolean':
        return String(one.value);
      case 'null':
        return 'null';
      case 'name':
        return one.name;
      case 'field':
        return `${plain(one.of)}[${JSON.stringify(one.name)}]`;
      case 'unary':
        return `${one.operator}(${form(one.operand)})`;
      case 'binary':
        return `(${form(one.left)}) ${one.operator} (${form(one.right)})`;
      case 'conditional':
        return conditional(one, form);
      case 'list':
        return `[${one.items.map(form).join(', ')}]`;
      case 'call':
        return call(one);
    }
  };

  /** `string(x)` writes all places of x's type, so that they are part of its form. */
  const call = ({ name, args }: Extract<Expression, { kind: 'call' }>): string => {
    const [first] = args;
    const type = name === 'string' && first ? typeOf(first) : undefined;
    const places = type?.kind === 'decimal' ? `@${type.scale}` : '';
    return `${name}${places}(${args.map(form).join(', ')})`;
  };

  /** With the condition in the smaller of its form and that of its opposite. A null condition gives null either way. */
  const conditional = (one: Conditional, branch: (of: Expression) => string): string => {
    const [holds, fails] = [truth(one.condition, false), truth(one.condition, true)].map(
      printTruth,
    ) as [string, string];
    const [whenTrue, whenFalse] = [branch(one.whenTrue), branch(one.whenFalse)];
    if (holds === 'true') return whenTrue;
    if (holds === 'false') return whenFalse;
    if (whenTrue === whenFalse && !isNullable(one.condition)) return whenTrue;
    return holds < fails
      ? `if(${holds}, ${whenTrue}, ${whenFalse})`
      : `if(${fails}, ${whenFalse}, ${whenTrue})`;
  };

  const number = (one: Expression): Polynomial => {
    if (one.kind === 'number') {
      const { unscaled, scale } = one.value;
      return constant(fraction(BigInt(unscaled), 10n ** BigInt(scale)));
    }
    if (one.kind === 'unary') return scaled(number(one.operand), { n: -1n, d: 1n });
    if (one.kind === 'conditional') {
      const holds = printTruth(truth(one.condition, false));
      if (holds === 'true') return numberOrNull(one.whenTrue);
      if (holds === 'false') return numberOrNull(one.whenFalse);
      if (!isNullable(one.condition) && form(one.whenTrue) === form(one.whenFalse))
        return numberOrNull(one.whenTrue);
      return atom({ text: conditional(one, form), nullable: isNullable(one) });
    }
    if (one.kind !== 'binary') return atom({ text: plain(one), nullable: isNullable(one) });
    const [left, right] = [number(one.left), number(one.right)];
    if (one.operator === '+') return plus(left, right);
    if (one.operator === '-') return plus(left, scaled(right, { n: -1n, d: 1n }));
    const factors = [left, one.operator === '/' ? inverse(right) : right] as const;
    return multiplied(...factors) ?? asAtom(factors, isNullable(one));
  };
  const numberOrNull = (one: Expression): Polynomial =>
    kindOf(one) === 'decimal' ? number(one) : atom({ text: form(one), nullable: true });
  const asAtom = (factors: readonly Polynomial[], nullable: boolean): Polynomial =>
    atom({ text: `(${factors.map(print).toSorted().join(') * (')})`, nullable });

  /** Concatenations flat, with neighbouring literals as one. */
  const text = (one: Expression): string => {
    const parts: string[] = [];
    let literal = '';
    const flush = (): void => {
      if (literal !== '') parts.push(JSON.stringify(literal));
      literal = '';
    };
    const visit = (part: Expression): void => {
      if (part.kind === 'string') literal += part.value;
      else if (part.kind === 'binary' && part.operator === '+') {
        visit(part.left);
        visit(part.right);
      } else {
        flush();
        parts.push(plain(part));
      }
    };
    visit(one);
    flush();
    return parts.length === 0 ? '""' : parts.join(' ++ ');
  };

  /** @param isNegated asks for the form of the opposite; of null that is null (Kleene) */
  const truth = (one: Expression, isNegated: boolean): Truth => {
    if (one.kind === 'boolean') return String(one.value !== isNegated);
    if (one.kind === 'unary' && one.operator === '!') return truth(one.operand, !isNegated);
    if (one.kind === 'conditional')
      return conditional(one, (branch) =>
        kindOf(branch) === 'boolean' ? printTruth(truth(branch, isNegated)) : form(branch),
      );
    if (one.kind === 'binary') return comparison(one, isNegated);
    const literal = plain(one);
    return isNegated ? `!${literal}` : literal;
  };

  const comparison = (one: Binary, isNegated: boolean): Truth => {
    const { left, right, operator } = one;
    switch (operator) {
      case '&&':
      case '||': {
        const connective: Connective = (operator === '&&') !== isNegated ? 'and' : 'or';
        return connected(connective, [truth(left, isNegated), truth(right, isNegated)]);
      }
      case 'in': {
        if (right.kind !== 'list') return `${isNegated ? '!' : ''}${plain(one)}`;
        const alternatives = right.items.map((item) => equality([left, item], isNegated));
        return connected(isNegated ? 'and' : 'or', alternatives);
      }
      case '==':
      case '!=':
        return equality([left, right], (operator === '!=') !== isNegated);
      case '>':
        return order([right, left], isNegated ? 'atMostFlipped' : 'below');
      case '>=':
        return order([right, left], isNegated ? 'belowFlipped' : 'atMost');
      case '<':
        return order([left, right], isNegated ? 'atMostFlipped' : 'below');
      case '<=':
        return order([left, right], isNegated ? 'belowFlipped' : 'atMost');
      case '+':
      case '-':
      case '*':
      case '/':
        return plain(one);
    }
  };

  /** `not (a < b)` is `b <= a`, null as ever where a side is. */
  const order = (
    [left, right]: readonly [Expression, Expression],
    how: 'below' | 'atMost' | 'belowFlipped' | 'atMostFlipped',
  ): string => {
    const [a, b] = how.endsWith('Flipped') ? [right, left] : [left, right];
    const sign = how.startsWith('below') ? '<' : '<=';
    if (kindOf(a) !== 'decimal' || kindOf(b) !== 'decimal') return `${form(a)} ${sign} ${form(b)}`;
    const difference = direction(plus(number(a), scaled(number(b), { n: -1n, d: 1n })));
    const value = constantOf(difference)?.n;
    if (value !== undefined) return String(sign === '<' ? value < 0n : value <= 0n);
    return `${print(difference)} ${sign} 0`;
  };

  /** Null is a value here: only where at most one side may be null are numbers brought to one side. */
  const equality = (sides: readonly [Expression, Expression], isNegated: boolean): Truth => {
    const sign = isNegated ? '!=' : '==';
    const [left, right] = sides;
    const nullables = sides.filter(isNullable).length;
    if (sides.every((side) => kindOf(side) === 'decimal') && nullables < 2) {
      const difference = roots(plus(number(left), scaled(number(right), { n: -1n, d: 1n })));
      const value = constantOf(difference)?.n;
      if (value !== undefined) return String((value === 0n) !== isNegated);
      return `${print(difference)} ${sign} 0`;
    }
    if (nullables === 0) {
      const folded = sides.find((side) => ['true', 'false'].includes(form(side)));
      const other = sides.find((side) => side !== folded);
      if (folded && other) return truth(other, (form(folded) === 'true') === isNegated);
    }
    const isNeverNull = nullables < 2 && sides.some((side) => kindOf(side) === 'null');
    const forms = sides.map(form).toSorted();
    if (isNeverNull) return String(isNegated);
    const [a, b] = forms as [string, string];
    if (a === b) return String(!isNegated);
    if (sides.every(({ kind }) => kind === 'string')) return String(isNegated);
    return `${a} ${sign} ${b}`;
  };

  return form(expression);
}
