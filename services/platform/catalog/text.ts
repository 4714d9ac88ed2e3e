import { LineCounter, parseAllDocuments, stringify } from 'yaml';
import type { Document } from 'yaml';
import type { CatalogFault, CatalogFaultCode } from '../../kernel/catalog/fault.ts';
import { inFieldOrder } from '../../kernel/catalog/field-order.ts';
import type { Json } from '../../kernel/json.ts';
import { positionOf } from './positions.ts';
import type { Position } from './positions.ts';

/** A fault of a text. `path` is dotted, empty where the whole is meant. */
export type TextFault = Position & {
  readonly path: string;
  readonly code: CatalogFaultCode;
  readonly message: string;
};

/** One document as somebody writes it. */
export type ReadText = {
  /** Absent where the text is no YAML. */
  readonly json?: Json;
  readonly faults: readonly TextFault[];
  /** Where a fault of the document stands in the text. */
  readonly located: (fault: Omit<CatalogFault, 'document'>) => TextFault;
};

/** Reads the one document of a text, which names no file: the schema of an event type stands in `spec.avro`. */
export function readText(source: string): ReadText {
  const lines = new LineCounter();
  const deep = tooDeepAt(source);
  const parsed = parseAllDocuments(source.slice(0, deep), {
    lineCounter: lines,
    prettyErrors: false,
  });
  const [document, another] = Array.isArray(parsed) ? parsed : [];
  const refused = (offset: number, message: string): ReadText => {
    const { line, col } = lines.linePos(offset);
    const fault = { line, column: col, path: '', code: 'not_parseable', message } as const;
    return { faults: [fault], located: () => fault };
  };
  if (deep !== undefined)
    return refused(deep, `the document is nested deeper than ${NESTING_MAX} levels here`);
  if (!document?.contents) return refused(0, 'there is no document');
  if (another) return refused(another.range[0], 'a draft is one document; this is another');
  const [error] = document.errors;
  if (error) return refused(error.pos[0], error.message);
  const located: ReadText['located'] = (fault) => ({
    ...positionOf({ document, source, lines }, fault),
    path: fault.path.join('.'),
    code: fault.code,
    message: fault.message,
  });
  try {
    const json = document.toJS() as Json;
    return { json, faults: fileFaults(document, located), located };
  } catch (cause) {
    // Aliases that name each other too often, or a name that no anchor gives.
    return refused(0, (cause as Error).message);
  }
}

const NESTING_MAX = 100;
const BLOCKS_IN_LINE = new RegExp(`^[ \\t]*(?:[-?:][ \\t]+){${NESTING_MAX}}`, 'm');

/** The parser takes seconds for what is nested by the thousand. @returns where, undefined where nothing is */
function tooDeepAt(source: string): number | undefined {
  let depth = 0;
  for (const { 0: bracket, index } of source.matchAll(/[[\]{}]/g)) {
    depth = Math.max(0, depth + (bracket === '[' || bracket === '{' ? 1 : -1));
    if (depth > NESTING_MAX) return index;
  }
  const found = BLOCKS_IN_LINE.exec(source);
  return found ? found.index : undefined;
}

function fileFaults(document: Document, located: ReadText['located']): readonly TextFault[] {
  const isFile = document.get('kind') === 'EventType' && document.hasIn(['spec', 'schema']);
  if (!isFile) return [];
  const message = 'there are no files here: the Avro schema stands in spec.avro';
  return [located({ path: ['spec', 'schema'], code: 'field_invalid', message, isName: true })];
}

/** A document as YAML that needs no file beside it, its fields in the order of the documentation. */
export const writeText = (document: Json): string =>
  stringify(inFieldOrder(selfContained(document)));

/** The Avro schema inside in place of the path to its file. */
export function selfContained(document: Json): Json {
  const { spec, ...rest } = document as { readonly spec?: Json };
  if (typeof spec !== 'object' || spec === null || !('avro' in spec)) return document;
  const { schema: _file, ...kept } = spec as { readonly [key: string]: Json };
  return { ...rest, spec: kept } as Json;
}
