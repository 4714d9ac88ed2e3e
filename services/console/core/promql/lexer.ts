import { malformed } from './fault.ts';

export type Token = {
  readonly kind: 'number' | 'duration' | 'name' | 'string' | 'sign' | 'end';
  /** As written; of a string what it says. */
  readonly text: string;
  /** Characters before it. */
  readonly at: number;
};

const SPACE = /(?:[ \t\r\n]|#[^\n]*)+/y;
const DURATION = /(?:\d+(?:ms|[smhdwy]))+(?![A-Za-z0-9_.])/y;
const NUMBER = /(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![A-Za-z0-9_.])/y;
const NAME = /[A-Za-z_:][A-Za-z0-9_:]*/y;
const SIGN = /==|!=|<=|>=|=~|!~|[-+*/%^<>=(){}[\],@:]/y;
const STRING = /"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'|`[^`]*`/y;

/**
 * Cuts a query into words.
 * @throws QueryFaultError bad_data
 */
export function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const kinds = [
    ['duration', DURATION],
    ['number', NUMBER],
    ['name', NAME],
    ['sign', SIGN],
    ['string', STRING],
  ] as const;
  for (;;) {
    at += take(SPACE)?.length ?? 0;
    if (at >= text.length) break;
    const before = at;
    for (const [kind, pattern] of kinds) {
      const word = take(pattern);
      if (word === undefined) continue;
      found.push({ kind, text: kind === 'string' ? unquoted(word, at) : word, at });
      at += word.length;
      break;
    }
    if (at === before)
      malformed(`${at + 1}: parse error: unexpected character ${JSON.stringify(text[at])}`);
  }
  return [...found, { kind: 'end', text: '', at }];
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};
const ESCAPE = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[\s\S])/g;

/** Go's escapes; none between backticks. */
function unquoted(word: string, at: number): string {
  const inner = word.slice(1, -1);
  return word.startsWith('`') ? inner : inner.replaceAll(ESCAPE, (escape) => escaped(escape, at));
}

function escaped(escape: string, at: number): string {
  const kind = escape[1] ?? '';
  if (escape.length > 2) {
    const code = /[0-7]/.test(kind)
      ? Number.parseInt(escape.slice(1), 8)
      : Number.parseInt(escape.slice(2), 16);
    return characterOf(code, at);
  }
  return SIMPLE[kind] ?? malformed(`${at + 1}: parse error: unknown escape ${escape}`);
}

const characterOf = (code: number, at: number): string =>
  code <= 0x10_ff_ff
    ? String.fromCodePoint(code)
    : malformed(`${at + 1}: parse error: an escape names no character`);
