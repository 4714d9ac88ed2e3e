import type { Expression } from '../expression/ast.ts';
import { printExpression } from '../expression/print.ts';
import { hashText } from '../hash.ts';
import { canonicalJson } from '../json.ts';
import type { Json } from '../json.ts';

const DIGITS = 12;

/** The version of a definition: a hash over what changes its results. Law: equal content, equal version, in every process. */
export const versionOf = (content: Json): string =>
  hashText(canonicalJson(content)).slice(0, DIGITS);

/** An expression as a version sees it: white space and needless parentheses change nothing. */
export const printed = (expression: Expression | undefined): string | null =>
  expression === undefined ? null : printExpression(expression);
