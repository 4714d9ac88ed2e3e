import { MATCH_OPERATORS } from './ast.ts';
import type { MatchOperator } from './ast.ts';
import { malformed } from './fault.ts';
import type { Token } from './lexer.ts';

/** Walks over the words of a query. Words are taken in any case, as Prometheus takes its own. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #index = 0;

  /** @param tokens the last one is of kind `end` */
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token {
    const at = Math.min(this.#index + ahead, this.#tokens.length - 1);
    return this.#tokens[at] as Token;
  }
  next(): Token {
    const token = this.peek();
    this.#index++;
    return token;
  }
  /** For messages: line and column are not worth it in texts that are one line mostly. */
  position(): number {
    return this.peek().at + 1;
  }
  unexpected(where = ''): string {
    const { kind, text } = this.peek();
    const what = kind === 'end' ? 'end of input' : JSON.stringify(text);
    return `${this.position()}: parse error: unexpected ${what}${where === '' ? '' : ` ${where}`}`;
  }

  isAtSign(sign: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'sign' && token.text === sign;
  }
  takeSign(sign: string): boolean {
    const isThere = this.isAtSign(sign);
    if (isThere) this.#index++;
    return isThere;
  }
  expectSign(sign: string): void {
    if (!this.takeSign(sign)) malformed(this.unexpected(`, expected ${JSON.stringify(sign)}`));
  }

  isAtWordAt(ahead: number, ...words: readonly string[]): boolean {
    const token = this.peek(ahead);
    return token.kind === 'name' && words.includes(token.text.toLowerCase());
  }
  isAtWord(...words: readonly string[]): boolean {
    return this.isAtWordAt(0, ...words);
  }
  takeWord(word: string): boolean {
    const isThere = this.isAtWord(word);
    if (isThere) this.#index++;
    return isThere;
  }

  /** The operator that comes next, or '' where none does. */
  peekOperator(): string {
    const { kind, text } = this.peek();
    if (kind === 'sign') return text;
    const word = text.toLowerCase();
    return kind === 'name' && ['or', 'and', 'unless', 'atan2'].includes(word) ? word : '';
  }

  expectName(where: string): string {
    if (this.peek().kind !== 'name') malformed(this.unexpected(where));
    return this.next().text;
  }
  expectString(where: string): string {
    if (this.peek().kind !== 'string') malformed(this.unexpected(`${where}, expected string`));
    return this.next().text;
  }
  expectMatchOperator(): MatchOperator {
    const { kind, text } = this.peek();
    if (kind !== 'sign' || !MATCH_OPERATORS.includes(text as MatchOperator))
      malformed(this.unexpected('inside braces, expected a label matching operator'));
    return this.next().text as MatchOperator;
  }
  expectEnd(): void {
    if (this.peek().kind !== 'end') malformed(this.unexpected());
  }
}
