/**
 * Takes out of a script what only its readers need: comments and blanks. Code that the formatter laid out ends every
 * statement by a semicolon, so that no end of line means anything.
 */
export function minifyScript(text: string): string {
  const kept: string[] = [];
  let last = '';
  let isSpaced = false;
  for (let at = 0; at < text.length;) {
    const token = tokenAt(text, at, last);
    at += token.length;
    if (BLANK.test(token)) {
      isSpaced = true;
      continue;
    }
    // A trailing comma, or the last semicolon of a block, says nothing.
    if (CLOSING.test(token) && kept.at(-1) === ',') kept.pop();
    if (token === '}' && kept.at(-1) === ';') kept.pop();
    if (isSpaced && needsSpace(last.at(-1) ?? '', token[0] ?? '')) kept.push(' ');
    kept.push(token);
    last = token;
    isSpaced = false;
  }
  return kept.join('');
}

const BLANK = /^(?:\s|\/\/|\/\*)/;
const CLOSING = /^[)\]}]$/;
const WORD = /[\w$]/;
const needsSpace = (before: string, after: string): boolean =>
  (WORD.test(before) && WORD.test(after)) || (before === after && '+-'.includes(after));

const TOKEN = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[\w$]+|[\s\S]/y;
const PATTERN = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;
/** What a value may follow, so that a slash there begins a regular expression. */
const BEFORE_VALUE = /^(?:[(,=:[!&|?{};>+]|return)?$/;

function tokenAt(text: string, at: number, last: string): string {
  if (text[at] === '`') return text.slice(at, templateEnd(text, at));
  const isComment = text[at + 1] === '/' || text[at + 1] === '*';
  if (text[at] === '/' && !isComment && BEFORE_VALUE.test(last)) return match(PATTERN, text, at);
  return match(TOKEN, text, at);
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? text.slice(at, at + 1);
}

/** Where the template ends that begins here, with all that its placeholders hold. */
function templateEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '`') {
    if (text[at] === '\\') at += 2;
    else if (text.startsWith('${', at)) at = placeholderEnd(text, at + 2);
    else at += 1;
  }
  return at + 1;
}

function placeholderEnd(text: string, start: number): number {
  let depth = 1;
  let last = '{';
  let at = start;
  while (at < text.length && depth > 0) {
    const token = tokenAt(text, at, last);
    at += token.length;
    if (token === '{') depth += 1;
    if (token === '}') depth -= 1;
    if (!BLANK.test(token)) last = token;
  }
  return at;
}

/** The same for a style sheet. */
export const minifyStyle = (text: string): string =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/;\}/g, '}')
    .trim();
