import { contentId, otherSheet } from '../../../../kernel/import/content.ts';
import type { Sheet } from '../../../../kernel/import/content.ts';
import type { LedgerEntry } from '../../../../kernel/import/ledger.ts';
import { formatOf } from '../../../../kernel/import/row.ts';
import type { FileSource, Row } from '../../../../kernel/import/row.ts';
import { readTable, sheetsOf } from '../../../../kernel/import/table.ts';
import { ApiError, get } from '../../data/api.ts';
import { t } from '../../i18n/text.ts';
import { browserFile, contentHash } from './browser-file.ts';

/** A file, or a sheet of one, that was read far enough to be mapped. */
export type OpenFile = {
  readonly source: FileSource;
  readonly fileHash: string;
  /** Of a workbook. */
  readonly sheets: readonly string[];
  readonly sheet: Sheet;
  /** Of what is imported. */
  readonly hash: string;
  readonly sample: readonly Row[];
  /** Why the sheet cannot be read: another one may be. */
  readonly fault: string | undefined;
  /** What the ledger has of its content. */
  readonly entry: LedgerEntry | undefined;
};

const SAMPLE_ROWS = 200;

/**
 * Opens a file, of a workbook the first sheet.
 * @throws what keeps it from being read, unless there are other sheets to choose
 */
export async function openFile(file: File, onShare: (share: number) => void): Promise<OpenFile> {
  // Other names are refused by the reader, which says what it takes.
  const source = browserFile(file);
  const sheets = await sheetsOf(source);
  const opened = await sampleOf(source, undefined);
  if (opened.fault && sheets.length < 2) throw opened.fault;
  const fileHash = await contentHash(source, onShare);
  const at = { source, fileHash, sheets, sheet: undefined, hash: fileHash };
  return { ...at, ...opened, fault: opened.fault?.message, entry: await entryOf(fileHash) };
}

/** Opens a sheet of a workbook that is open; why it cannot be read is its fault. */
export async function openSheet(file: OpenFile, name: string): Promise<OpenFile> {
  const sheet = otherSheet(name, file.sheets);
  const hash = contentId(file.fileHash, sheet);
  const at = { ...file, sheet, hash };
  try {
    const { sample, fault } = await sampleOf(file.source, sheet);
    return { ...at, sample, fault: fault?.message, entry: await entryOf(hash) };
  } catch (error) {
    return { ...at, sample: [], fault: (error as Error).message, entry: undefined };
  }
}

async function sampleOf(
  source: FileSource,
  sheet: Sheet,
): Promise<{ readonly sample: readonly Row[]; readonly fault?: Error }> {
  const sample: Row[] = [];
  try {
    for await (const row of readTable(source, sheet === undefined ? {} : { sheet })) {
      sample.push(row);
      if (sample.length === SAMPLE_ROWS) break;
    }
  } catch (error) {
    return { sample: [], fault: error as Error };
  }
  return formatOf(source.name) !== undefined && sample.length === 0
    ? { sample, fault: new Error(t('import.empty', { name: sheet ?? source.name })) }
    : { sample };
}

async function entryOf(hash: string): Promise<LedgerEntry | undefined> {
  try {
    return await get<LedgerEntry>(`/v1/imports/${hash}`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
