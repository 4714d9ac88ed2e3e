import type { Decimal } from '../decimal.ts';

/** Where a part of an expression stands in its text: `[start, end)`, UTF-16 code units. */
export type Span = { readonly start: number; readonly end: number };

export const COMPARISONS = ['<', '<=', '>', '>='] as const;
export type Comparison = (typeof COMPARISONS)[number];
export type BinaryOperator = '+' | '-' | '*' | '/' | Comparison | '==' | '!=' | '&&' | '||' | 'in';

/** The expressions of formulas: a part of all expressions. */
export type FormulaExpression = Span &
  (
    | { readonly kind: 'number'; readonly value: Decimal }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'unary'; readonly operator: '-'; readonly operand: FormulaExpression }
    | {
        readonly kind: 'binary';
        readonly operator: '+' | '-' | '*' | '/';
        readonly left: FormulaExpression;
        readonly right: FormulaExpression;
      }
  );

/** An expression as data, whatever parser read it. A method call is a call whose first argument is the receiver. */
export type Expression = Span &
  (
    | { readonly kind: 'number'; readonly value: Decimal }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'boolean'; readonly value: boolean }
    | { readonly kind: 'null' }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'field'; readonly of: Expression; readonly name: string }
    | {
        readonly kind: 'unary';
        readonly operator: '-' | '!';
        readonly operand: Expression;
      }
    | {
        readonly kind: 'binary';
        readonly operator: BinaryOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'conditional';
        readonly condition: Expression;
        readonly whenTrue: Expression;
        readonly whenFalse: Expression;
      }
    | { readonly kind: 'list'; readonly items: readonly Expression[] }
    | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  );
