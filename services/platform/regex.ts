import { RE2JS } from 're2js';

const PATTERN_LENGTH_MAX = 10_000;

/**
 * Compiles an RE2 pattern to whether it matches a whole text, line breaks included: linear time whatever the text, so
 * that no question can stop a service.
 * @returns undefined when the pattern is none, or longer than 10,000 characters
 */
export function compileWholeMatch(pattern: string): ((text: string) => boolean) | undefined {
  if (pattern.length > PATTERN_LENGTH_MAX) return undefined;
  try {
    const compiled = RE2JS.compile(pattern, RE2JS.DOTALL);
    return (text) => compiled.matcher(text).matches();
  } catch {
    return undefined;
  }
}
