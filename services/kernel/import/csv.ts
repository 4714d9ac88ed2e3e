import { TidemarkError } from '../errors.ts';
import type { FileSource, Row, TableOptions } from './row.ts';
import { guessEncoding, sampleOf, textOf } from './text-stream.ts';

/** Characters of one line: a quote that nobody closes must not take the rest of the file. */
const LINE_CHARACTERS_MAX = 1024 * 1024;
export const DELIMITERS = [',', ';', '\t', '|'] as const;

type Line = {
  readonly fields: readonly string[];
  /** Where it begins, from 1. */
  readonly line: number;
};

/**
 * Reads CSV from pieces of text as they come. A mutable structure: `push` gives the lines that are whole by then, `end`
 * the last one. Quotes are doubled within quotes; lines end with LF, CRLF or CR; empty lines are none.
 * @see RFC 4180
 */
export class CsvLines {
  readonly #delimiter: string;
  #field = '';
  #fields: string[] = [];
  #state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  #afterCr = false;
  #line = 1;
  #begun = 1;
  #characters = 0;

  /** @param delimiter one character */
  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  /** @throws not_parseable naming the line */
  push(text: string): Line[] {
    const lines: Line[] = [];
    for (let i = 0; i < text.length; i++) {
      if (this.#state === 'plain' || this.#state === 'quoted') {
        const to = this.#run(text, i);
        this.#take(text.slice(i, to));
        if (to > i) this.#afterCr = false;
        i = to;
        if (i === text.length) break;
      }
      this.#character(text[i] as string, lines);
    }
    return lines;
  }

  /** @throws not_parseable where a quote is still open */
  end(): Line[] {
    if (this.#state === 'quoted') throw fault(this.#begun, 'a quote is not closed');
    const lines: Line[] = [];
    this.#endLine(lines);
    return lines;
  }

  /** Where what needs no look ends: most characters of most files. */
  #run(text: string, from: number): number {
    const isQuoted = this.#state === 'quoted';
    let to = from;
    for (; to < text.length; to++) {
      const code = text.charCodeAt(to);
      if (code === QUOTE && isQuoted) break;
      if (code === CR || code === LF) break;
      if (!isQuoted && text[to] === this.#delimiter) break;
    }
    return to;
  }

  #take(text: string): void {
    this.#field += text;
    this.#characters += text.length;
    if (this.#characters > LINE_CHARACTERS_MAX)
      throw fault(
        this.#begun,
        this.#state === 'quoted' ? 'a quote is not closed' : 'the line is longer than 1 MiB',
      );
  }

  #character(character: string, lines: Line[]): void {
    const isLineFeed = character === '\n';
    const isSecondHalf = isLineFeed && this.#afterCr;
    this.#afterCr = character === '\r';
    if (this.#state === 'quoted') {
      if (character === '"') this.#state = 'closed';
      else {
        this.#take(character);
        if (!isSecondHalf && (isLineFeed || character === '\r')) this.#line++;
      }
    } else if (character === '"' && this.#state === 'start') this.#state = 'quoted';
    else if (character === '"' && this.#state === 'closed') {
      this.#take('"');
      this.#state = 'quoted';
    } else if (character === this.#delimiter) this.#endField();
    else if (isLineFeed || character === '\r') {
      if (isSecondHalf) this.#begun = this.#line;
      else {
        this.#line++;
        this.#endLine(lines);
      }
    } else {
      if (this.#state === 'closed')
        throw fault(this.#begun, 'something stands behind a closing quote');
      this.#take(character);
      this.#state = 'plain';
    }
  }

  #endField(): void {
    this.#fields.push(this.#field);
    this.#field = '';
    this.#state = 'start';
  }

  #endLine(lines: Line[]): void {
    const isEmpty = this.#fields.length === 0 && this.#field === '' && this.#state === 'start';
    const line = this.#begun;
    this.#begun = this.#line;
    this.#characters = 0;
    if (isEmpty) return;
    this.#endField();
    lines.push({ fields: this.#fields, line });
    this.#fields = [];
  }
}
const QUOTE = 0x22;
const CR = 0x0d;
const LF = 0x0a;

const fault = (line: number, what: string): TidemarkError =>
  new TidemarkError('not_parseable', `line ${line}: ${what}`);

/** The delimiter that stands most often outside quotes in the first line. */
export function guessDelimiter(text: string): string {
  const [first = ''] = text.replace(/^\ufeff/, '').split(/\r?\n|\r/, 1);
  const bare = first.replaceAll(/"[^"]*"/g, '');
  const [best] = DELIMITERS.map((delimiter) => ({
    delimiter,
    count: bare.split(delimiter).length - 1,
  })).sort((a, b) => b.count - a.count);
  return best && best.count > 0 ? best.delimiter : ',';
}

/** Rows of a file with a header line. A line of another number of fields is a row with a fault. @throws not_parseable */
export async function* csvRows(source: FileSource, options: TableOptions): AsyncIterable<Row> {
  const sample = await sampleOf(source);
  const encoding = options.encoding ?? guessEncoding(sample);
  const delimiter = options.delimiter ?? guessDelimiter(new TextDecoder(encoding).decode(sample));
  const reader = new CsvLines(delimiter);
  const total = Math.max(1, source.sizeBytes);
  let columns: readonly string[] | undefined;
  let number = 0;
  const rowOf = ({ fields, line }: Line, bytes: number): Row | undefined => {
    if (!columns) {
      columns = headerOf(fields);
      return undefined;
    }
    const at = { number: ++number, line, share: Math.min(1, bytes / total) };
    if (fields.length === columns.length)
      return {
        ...at,
        values: Object.fromEntries(columns.map((column, i) => [column, fields[i]])),
      };
    return {
      ...at,
      values: {},
      fault: `the line has ${fields.length} fields, the header ${columns.length}`,
    };
  };
  let bytes = 0;
  for await (const part of textOf(source, encoding)) {
    bytes = part.bytes;
    for (const line of reader.push(part.text)) {
      const row = rowOf(line, bytes);
      if (row) yield row;
    }
  }
  for (const line of reader.end()) {
    const row = rowOf(line, bytes);
    if (row) yield row;
  }
}

/** @throws not_parseable where a column has no name or two have one */
export function headerOf(fields: readonly string[]): readonly string[] {
  const names = fields.map((name) => name.replace(/^\ufeff/, '').trim());
  const lacking = names.findIndex((name) => name === '');
  if (lacking >= 0)
    throw new TidemarkError('not_parseable', `line 1: column ${lacking + 1} has no name`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new TidemarkError('not_parseable', `line 1: two columns are called ${twice}`);
  return names;
}
