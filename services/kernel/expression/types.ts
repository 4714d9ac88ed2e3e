import type { Result } from '../result.ts';
import type { Expression } from './ast.ts';

/** The type of an expression. Scales are types: `decimal(2) * decimal(0)` is `decimal(2)`, so arithmetic is integer arithmetic. */
export type ExpressionType =
  | { readonly kind: 'decimal'; readonly scale: number; readonly nullable: boolean }
  | { readonly kind: 'string'; readonly nullable: boolean }
  | { readonly kind: 'boolean'; readonly nullable: boolean }
  /** Epoch ms. */
  | { readonly kind: 'timestamp'; readonly nullable: boolean }
  | { readonly kind: 'null'; readonly nullable: true };

/** What a variable, or a part of one, may be: values, what holds values, and what cannot be read at all. */
export type VariableType =
  | ExpressionType
  | {
      readonly kind: 'record';
      readonly nullable: boolean;
      readonly fields: ReadonlyMap<string, VariableType>;
    }
  | { readonly kind: 'map'; readonly nullable: boolean; readonly values: VariableType }
  | { readonly kind: 'list'; readonly nullable: boolean; readonly items: VariableType }
  /** Epoch µs in the variables; becomes a timestamp (ms, rounded down) where it is read. */
  | { readonly kind: 'timestampMicros'; readonly nullable: boolean }
  /** Only `has()` may look at it. `what` completes "data.x is …". */
  | { readonly kind: 'opaque'; readonly nullable: boolean; readonly what: string };

/** Compiles a regular expression that may match anywhere in a text, in linear time. Err says what is wrong with it. */
export type CompilePattern = (pattern: string) => Result<(text: string) => boolean, string>;

/** What an expression may name. Without `compilePattern` it has no `matches`. */
export type Environment = {
  readonly variables: ReadonlyMap<string, VariableType>;
  readonly compilePattern?: CompilePattern;
};

/** What is wrong with an expression, and where: `offset` counts UTF-16 code units from the start of its text. */
export type ExpressionFault = { readonly message: string; readonly offset: number };

/** Reads the text of an expression; lives in platform, since it needs a package. */
export type ParseExpression = (text: string) => Result<Expression, ExpressionFault>;

/** An expression that was parsed, checked and compiled to a closure; it never throws for values of its variables' types. */
export type Compiled = {
  readonly type: ExpressionType;
  /** What it reads: `data.amount` is `['data', 'amount']`. */
  readonly paths: readonly (readonly string[])[];
  /** Decimals are unscaled integers (kernel/integer.ts) at the type's scale; anything nullable may give null. */
  readonly evaluate: (variables: object) => unknown;
};
