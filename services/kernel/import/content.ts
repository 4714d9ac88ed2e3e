import { Sha256 } from './sha256.ts';

/** Of a workbook's sheets, the one that is read; undefined: the first, or the file is no workbook. */
export type Sheet = string | undefined;

/** @param sheet as somebody named it   @param sheets those that the file has */
export const otherSheet = (sheet: string | undefined, sheets: readonly string[]): Sheet =>
  sheets.length === 0 || sheet === sheets[0] ? undefined : sheet;

/**
 * By what the ledger knows a content, and what ids of rows are made of: the SHA-256 of the file's bytes, hexadecimal; of
 * another sheet than the first that of both, so that each sheet is imported once and their rows are told apart.
 */
export const contentId = (fileHash: string, sheet: Sheet): string =>
  sheet === undefined
    ? fileHash
    : new Sha256().update(new TextEncoder().encode(`${fileHash}/${sheet}`)).hex();

/** The CloudEvents source of a file's events if none is named; each sheet has one of its own, as each file has. */
export const sourceOf = (fileName: string, sheet: Sheet): string =>
  `/import/${fileName}${sheet === undefined ? '' : `/${sheet}`}`;
