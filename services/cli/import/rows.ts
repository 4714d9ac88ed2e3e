import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse';
import { TidemarkError } from '../../kernel/errors.ts';
import { parseLossless } from './json.ts';

/** One line of data. Values of a CSV file are texts, those of ndjson any JSON. */
export type Row = {
  /** From 1, header not counted. */
  readonly number: number;
  readonly values: Readonly<Record<string, unknown>>;
  /** Share of the file that was read up to here, 0–1. */
  readonly share: number;
};

/** Rows of a .csv (with a header line) or .ndjson file, as a stream: files may be larger than memory. */
export function readRows(file: string): AsyncIterable<Row> {
  if (/\.csv$/i.test(file)) return csvRows(file);
  if (/\.(?:ndjson|jsonl)$/i.test(file)) return ndjsonRows(file);
  throw new TidemarkError('invalid_parameter', `${file}: only .csv and .ndjson files can be read`);
}

/** SHA-256 of the file's bytes, hexadecimal: the same content is known again under any name. */
export async function contentHash(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch (cause) {
    throw unreadable(file, cause);
  }
  return hash.digest('hex');
}

async function* csvRows(file: string): AsyncIterable<Row> {
  const total = Math.max(1, statSync(file).size);
  const source = createReadStream(file);
  const parser = parse({ columns: true, bom: true, skip_empty_lines: true });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let number = 0;
  try {
    for await (const values of parser as AsyncIterable<Record<string, string>>)
      yield { number: ++number, values, share: Math.min(1, source.bytesRead / total) };
  } catch (cause) {
    throw unreadable(file, cause);
  } finally {
    source.destroy();
  }
}

async function* ndjsonRows(file: string): AsyncIterable<Row> {
  const total = Math.max(1, statSync(file).size);
  const source = createReadStream(file);
  let number = 0;
  let bytes = 0;
  for await (const line of createInterface({ input: source, crlfDelay: Infinity })) {
    number++;
    bytes += Buffer.byteLength(line) + 1;
    if (line.trim() !== '')
      yield { number, values: objectOf(line, { file, number }), share: Math.min(1, bytes / total) };
  }
}

function objectOf(
  line: string,
  at: { readonly file: string; readonly number: number },
): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = parseLossless(line);
  } catch (cause) {
    throw unreadable(`${at.file}:${at.number}`, cause);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw new TidemarkError('not_parseable', `${at.file}:${at.number}: a line must be a JSON object`);
}

const unreadable = (where: string, cause: unknown): TidemarkError =>
  cause instanceof TidemarkError
    ? cause
    : new TidemarkError('not_parseable', `${where}: ${(cause as Error).message}`, { cause });
