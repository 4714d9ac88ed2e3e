import type { Refusal } from '../../../kernel/errors.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import type { Parameters } from '../values-query.ts';

export const CONTENT_TYPES = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;
export type FileFormat = keyof typeof CONTENT_TYPES;

export type ExportQuery = {
  readonly format: FileFormat;
  /** The rows that say what the table is of stand above it. */
  readonly hasAbout: boolean;
  /** Of CSV: a byte order mark comes first. */
  readonly hasMark: boolean;
};

/**
 * Reads `format`, `about` and `bom` of a question for values; without `format` the `Accept` header decides.
 * @returns the question without them; `file` is undefined where JSON is wanted
 */
export function parseExport(
  parameters: Parameters,
  accept: string | undefined,
): Result<{ file: ExportQuery | undefined; question: Parameters }, Refusal> {
  const { format, about, bom, ...question } = parameters;
  const refuse = (detail: string): Result<never, Refusal> =>
    err({ code: 'invalid_parameter', detail });
  const wanted = format ?? acceptedBy(accept);
  if (wanted === 'json') {
    const own = Object.entries({ about, bom }).find(([, value]) => value !== undefined);
    return own ? refuse(`${own[0]} is of files: csv and xlsx`) : ok({ file: undefined, question });
  }
  if (wanted !== 'csv' && wanted !== 'xlsx')
    return refuse(`format is json, csv or xlsx, not ${String(wanted)}`);
  const hasAbout = flag(about, true);
  const hasMark = flag(bom, false);
  if (hasAbout === undefined) return refuse(`about is true or false, not ${String(about)}`);
  if (hasMark === undefined) return refuse(`bom is true or false, not ${String(bom)}`);
  if (hasMark && wanted !== 'csv') return refuse('bom is of csv');
  const paged = ['limit', 'cursor'].find((name) => question[name] !== undefined);
  if (paged !== undefined) return refuse(`a file has no pages: leave out ${paged}`);
  return ok({ file: { format: wanted, hasAbout, hasMark }, question });
}

function acceptedBy(accept: string | undefined): 'json' | FileFormat {
  const first = (accept ?? '').split(',')[0]?.split(';')[0]?.trim();
  const formats = Object.entries(CONTENT_TYPES) as [FileFormat, string][];
  return formats.find(([, type]) => type.split(';')[0] === first)?.[0] ?? 'json';
}

const flag = (value: Parameters[string], fallback: boolean): boolean | undefined =>
  value === undefined ? fallback : value === 'true' ? true : value === 'false' ? false : undefined;
