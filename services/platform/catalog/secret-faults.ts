import type { CatalogFault, DocumentPath } from '../../kernel/catalog/fault.ts';
import type { SecretRef } from '../../kernel/definitions.ts';
import type { Json } from '../../kernel/json.ts';
import { parseConfig } from '../config.ts';
import { secretFault } from '../webhook/secret.ts';
import type { SecretPlaces } from '../webhook/secret.ts';

/** Of an installation that says nothing of it. */
export const DEFAULT_PLACES: SecretPlaces = defaultPlaces();
function defaultPlaces(): SecretPlaces {
  const config = parseConfig({});
  if (!config.ok) throw new Error(config.error.map(({ detail }) => detail).join());
  return config.value;
}

/** Kinds of documents that name secrets. */
const KINDS: ReadonlySet<Json | undefined> = new Set(['Receiver', 'Settings']);

/** The secrets that a document names and that no definition of this installation may read. Pure. */
export function secretFaults(
  document: Json,
  places: SecretPlaces,
): readonly Omit<CatalogFault, 'document'>[] {
  const { kind, spec } = (document ?? {}) as { readonly [field: string]: Json | undefined };
  return KINDS.has(kind) && spec !== undefined ? faultsAt(['spec'], spec, places) : [];
}

function faultsAt(
  path: DocumentPath,
  json: Json,
  places: SecretPlaces,
): readonly Omit<CatalogFault, 'document'>[] {
  if (typeof json !== 'object' || json === null) return [];
  if (isSecretRef(json)) {
    const message = secretFault(json, places);
    return message === undefined ? [] : [{ path, code: 'field_invalid', message }];
  }
  return Object.entries(json).flatMap(([name, value]) =>
    faultsAt([...path, name], value as Json, places),
  );
}

const isSecretRef = (json: object): json is SecretRef =>
  ['env', 'file'].some((name) => typeof (json as Record<string, unknown>)[name] === 'string');
