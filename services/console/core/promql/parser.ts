import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import { AGGREGATORS, COMPARISONS, kindOf, RANGE_FUNCTIONS } from './ast.ts';
import type {
  Aggregator,
  Arithmetic,
  Comparison,
  Expression,
  Grouping,
  Matcher,
  RangeFunction,
  Selector,
} from './ast.ts';
import { checked } from './check.ts';
import { parsePromDuration } from './duration.ts';
import { malformed, QueryFaultError, unanswerable } from './fault.ts';
import type { QueryFault } from './fault.ts';
import { tokens } from './lexer.ts';
import { matcherOf } from './matcher.ts';
import type { CompileRegex } from './matcher.ts';
import { TokenReader } from './token-reader.ts';
import { whyUnsupported } from './unsupported.ts';

const TEXT_MAX = 64 * 1024;
/** Nesting of parentheses, calls and signs: the parser and the evaluation recurse as deep. */
const DEPTH_MAX = 100;

/** From the loosest to the tightest; the last one groups to the right. */
const PRECEDENCE: readonly (readonly string[])[] = [
  ['or'],
  ['and', 'unless'],
  COMPARISONS,
  ['+', '-'],
  ['*', '/', '%', 'atan2'],
  ['^'],
];
const POWER = PRECEDENCE.length - 1;
const SET_OPERATORS = ['or', 'and', 'unless', 'atan2'];

/**
 * Reads a query of the supported subset of PromQL.
 * @param compileRegex compiles an RE2 pattern to whether it matches a whole text
 * @returns a fault `bad_data` where the text is no PromQL, `execution` where it is and is not supported, naming what
 */
export function parseQuery(
  text: string,
  compileRegex: CompileRegex,
): Result<Expression, QueryFault> {
  return guarded(text, (source) => {
    const expression = parseExpression(source, { compileRegex, depth: 0 }, 0);
    source.expectEnd();
    return checked(expression);
  });
}

/** Reads a series selector, as `match[]` gives it. */
export function parseSelector(
  text: string,
  compileRegex: CompileRegex,
): Result<readonly Matcher[], QueryFault> {
  return guarded(text, (source) => {
    const selector = parseVector(source, { compileRegex, depth: 0 });
    source.expectEnd();
    return selector.matchers;
  });
}

function guarded<T>(text: string, read: (source: TokenReader) => T): Result<T, QueryFault> {
  try {
    if (text.length > TEXT_MAX) malformed(`the query is longer than ${TEXT_MAX} characters`);
    if (text.trim() === '')
      malformed('unknown position: parse error: no expression found in input');
    return ok(read(new TokenReader(tokens(text))));
  } catch (error) {
    if (error instanceof QueryFaultError) return err(error.fault);
    throw error;
  }
}

type Context = { readonly compileRegex: CompileRegex; readonly depth: number };

const deeper = (context: Context): Context => {
  if (context.depth === DEPTH_MAX) malformed(`the query is nested deeper than ${DEPTH_MAX} levels`);
  return { ...context, depth: context.depth + 1 };
};

/** Precedence climbing. @param level the loosest precedence that it may contain */
function parseExpression(source: TokenReader, context: Context, level: number): Expression {
  let left = parseUnary(source, deeper(context));
  for (;;) {
    const operator = source.peekOperator();
    const found = PRECEDENCE.findIndex((operators) => operators.includes(operator));
    if (found < level) return left;
    source.next();
    if (SET_OPERATORS.includes(operator)) unanswerable(`operator ${operator} is not supported`);
    const isBool = source.takeWord('bool');
    if (isBool && !COMPARISONS.includes(operator as Comparison))
      malformed('bool modifier can only be used on comparison operators');
    if (source.isAtWord('on', 'ignoring', 'group_left', 'group_right'))
      unanswerable(
        `${source.peek().text} is not supported: series match by all their labels; aggregate both sides by the same ones`,
      );
    // To the right of ^ another ^ belongs to the right operand.
    const right = parseExpression(source, deeper(context), found === POWER ? POWER : found + 1);
    left = { kind: 'binary', operator: operator as Arithmetic, isBool, left, right };
  }
}

function parseUnary(source: TokenReader, context: Context): Expression {
  for (const sign of ['-', '+'] as const) {
    if (!source.takeSign(sign)) continue;
    // A sign binds looser than ^ and tighter than the rest: -2 ^ 2 is -4.
    const operand = parseExpression(source, deeper(context), POWER);
    if (sign === '+') return operand;
    return operand.kind === 'number'
      ? { kind: 'number', value: -operand.value }
      : { kind: 'negate', operand };
  }
  return parsePostfix(source, context);
}

function parsePostfix(source: TokenReader, context: Context): Expression {
  const operand = parsePrimary(source, context);
  if (source.isAtSign('[')) return malformed(source.unexpected('after an expression'));
  if (source.isAtWord('offset'))
    return malformed(
      `${source.position()}: parse error: offset modifier must be preceded by an instant vector selector or range vector selector`,
    );
  if (source.isAtSign('@')) return unanswerable('the @ modifier is not supported: use offset');
  return operand;
}

function parsePrimary(source: TokenReader, context: Context): Expression {
  const token = source.peek();
  if (token.kind === 'number') {
    source.next();
    return { kind: 'number', value: Number(token.text) };
  }
  if (token.kind === 'string') return unanswerable('a text alone is not supported as a query');
  if (source.takeSign('(')) {
    const inner = parseExpression(source, deeper(context), 0);
    source.expectSign(')');
    if (source.isAtSign('[')) return unanswerable('subqueries are not supported');
    return inner;
  }
  if (source.isAtSign('{')) return parseVector(source, context);
  if (token.kind !== 'name') return malformed(source.unexpected());
  const special = { inf: Infinity, nan: Number.NaN }[token.text.toLowerCase()];
  if (special !== undefined && !source.isAtSign('(', 1) && !source.isAtSign('{', 1)) {
    source.next();
    return { kind: 'number', value: special };
  }
  const word = token.text.toLowerCase();
  const isCall = source.isAtSign('(', 1);
  const isGrouped = source.isAtWordAt(1, 'by', 'without');
  if (AGGREGATORS.includes(word as Aggregator) && (isCall || isGrouped))
    return parseAggregation(source, context);
  if (isCall || isGrouped) return parseCall(source, context);
  return parseVector(source, context);
}

function parseCall(source: TokenReader, context: Context): Expression {
  const name = source.next().text;
  if (!RANGE_FUNCTIONS.includes(name as RangeFunction)) return unanswerable(whyUnsupported(name));
  source.expectSign('(');
  const argument = parseExpression(source, deeper(context), 0);
  if (source.isAtSign(','))
    return malformed(`expected 1 argument(s) in call to ${JSON.stringify(name)}, got more`);
  source.expectSign(')');
  if (source.isAtSign('[')) return unanswerable('subqueries are not supported');
  if (argument.kind !== 'selector' || argument.rangeMs === undefined)
    return malformed(
      `expected type range vector in call to function ${JSON.stringify(name)}, got ${kindOf(argument)}`,
    );
  return { kind: 'call', function: name as RangeFunction, argument };
}

function parseAggregation(source: TokenReader, context: Context): Expression {
  const operator = source.next().text.toLowerCase() as Aggregator;
  const before = parseGrouping(source);
  source.expectSign('(');
  const operands = [parseExpression(source, deeper(context), 0)];
  while (source.takeSign(',')) operands.push(parseExpression(source, deeper(context), 0));
  source.expectSign(')');
  const grouping = before ?? parseGrouping(source) ?? { kind: 'by', labels: [] };
  if (source.isAtSign('[')) return unanswerable('subqueries are not supported');
  const isRanking = operator === 'topk' || operator === 'bottomk';
  const wanted = isRanking ? 2 : 1;
  if (operands.length !== wanted)
    return malformed(
      `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${operands.length}`,
    );
  const argument = operands.at(-1) as Expression;
  const parameter = isRanking ? operands[0] : undefined;
  return {
    kind: 'aggregate',
    operator,
    argument,
    grouping,
    ...(parameter ? { parameter } : {}),
  };
}

function parseGrouping(source: TokenReader): Grouping | undefined {
  const kind = source.takeWord('by') ? 'by' : source.takeWord('without') ? 'without' : undefined;
  if (!kind) return undefined;
  source.expectSign('(');
  const labels: string[] = [];
  while (!source.isAtSign(')')) {
    labels.push(source.expectName('in grouping opts, expected label'));
    if (!source.takeSign(',')) break;
  }
  source.expectSign(')');
  return { kind, labels };
}

function parseVector(source: TokenReader, { compileRegex }: Context): Selector {
  const matchers: Matcher[] = [];
  if (!source.isAtSign('{')) {
    const value = source.expectName('where a series is selected');
    matchers.push(matcherOf({ label: '__name__', operator: '=', value }, compileRegex));
  }
  if (source.takeSign('{')) {
    while (!source.isAtSign('}')) {
      const label = source.expectName('inside braces, expected a label');
      const operator = source.expectMatchOperator();
      const value = source.expectString('as label matching value');
      if (label === '__name__' && matchers[0]?.label === '__name__' && matchers[0].operator === '=')
        malformed(
          `metric name must not be set twice: ${JSON.stringify(matchers[0].value)} or ${JSON.stringify(value)}`,
        );
      matchers.push(matcherOf({ label, operator, value }, compileRegex));
      if (!source.takeSign(',')) break;
    }
    source.expectSign('}');
  }
  if (matchers.every(({ accepts }) => accepts('')))
    malformed('vector selector must contain at least one non-empty matcher');
  const rangeMs = parseRange(source);
  const offsetMs = parseOffset(source);
  return { kind: 'selector', matchers, offsetMs, ...(rangeMs === undefined ? {} : { rangeMs }) };
}

function parseRange(source: TokenReader): number | undefined {
  if (!source.takeSign('[')) return undefined;
  const rangeMs = durationOf(source);
  // What begins with a colon may be a name, as in x[1d:step].
  if (source.peek().text.startsWith(':')) return unanswerable('subqueries are not supported');
  source.expectSign(']');
  return rangeMs > 0 ? rangeMs : malformed('duration must be greater than 0');
}

function parseOffset(source: TokenReader): number {
  if (!source.takeWord('offset')) return 0;
  const isAhead = source.takeSign('-');
  if (!isAhead) source.takeSign('+');
  const offsetMs = durationOf(source);
  return isAhead ? -offsetMs : offsetMs;
}

function durationOf(source: TokenReader): number {
  const { kind, text } = source.peek();
  const ms = kind === 'duration' ? parsePromDuration(text) : undefined;
  if (ms === undefined)
    return malformed(source.unexpected('where a duration such as 5m, 1h30m or 1d is expected'));
  source.next();
  return ms;
}
