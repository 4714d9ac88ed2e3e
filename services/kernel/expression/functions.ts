import { formatDecimal, powerOfTen } from '../decimal.ts';
import { normalize, parseInteger } from '../integer.ts';
import type { Integer } from '../integer.ts';
import { formatRfc3339, parseRfc3339 } from '../time.ts';
import type { Span } from './ast.ts';
import type { Read, Scope, Term } from './term.ts';
import {
  ExpressionError,
  combined,
  constantTerm,
  describeType,
  mapped,
  requireKind,
} from './term.ts';
import type { ExpressionType } from './types.ts';

type Call = { readonly args: readonly Term[]; readonly span: Span; readonly scope: Scope };
type FunctionEntry = {
  readonly parameters: number;
  readonly compile: (call: Call) => { readonly type: ExpressionType; readonly read: Read };
};

const BOOLEAN = (nullable: boolean) => ({ kind: 'boolean', nullable }) as const;
const INTEGER = (nullable: boolean) => ({ kind: 'decimal', scale: 0, nullable }) as const;

/** A test of two texts, as function or method: `data.sku.startsWith("A")`. */
const textTest = (name: string, test: (text: string, part: string) => boolean): FunctionEntry => ({
  parameters: 2,
  compile({ args }) {
    const [text, part] = args.map((term) => requireKind(term, 'string', name)) as [Term, Term];
    const nullable = text.type.nullable || part.type.nullable;
    return { type: BOOLEAN(nullable), read: combined([text.read, part.read], nullable, test) };
  },
});

/** The functions of expressions. On null they give null. @see CEL specification, Standard Definitions */
export const FUNCTIONS: Readonly<Record<string, FunctionEntry>> = {
  startsWith: textTest('startsWith', (text, part) => text.startsWith(part)),
  endsWith: textTest('endsWith', (text, part) => text.endsWith(part)),
  contains: textTest('contains', (text, part) => text.includes(part)),
  /** Code points of a string, members of a list or map. */
  size: {
    parameters: 1,
    compile({ args }) {
      const [term] = args as [Term];
      const type = INTEGER(term.type.nullable);
      switch (term.type.kind) {
        case 'string':
          return { type, read: mapped(term, codePoints) };
        case 'list':
          return { type, read: mapped(term, (list: readonly unknown[]) => list.length) };
        case 'map':
          return { type, read: mapped(term, (map: object) => Object.keys(map).length) };
        case 'boolean':
        case 'decimal':
        case 'null':
        case 'opaque':
        case 'record':
        case 'timestamp':
        case 'timestampMicros':
          throw new ExpressionError(
            `size needs a string, list or map, not ${describeType(term.type)}`,
            term.span,
          );
      }
    },
  },
  /** Whether the regular expression (RE2 syntax) matches anywhere. It is compiled once, so it must be a literal. */
  matches: {
    parameters: 2,
    compile({ args, span, scope }) {
      const [text, pattern] = args as [Term, Term];
      if (typeof pattern.constant !== 'string')
        throw new ExpressionError('matches needs its pattern as a string literal', pattern.span);
      if (!scope.compilePattern) throw new ExpressionError('matches is not available here', span);
      const test = scope.compilePattern(pattern.constant);
      if (!test.ok) throw new ExpressionError(test.error, pattern.span);
      const read = mapped(requireKind(text, 'string', 'matches'), test.value);
      return { type: BOOLEAN(text.type.nullable), read };
    },
  },
  /** Decimals with all their places, timestamps in RFC 3339 UTC. */
  string: {
    parameters: 1,
    compile({ args }) {
      const [term] = args as [Term];
      const type = { kind: 'string', nullable: term.type.nullable } as const;
      switch (term.type.kind) {
        case 'string':
          return { type, read: term.read };
        case 'boolean':
          return { type, read: mapped(term, String) };
        case 'timestamp':
          return { type, read: mapped(term, formatRfc3339) };
        case 'decimal': {
          const { scale } = term.type;
          return { type, read: mapped(term, (value: Integer) => formatDecimal(value, scale)) };
        }
        case 'list':
        case 'map':
        case 'null':
        case 'opaque':
        case 'record':
        case 'timestampMicros':
          throw new ExpressionError(`string cannot show ${describeType(term.type)}`, term.span);
      }
    },
  },
  /** A decimal cut towards zero; a timestamp as epoch seconds; a text as integer, or null when it is none. */
  int: {
    parameters: 1,
    compile({ args }) {
      const [term] = args as [Term];
      const { type } = term;
      switch (type.kind) {
        case 'decimal': {
          const divisor = BigInt(powerOfTen(type.scale));
          const cut = (value: Integer): Integer => normalize(BigInt(value) / divisor);
          return {
            type: INTEGER(type.nullable),
            read: type.scale === 0 ? term.read : mapped(term, cut),
          };
        }
        case 'timestamp':
          return {
            type: INTEGER(type.nullable),
            read: mapped(term, (ms: number) => Math.floor(ms / 1000)),
          };
        case 'string':
          return {
            type: INTEGER(true),
            read: mapped(term, (text: string) => parseInteger(text) ?? null),
          };
        case 'boolean':
        case 'list':
        case 'map':
        case 'null':
        case 'opaque':
        case 'record':
        case 'timestampMicros':
          throw new ExpressionError(`int cannot read ${describeType(type)}`, term.span);
      }
    },
  },
  /** An instant, from an RFC 3339 literal. */
  timestamp: {
    parameters: 1,
    compile({ args }) {
      const [{ constant, span }] = args as [Term];
      const ms = typeof constant === 'string' ? parseRfc3339(constant) : undefined;
      if (ms === undefined)
        throw new ExpressionError(
          'timestamp needs an RFC 3339 literal such as "2026-01-31T08:00:00Z"',
          span,
        );
      return constantTerm({ kind: 'timestamp', nullable: false }, ms, span) as Term & {
        type: ExpressionType;
      };
    },
  },
};

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
