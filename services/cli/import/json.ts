/**
 * `JSON.parse` whose numbers, written again by `JSON.stringify`, are those of the text, digit by digit: an amount passes
 * through a command as it was typed.
 * @throws SyntaxError
 */
export function parseLossless(text: string): unknown {
  type Revive = (key: string, value: unknown, context: { source?: string }) => unknown;
  const revive: Revive = (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source
      ? rawJson(source)
      : value;
  return (JSON.parse as (text: string, revive: Revive) => unknown)(text, revive);
}

/** @see the ECMAScript proposal "JSON.parse source text access" (stage 4), which the types do not have yet */
const rawJson = (source: string): unknown =>
  (JSON as unknown as { rawJSON: (source: string) => unknown }).rawJSON(source);
