import type { CatalogFault, DocumentPath } from '../../kernel/catalog/fault.ts';
import type { ReceiverType, SecretRef } from '../../kernel/definitions.ts';
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

type SecretFault = Omit<CatalogFault, 'document'>;

/**
 * The secrets of a document that are not where secrets belong: those that it names and that no definition of this
 * installation may read, and those that its URL shows. Judged where a document is about to be published and not where one
 * is read: a receiver that was published before this was judged keeps working. Pure.
 */
export function secretFaults(document: Json, places: SecretPlaces): readonly SecretFault[] {
  const { kind, spec } = (document ?? {}) as { readonly [field: string]: Json | undefined };
  if (!KINDS.has(kind) || spec === undefined) return [];
  return [...faultsAt(['spec'], spec, places), ...(kind === 'Receiver' ? urlFaults(spec) : [])];
}

function faultsAt(path: DocumentPath, json: Json, places: SecretPlaces): readonly SecretFault[] {
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

/** Of a receiver whose URL is written out. What is secret in it is never repeated. */
function urlFaults(spec: Json): readonly SecretFault[] {
  const { type, url } = (spec ?? {}) as { readonly [field: string]: Json | undefined };
  const parsed = typeof url === 'string' && /^https?:/i.test(url) ? URL.parse(url) : null;
  const why = parsed && whySecret(String(type), parsed);
  if (!why) return [];
  const message = `spec.url must be { env: NAME } or { file: PATH }: ${why}`;
  return [{ path: ['spec', 'url'], code: 'field_invalid', message }];
}

function whySecret(type: string, url: URL): string | undefined {
  if (BOTS.has(type)) return 'whoever knows the URL of a bot speaks through it';
  if (url.username !== '' || url.password !== '') return 'it says who logs in, before the @';
  const parameter = [...url.searchParams.keys()].find((name) => SECRET_PARAMETER.test(name));
  return parameter === undefined ? undefined : `its parameter ${parameter} is a secret`;
}

const BOTS: ReadonlySet<string> = new Set<ReceiverType>(['slack', 'feishu', 'dingtalk', 'wecom']);

/** As services call what lets a sender in: `token`, `access_token`, `api-key`, `X-Amz-Signature`. */
const SECRET_PARAMETER =
  /^(?:key|sig|sign|auth|pwd)$|(?:token|secret|password|signature|credential|(?:api|access|routing)[-_]?key)$/i;
