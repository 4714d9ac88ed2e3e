import { canonicalJson } from '../json.ts';
import type { Json } from '../json.ts';
import { buildCatalog } from './build.ts';
import type { BuildOptions, BuiltCatalog } from './build.ts';
import type { CatalogTools } from './context.ts';
import type { CatalogFault, DocumentPath } from './fault.ts';

/**
 * As `buildCatalog`, with the faults too that stand behind others. A document with a fault of its form is no definition,
 * so that what reads it is not checked against it: of a metric with one misspelt field, no rule. Here such fields are
 * taken for what they were meant to be, and words about a metric do not count against what it is.
 */
export function buildWithAllFaults(
  documents: readonly Json[],
  tools: CatalogTools,
  { unread = [] }: Pick<BuildOptions, 'unread'> = {},
): BuiltCatalog {
  const built = buildCatalog(documents, tools, { unread });
  if (built.faults.length === 0) return built;
  const read = documents.map((json, index) =>
    respelt(
      json,
      built.faults.filter(({ document }) => document === index),
    ),
  );
  const behind = buildCatalog(
    read.map(({ json }) => json),
    tools,
    { unread, isSlight },
  );
  const all = [...built.faults, ...behind.faults.flatMap((fault) => asWritten(fault, read))];
  return { ...built, faults: [...new Map(all.map((fault) => [keyOf(fault), fault])).values()] };
}

/** No other document is checked against what `metadata` says, but for the id. */
const isSlight = ({ path }: CatalogFault): boolean => path[0] === 'metadata' && path[1] !== 'id';

const keyOf = ({ document, path, code, message }: CatalogFault): string =>
  canonicalJson([document, path, code, message]);

type Renamed = { readonly path: DocumentPath; readonly meant: string };
type Respelt = { readonly json: Json; readonly renamed: readonly Renamed[] };

/** The document with its misspelt fields under the names that they stand for, where these are free. */
function respelt(json: Json, faults: readonly CatalogFault[]): Respelt {
  const renamed: Renamed[] = [];
  const copy = structuredClone(json);
  for (const { path, meant } of faults) {
    const object = meant === undefined ? undefined : objectAt(copy, path.slice(0, -1));
    const name = String(path.at(-1));
    if (!object || meant === undefined || meant in object || !(name in object)) continue;
    object[meant] = object[name] as Json;
    delete object[name];
    renamed.push({ path, meant });
  }
  return { json: copy, renamed };
}

function objectAt(json: Json, path: DocumentPath): Record<string, Json> | undefined {
  let found: Json | undefined = json;
  for (const part of path) found = (found as Record<string, Json> | undefined)?.[part];
  return found as Record<string, Json> | undefined;
}

/** The fault at the name that stands in the file; none where a guess of ours has not the form of what it was taken for. */
function asWritten(fault: CatalogFault, read: readonly Respelt[]): readonly CatalogFault[] {
  const path = [...fault.path];
  for (const { path: from, meant } of read[fault.document]?.renamed ?? []) {
    const last = from.length - 1;
    const isWithin = from.slice(0, last).every((part, i) => part === path[i]);
    if (!isWithin || path[last] !== meant) continue;
    if (fault.code.startsWith('field_')) return [];
    path[last] = from[last] as string;
  }
  return [{ ...fault, path }];
}
