import { TidemarkError } from '../errors.ts';
import type { FileSource } from './row.ts';
import { stylesOf } from './xlsx-cells.ts';
import type { CellStyles } from './xlsx-cells.ts';
import { xmlParts } from './xml.ts';
import type { XmlPart } from './xml.ts';
import { zipContent, zipEntries } from './zip.ts';
import type { ZipEntry } from './zip.ts';

export type Workbook = {
  /** Worksheets in the order of their tabs; charts that have a tab of their own are none. */
  readonly sheets: readonly { readonly name: string; readonly path: string }[];
  readonly isFrom1904: boolean;
  readonly styles: CellStyles;
};

/** What may come of one part when it is unpacked. */
const PART_BYTES_MAX = 4 * 1024 * 1024;

/**
 * What a workbook says of its sheets, without reading any.
 * @throws not_parseable, too_large
 * @see ECMA-376 part 1, section 18.2 (workbook)
 */
export async function readWorkbook(
  source: FileSource,
  entries: ReadonlyMap<string, ZipEntry>,
): Promise<Workbook> {
  const part = (name: string): AsyncIterable<XmlPart> | undefined => {
    const entry = entries.get(name);
    return entry && xmlParts(zipContent(source, entry, PART_BYTES_MAX));
  };
  const workbook = part('xl/workbook.xml');
  if (!workbook) throw new TidemarkError('not_parseable', `${source.name} is no workbook`);
  const sheets: { name: string; id: string }[] = [];
  let isFrom1904 = false;
  for await (const tag of workbook) {
    if (tag.kind !== 'open') continue;
    const { name, attributes } = tag;
    if (name === 'sheet')
      sheets.push({ name: attributes['name'] ?? '', id: attributes['id'] ?? '' });
    if (name === 'workbookPr') isFrom1904 = /^(?:1|true)$/.test(attributes['date1904'] ?? '');
  }
  const targets = new Map<string, string>();
  for await (const tag of part('xl/_rels/workbook.xml.rels') ?? []) {
    if (tag.kind !== 'open' || tag.name !== 'Relationship') continue;
    const { Id: id = '', Target: target = '', Type: type } = tag.attributes;
    if (type === undefined || type.endsWith('/worksheet')) targets.set(id, target);
  }
  return {
    sheets: sheets.flatMap(({ name, id }) => {
      const target = targets.get(id);
      return target === undefined ? [] : [{ name, path: pathOf(target) }];
    }),
    isFrom1904,
    styles: await stylesOf(part('xl/styles.xml')),
  };
}

const pathOf = (target: string): string =>
  target.startsWith('/') ? target.slice(1) : `xl/${target}`;

/** Names of a workbook's sheets, in the order of their tabs. @throws not_parseable, too_large */
export async function xlsxSheets(source: FileSource): Promise<readonly string[]> {
  const { sheets } = await readWorkbook(source, await zipEntries(source));
  return sheets.map(({ name }) => name);
}
