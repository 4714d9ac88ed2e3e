/**
 * `JSON.parse` whose numbers, written again by `JSON.stringify`, are those of the text, digit by digit: an amount passes
 * through as it was typed. Where the engine does not tell a number's text, numbers are doubles.
 * @throws SyntaxError
 */
export function parseLossless(text: string): unknown {
  type Revive = (key: string, value: unknown, context?: { source?: string }) => unknown;
  const revive: Revive = (_key, value, context) =>
    typeof value === 'number' &&
    context?.source !== undefined &&
    String(value) !== context.source &&
    raw.rawJSON
      ? raw.rawJSON(context.source)
      : value;
  return (JSON.parse as (text: string, revive: Revive) => unknown)(text, revive);
}

/** @see the ECMAScript proposal "JSON.parse source text access" (stage 4), which the types do not have yet */
const raw = JSON as unknown as { readonly rawJSON?: (source: string) => unknown };
