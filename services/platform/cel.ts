import { Environment as CelEnvironment, ParseError } from '@marcbachmann/cel-js';
import type { ASTNode } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { parseDecimal } from '../kernel/decimal.ts';
import type { BinaryOperator, Expression, Span } from '../kernel/expression/ast.ts';
import { compileExpression } from '../kernel/expression/compile.ts';
import type {
  Compiled,
  CompilePattern,
  Environment,
  ExpressionFault,
} from '../kernel/expression/types.ts';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';

const LENGTH_MAX = 2_000;
const PATTERN_LENGTH_MAX = 200;

/** Only its parser is used; evaluation is ours, since CEL's own numbers are doubles and 64-bit integers. */
const parser = new CelEnvironment({
  unlistedVariablesAreDyn: true,
  limits: { maxAstNodes: 1_000, maxDepth: 50, maxListElements: 500, maxCallArguments: 8 },
});

/** Reads CEL text as an expression of ours; decimals are kept as written, never as floats. */
export function parseCel(text: string): Result<Expression, ExpressionFault> {
  if (text.length > LENGTH_MAX)
    return err({
      message: `an expression has at most ${LENGTH_MAX} characters`,
      offset: LENGTH_MAX,
    });
  try {
    return ok(convert(parser.parse(text).ast, text));
  } catch (error) {
    if (error instanceof ParseError)
      return err({ message: error.summary, offset: error.range?.start ?? 0 });
    if (error instanceof ConversionError)
      return err({ message: error.message, offset: error.offset });
    throw error;
  }
}

/** RE2: linear time whatever the text, so no pattern of a catalogue can stop a service. Matches anywhere, as CEL says. */
export const compilePattern: CompilePattern = (pattern) => {
  if (pattern.length > PATTERN_LENGTH_MAX)
    return err(`a pattern has at most ${PATTERN_LENGTH_MAX} characters`);
  try {
    const compiled = RE2JS.compile(pattern);
    return ok((text) => compiled.test(text));
  } catch (error) {
    return err(`the pattern is not RE2: ${(error as Error).message}`);
  }
};

/** Parses, checks and compiles an expression in one step. */
export function compileCel(
  text: string,
  environment: Environment,
): Result<Compiled, ExpressionFault> {
  const parsed = parseCel(text);
  return parsed.ok ? compileExpression(parsed.value, { compilePattern, ...environment }) : parsed;
}

class ConversionError extends Error {
  readonly offset: number;
  constructor(message: string, { start }: Span) {
    super(message);
    this.offset = start;
  }
}

const BINARY = new Set(['+', '-', '*', '/', '<', '<=', '>', '>=', '==', '!=', '&&', '||', 'in']);

/** The library's tree as ours. `args` has a shape of its own per `op`. */
function convert(node: ASTNode, text: string): Expression {
  const span = { start: node.start, end: node.end };
  const { op } = node;
  const args = node.args as never;
  const inner = (child: ASTNode): Expression => convert(child, text);
  if (BINARY.has(op)) {
    const [left, right] = (args as [ASTNode, ASTNode]).map(inner) as [Expression, Expression];
    return { kind: 'binary', operator: op as BinaryOperator, left, right, ...span };
  }
  switch (op as string) {
    case 'value':
      return literal(args, text.slice(node.start, node.end), span);
    case 'id':
      return { kind: 'name', name: args, ...span };
    case '.':
      return { kind: 'field', of: inner(args[0]), name: args[1], ...span };
    case '[]': {
      const key = args[1] as ASTNode;
      if (key.op !== 'value' || typeof key.args !== 'string')
        throw new ConversionError('only a string literal may stand in brackets', key);
      return { kind: 'field', of: inner(args[0]), name: key.args, ...span };
    }
    case '-_':
    case '!_':
      return { kind: 'unary', operator: op === '-_' ? '-' : '!', operand: inner(args), ...span };
    case '?:': {
      const [condition, whenTrue, whenFalse] = (args as ASTNode[]).map(inner) as [
        Expression,
        Expression,
        Expression,
      ];
      return { kind: 'conditional', condition, whenTrue, whenFalse, ...span };
    }
    case 'list':
      return { kind: 'list', items: (args as ASTNode[]).map(inner), ...span };
    case 'call':
      return { kind: 'call', name: args[0], args: (args[1] as ASTNode[]).map(inner), ...span };
    case 'rcall': {
      const [name, receiver, rest] = args as [string, ASTNode, ASTNode[]];
      return { kind: 'call', name, args: [receiver, ...rest].map(inner), ...span };
    }
    default:
      throw new ConversionError(`${op} is not available in expressions here`, span);
  }
}

function literal(value: unknown, source: string, span: Span): Expression {
  if (value === null) return { kind: 'null', ...span };
  if (typeof value === 'string') return { kind: 'string', value, ...span };
  if (typeof value === 'boolean') return { kind: 'boolean', value, ...span };
  const decimal = parseDecimal(typeof value === 'bigint' ? String(value) : source);
  if (!decimal || (typeof value !== 'number' && typeof value !== 'bigint'))
    throw new ConversionError(`${source} is no number or text that expressions know`, span);
  return { kind: 'number', value: decimal, ...span };
}
