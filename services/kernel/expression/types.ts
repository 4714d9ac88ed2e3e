/** The type of an expression. Scales are types: `decimal(2) * decimal(0)` is `decimal(2)`, so arithmetic is integer arithmetic. */
export type ExpressionType =
  | { readonly kind: 'decimal'; readonly scale: number; readonly nullable: boolean }
  | { readonly kind: 'string'; readonly nullable: boolean }
  | { readonly kind: 'boolean'; readonly nullable: boolean }
  /** Epoch ms. */
  | { readonly kind: 'timestamp'; readonly nullable: boolean }
  | { readonly kind: 'null'; readonly nullable: true };

/** An expression that was parsed, checked and compiled to a closure; it never throws for values of its variables' types. */
export type Compiled = {
  readonly type: ExpressionType;
  /** What it reads: `data.amount` is `['data', 'amount']`. */
  readonly paths: readonly (readonly string[])[];
  /** Decimals are unscaled integers (kernel/integer.ts) at the type's scale; anything nullable may give null. */
  readonly evaluate: (variables: object) => unknown;
};
