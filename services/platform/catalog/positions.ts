import { isMap, isPair, isScalar, isSeq, Scalar } from 'yaml';
import type { Document, LineCounter, Node } from 'yaml';
import type { CatalogFault, DocumentPath } from '../../kernel/catalog/fault.ts';

/** One YAML document with what is needed to say where something stands in its file. Lines and columns count from 1. */
export type LocatedDocument = {
  readonly document: Document;
  readonly source: string;
  readonly lines: LineCounter;
};
export type Position = { readonly line: number; readonly column: number };

/** Where a fault stands: at the name of a field that should not be there or lacks something, else at the value. */
export function positionOf(at: LocatedDocument, fault: Omit<CatalogFault, 'document'>): Position {
  const isAboutName =
    fault.isName === true || fault.code === 'field_unknown' || fault.code === 'field_missing';
  const { key, value } = find(at.document, fault.path);
  const node = isAboutName ? (key ?? value) : (value ?? key);
  const start = node?.range?.[0] ?? 0;
  const inside = fault.offset === undefined || !value ? 0 : textOffset(at, value, fault.offset);
  const { line, col } = at.lines.linePos(start + inside);
  return { line, column: col };
}

type Found = { readonly key?: Node | undefined; readonly value?: Node | undefined };

/** The deepest part of the path that is there. */
function find(document: Document, path: DocumentPath): Found {
  let found: Found = { value: document.contents as Node };
  for (const part of path) {
    const next = child(found.value, part);
    if (!next) break;
    found = next;
  }
  return found;
}

function child(node: Node | undefined, part: string | number): Found | undefined {
  if (isMap(node)) {
    const pair = node.items.find(
      ({ key }) => (isScalar(key) ? String(key.value) : key) === String(part),
    );
    return isPair(pair)
      ? { key: pair.key as Node, value: (pair.value ?? undefined) as Node }
      : undefined;
  }
  if (!isSeq(node)) return undefined;
  const item = node.items[Number(part)] as Node | undefined;
  return item && { value: item };
}

/** How far into the source the offset of a scalar's text lies; 0 where folding or escapes part the two. */
function textOffset({ source }: LocatedDocument, node: Node, offset: number): number {
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return 0;
  const quote = node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE ? 1 : 0;
  const start = node.range[0] + quote;
  const before = node.value.slice(0, offset);
  return source.startsWith(before, start) ? quote + offset : 0;
}
