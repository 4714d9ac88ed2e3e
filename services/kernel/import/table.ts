import { TidemarkError } from '../errors.ts';
import { csvRows } from './csv.ts';
import { ndjsonRows } from './ndjson.ts';
import { formatOf } from './row.ts';
import type { FileSource, Row, TableOptions } from './row.ts';
import { xlsxSheets } from './xlsx-book.ts';
import { xlsxRows } from './xlsx.ts';

/**
 * Rows of a .csv or .xlsx with a header line, or of an .ndjson file, as a stream: files may be larger than memory.
 * @throws invalid_parameter for other files; not_parseable, too_large naming the place
 */
export function readTable(source: FileSource, options: TableOptions = {}): AsyncIterable<Row> {
  switch (formatOf(source.name)) {
    case 'csv':
      return csvRows(source, options);
    case 'ndjson':
      return ndjsonRows(source);
    case 'xlsx':
      return xlsxRows(source, options);
    case undefined:
      throw new TidemarkError(
        'invalid_parameter',
        `${source.name}: only .csv, .ndjson and .xlsx files can be read`,
      );
  }
}

/** The sheets of which one can be read; none where the file has no such thing. @throws not_parseable, too_large */
export const sheetsOf = async (source: FileSource): Promise<readonly string[]> =>
  formatOf(source.name) === 'xlsx' ? await xlsxSheets(source) : [];
