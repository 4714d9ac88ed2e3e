/** One line of data. Values of a CSV file or a worksheet are texts, those of ndjson any JSON. */
export type Row = {
  /** From 1, header and empty lines not counted. */
  readonly number: number;
  /** Where it begins in the file, from 1, as editors and spreadsheets count. */
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
  /** Share of the file that was read up to here, 0–1. */
  readonly share: number;
  /** Why the line is no row; it has no values then. */
  readonly fault?: string;
};

/** A file that is read in pieces; it may be larger than memory. */
export type FileSource = {
  readonly name: string;
  readonly sizeBytes: number;
  /** Bytes `[from, to)`, in order. */
  readonly read: (from: number, to: number) => AsyncIterable<Uint8Array>;
  /** Raw deflate (RFC 1951) undone; nothing is inflated before it is asked for. */
  readonly inflate: (deflated: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
};

export const TABLE_FORMATS = ['csv', 'ndjson', 'xlsx'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** How a file is read; what is not said is found out. */
export type TableOptions = {
  readonly delimiter?: string;
  /** A name of the Encoding Standard. */
  readonly encoding?: string;
  /** Of a workbook; default the first. */
  readonly sheet?: string;
};

/** @returns undefined when the name tells of none of the formats */
export function formatOf(name: string): TableFormat | undefined {
  if (/\.(?:csv|tsv|txt)$/i.test(name)) return 'csv';
  if (/\.(?:ndjson|jsonl)$/i.test(name)) return 'ndjson';
  return /\.xlsx$/i.test(name) ? 'xlsx' : undefined;
}
