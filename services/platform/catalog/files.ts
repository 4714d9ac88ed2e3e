import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { LineCounter, parseAllDocuments } from 'yaml';
import type { Document } from 'yaml';
import { buildWithAllFaults } from '../../kernel/catalog/all-faults.ts';
import { documentKey, identityOf } from '../../kernel/catalog/build.ts';
import type { Identity } from '../../kernel/catalog/build.ts';
import type { CatalogFault, CatalogFaultCode, DocumentPath } from '../../kernel/catalog/fault.ts';
import type { Catalog } from '../../kernel/definitions.ts';
import type { Json } from '../../kernel/json.ts';
import { positionOf } from './positions.ts';
import type { LocatedDocument, Position } from './positions.ts';
import { DEFAULT_PLACES, secretFaults } from './secret-faults.ts';
import { catalogTools } from './tools.ts';
import type { SecretPlaces } from '../webhook/secret.ts';

/** `file` is absolute. */
export type Place = Position & { readonly file: string };

/** A fault of a catalogue file. `file` is absolute. */
export type FileFault = Position & {
  readonly file: string;
  readonly code: CatalogFaultCode;
  readonly message: string;
  /** Where the other document stands, when two do not go together. */
  readonly related?: Place;
};

export type CheckedCatalog = {
  readonly catalog: Catalog;
  /** All documents, as they are published: event types with their Avro schema in `spec.avro`. */
  readonly documents: readonly Json[];
  readonly faults: readonly FileFault[];
  /** Where a part of the document `KIND/ID` stands; undefined when no file has it. */
  readonly placeOf: (key: string, path: DocumentPath) => Place | undefined;
  /** The document `KIND/ID` as somebody wrote it; undefined where that needs a file beside it, as for its schema. */
  readonly textOf: (key: string) => string | undefined;
};

const FILES_MAX = 2_000;
const FILE_BYTES_MAX = 1 << 20;

/**
 * Reads and checks a folder of definitions; nothing but the files is needed. Every fault is listed, in the order of files
 * and lines.
 * @param folder `.yaml` and `.yml` files anywhere below it; schemas are relative to the folder that holds it
 * @param places where this installation has the secrets that definitions may name
 */
export async function checkCatalogFolder(
  folder: string,
  places: SecretPlaces = DEFAULT_PLACES,
): Promise<CheckedCatalog> {
  const faults: FileFault[] = [];
  const located: (LocatedDocument & {
    readonly file: string;
    readonly text: string;
    json: Json;
  })[] = [];
  const unread: Identity[] = [];
  for (const file of await yamlFiles(folder, faults)) {
    const source = await readText(file, faults);
    if (source === undefined) continue;
    const lines = new LineCounter();
    const parsed = parseAllDocuments(source, { lineCounter: lines, prettyErrors: false });
    const all = Array.isArray(parsed) ? parsed : [];
    for (const [i, document] of all.entries()) {
      const json = readDocument(document, { file, lines, faults });
      const part = source.slice(all[i - 1]?.range[2] ?? 0, document.range[2]);
      if (json === undefined) unread.push(...namedIn(part));
      if (json === undefined || json === null) continue;
      const at = { document, source, lines, file };
      located.push({
        ...at,
        text: documentText(part),
        json: await withSchema(json, { at, root: dirname(folder), faults }),
      });
    }
  }
  const documents = located.map(({ json }) => json);
  const built = buildWithAllFaults(documents, catalogTools, { unread });
  const ofSecrets = documents.flatMap((one, document) =>
    secretFaults(one, places).map((fault): CatalogFault => ({ ...fault, document })),
  );
  for (const fault of [...built.faults, ...ofSecrets]) {
    const at = located[fault.document] as (typeof located)[number];
    const { code, message, related } = fault;
    const other = related && located[related.document];
    faults.push({
      file: at.file,
      ...positionOf(at, fault),
      code,
      message,
      ...(other && related
        ? { related: { file: other.file, ...positionOf(other, { ...fault, path: related.path }) } }
        : {}),
    });
  }
  const locate = (key: string) =>
    located.find(({ json }) => {
      const identity = identityOf(json);
      return identity !== undefined && documentKey(identity) === key;
    });
  const namesFile = ({ document }: LocatedDocument): boolean =>
    document.get('kind') === 'EventType' && document.hasIn(['spec', 'schema']);
  const placeOf = (key: string, path: DocumentPath): Place | undefined => {
    const at = locate(key);
    if (!at) return undefined;
    const isFile = path[1] === 'avro' && namesFile(at);
    const within = isFile ? ['spec', 'schema'] : path;
    const fault = { path: within, code: 'field_invalid', message: '' } as const;
    return { file: at.file, ...positionOf(at, fault) };
  };
  const textOf = (key: string): string | undefined => {
    const at = locate(key);
    return at && !namesFile(at) ? at.text : undefined;
  };
  return { catalog: built.catalog, documents, faults: faults.toSorted(byPlace), placeOf, textOf };
}

/** Kinds and ids as they seem to stand in text that is no YAML, which may have swallowed the documents that follow. */
function namedIn(text: string): readonly Identity[] {
  return text.split(/^---/m).flatMap((part) => {
    const kind = /^kind:\s*["']?(\w+)/m.exec(part)?.[1];
    const id = /\bid:\s*["']?([\w.-]+)/.exec(part)?.[1];
    return kind !== undefined && id !== undefined ? [{ kind, id }] : [];
  });
}

/** Comments before a document are its own; the line that parts it from others is not. */
const SEPARATOR = /^((?:[ \t]*(?:#.*)?\r?\n)*)---[ \t]*\r?\n/;
function documentText(part: string): string {
  const text = part.replace(SEPARATOR, '$1');
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** `FILE:LINE:COLUMN code message`, the file as seen from `cwd`; then where the other document stands, if there is one. */
export function formatFault(
  { file, line, column, code, message, related }: FileFault,
  cwd: string,
): string {
  const other = related ? ` (${formatPlace(related, cwd)})` : '';
  return `${formatPlace({ file, line, column }, cwd)} ${code} ${message}${other}`;
}

/** `FILE:LINE:COLUMN`, the file as seen from `cwd`. */
export function formatPlace({ file, line, column }: Place, cwd: string): string {
  const near = relative(cwd, file);
  return `${near === '' || near.startsWith('..') ? file : near}:${line}:${column}`;
}

const byPlace = (a: FileFault, b: FileFault): number =>
  a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
const START: Position = { line: 1, column: 1 };

async function yamlFiles(folder: string, faults: FileFault[]): Promise<readonly string[]> {
  const fault = (message: string): void => {
    faults.push({ file: folder, ...START, code: 'not_parseable', message });
  };
  try {
    const entries = await readdir(folder, { recursive: true });
    const names = entries.filter((name) => /\.ya?ml$/.test(name)).toSorted();
    if (names.length === 0) fault('the folder holds no .yaml file');
    if (names.length > FILES_MAX) fault(`the folder holds more than ${FILES_MAX} files`);
    return names.slice(0, FILES_MAX).map((name) => join(folder, name));
  } catch (error) {
    fault(`the folder cannot be read: ${(error as Error).message}`);
    return [];
  }
}

async function readText(file: string, faults: FileFault[]): Promise<string | undefined> {
  const { size } = await stat(file);
  if (size <= FILE_BYTES_MAX) return readFile(file, 'utf8');
  const message = `the file has ${size} bytes, more than ${FILE_BYTES_MAX}`;
  faults.push({ file, ...START, code: 'not_parseable', message });
  return undefined;
}

function readDocument(
  document: Document,
  { file, lines, faults }: { file: string; lines: LineCounter; faults: FileFault[] },
): Json | undefined {
  const refuse = (offset: number, message: string): void => {
    const { line, col } = lines.linePos(offset);
    faults.push({ file, line, column: col, code: 'not_parseable', message });
  };
  for (const { pos, message } of document.errors) refuse(pos[0], message);
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS() as Json;
  } catch (error) {
    // Aliases that name each other too often, or a name that no anchor gives.
    refuse(document.range?.[0] ?? 0, (error as Error).message);
    return undefined;
  }
}

type EventTypeJson = {
  readonly kind?: Json;
  readonly spec?: { readonly schema?: Json } & Record<string, Json>;
};

/** Puts the content of an event type's schema file into `spec.avro`. */
async function withSchema(
  json: Json,
  {
    at,
    root,
    faults,
  }: { at: LocatedDocument & { file: string }; root: string; faults: FileFault[] },
): Promise<Json> {
  if (typeof json !== 'object' || json === null) return json;
  const { kind, spec } = json as EventTypeJson;
  const path = spec?.schema;
  if (kind !== 'EventType' || typeof path !== 'string') return json;
  const file = resolve(root, path);
  try {
    const avro = JSON.parse(await readFile(file, 'utf8')) as Json;
    return { ...json, spec: { ...spec, avro } } as Json;
  } catch (error) {
    if (error instanceof SyntaxError) {
      faults.push({ file, ...jsonPosition(error), code: 'not_parseable', message: error.message });
    } else {
      const code = 'reference_unknown';
      const message = `there is no schema file ${path} in ${root}`;
      const position = positionOf(at, { path: ['spec', 'schema'], code, message });
      faults.push({ file: at.file, ...position, code, message });
    }
    return json;
  }
}

/** V8 says where, in its message. */
function jsonPosition({ message }: SyntaxError): Position {
  const match = /line (\d+) column (\d+)/.exec(message);
  return match ? { line: Number(match[1]), column: Number(match[2]) } : START;
}
