import { malformed } from './fault.ts';
import type { Matcher } from './ast.ts';

/** @returns undefined when the pattern is none of RE2 */
export type CompileRegex = (pattern: string) => ((text: string) => boolean) | undefined;

/** @throws QueryFaultError bad_data where a pattern is none */
export function matcherOf(matcher: Omit<Matcher, 'accepts'>, compileRegex: CompileRegex): Matcher {
  const { operator, value } = matcher;
  switch (operator) {
    case '=':
      return { ...matcher, accepts: (text) => text === value };
    case '!=':
      return { ...matcher, accepts: (text) => text !== value };
    case '=~':
    case '!~': {
      const matches =
        compileRegex(value) ??
        malformed(`error parsing regexp: ${JSON.stringify(value)} is no RE2 pattern`);
      return { ...matcher, accepts: operator === '=~' ? matches : (text) => !matches(text) };
    }
  }
}

/** Whether all matchers of a label accept its value. Matchers of other labels do not matter. */
export const acceptsLabel = (matchers: readonly Matcher[], label: string, value: string): boolean =>
  matchers.every((matcher) => matcher.label !== label || matcher.accepts(value));
