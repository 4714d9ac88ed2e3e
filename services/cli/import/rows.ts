import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { TidemarkError } from '../../kernel/errors.ts';
import type { FileSource, Row, TableOptions } from '../../kernel/import/row.ts';
import { readTable, sheetsOf } from '../../kernel/import/table.ts';
import { inflate } from '../../platform/import/inflate.ts';

/**
 * Rows of a .csv, .xlsx (with a header line) or .ndjson file, as a stream: files may be larger than memory.
 * @throws not_parseable naming the line that is no row
 */
export async function* readRows(file: string, options: TableOptions = {}): AsyncIterable<Row> {
  try {
    for await (const row of readTable(fileSource(file), options)) {
      if (row.fault !== undefined)
        throw new TidemarkError('not_parseable', `${file}:${row.line}: ${row.fault}`);
      yield row;
    }
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** The sheets of a workbook; none of other files. @throws not_parseable */
export async function readSheets(file: string): Promise<readonly string[]> {
  try {
    return await sheetsOf(fileSource(file));
  } catch (cause) {
    throw unreadable(file, cause);
  }
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

/** @throws not_parseable when there is no such file */
function fileSource(file: string): FileSource {
  return {
    name: file,
    sizeBytes: statSync(file).size,
    read: (from, to) =>
      to > from
        ? (createReadStream(file, { start: from, end: to - 1 }) as AsyncIterable<Buffer>)
        : Readable.from([]),
    inflate,
  };
}

const unreadable = (where: string, cause: unknown): TidemarkError =>
  cause instanceof TidemarkError
    ? cause
    : new TidemarkError('not_parseable', `${where}: ${(cause as Error).message}`, { cause });
