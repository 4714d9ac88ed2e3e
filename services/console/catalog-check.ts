import { buildCatalog, documentKey, identityOf } from '../kernel/catalog/build.ts';
import type { CatalogFault } from '../kernel/catalog/fault.ts';
import { impactOf } from '../kernel/catalog/impact.ts';
import { differencesOf, sameInputs } from '../kernel/catalog/near-duplicates.ts';
import type { Catalog } from '../kernel/definitions.ts';
import type { Json } from '../kernel/json.ts';
import { DEFAULT_PLACES, secretFaults } from '../platform/catalog/secret-faults.ts';
import { readText } from '../platform/catalog/text.ts';
import { catalogTools } from '../platform/catalog/tools.ts';
import type { SecretPlaces } from '../platform/webhook/secret.ts';
import type { CheckAnswer, NearAnswer } from './core/catalog/answers.ts';
import { impactAnswer } from './core/catalog-answers.ts';

/** What is published, as documents and as what they mean. */
export type PublishedCatalog = {
  readonly catalog: Catalog;
  /** By `KIND/ID`. */
  readonly documents: ReadonlyMap<string, Json>;
};
export type CheckedText = CheckAnswer & {
  /** `null` where the text is no YAML. */
  readonly json: Json;
  /** The catalogue as it would be. */
  readonly view: Catalog;
};

/**
 * What there is to say of a text before it is published in place of the document of its name: its faults where they
 * stand, the metrics that it resembles, and what it would do to others. Nothing is changed.
 * @param options.key `KIND/ID` that it has to be of; undefined: whichever it says
 * @param options.places where this installation has the secrets that definitions may name
 */
export function checkText(
  text: string,
  published: PublishedCatalog,
  { key, places = DEFAULT_PLACES }: { key?: string | undefined; places?: SecretPlaces } = {},
): CheckedText {
  const { json, faults, located } = readText(text);
  const none = { faults, duplicates: [], near: [], impacts: [] };
  const nothing = { ...none, view: published.catalog };
  if (json === undefined) return { json: null, ...nothing };
  const identity = identityOf(json);
  const document = identity ? json : provisionallyNamed(json);
  const name = identityOf(document);
  if (!name) return { json, ...nothing, faults: [...faults, located(NAMELESS)] };
  const own = documentKey(name);
  // Last, so that of two documents that cannot both be, this one is at fault.
  const others = [...published.documents].filter(([other]) => other !== own);
  const all = [...others, [own, document] as const];
  const built = buildCatalog(
    all.map(([, one]) => one),
    catalogTools,
  );
  const keyOf = (index: number): string => all[index]?.[0] ?? own;
  const ownFaults = [
    ...built.faults.filter((fault) => keyOf(fault.document) === own),
    ...secretFaults(document, places),
  ];
  if (!identity) {
    const missing = { ...NAMELESS, path: ['metadata', 'id'] };
    return { json, ...nothing, faults: [...faults, ...[missing, ...ownFaults].map(located)] };
  }
  // A faulty document is left out of what is built: what would break without it says nothing of what it is to become.
  const view = { before: published.catalog, after: built.catalog, faults: built.faults, keyOf };
  const impacts = ownFaults.length > 0 ? [] : impactOf(view, catalogTools);
  return {
    json,
    view: built.catalog,
    identity,
    faults: [
      ...faults,
      ...(key === undefined || key === own ? [] : [located(otherName(key))]),
      ...ownFaults.map(located),
    ],
    duplicates: ownFaults.flatMap(({ code, related }) => {
      const [kind, id] = related ? keyOf(related.document).split('/') : [];
      return code === 'definition_duplicate' && kind && id ? [{ kind, id }] : [];
    }),
    near: identity.kind === 'Metric' ? nearTo(identity.id, built.catalog) : [],
    impacts: impactAnswer(impacts).impacts,
  };
}

type Fault = Omit<CatalogFault, 'document'>;
const NAMELESS: Fault = {
  path: [],
  code: 'field_missing',
  message: 'a document has a kind and a metadata.id',
};
/** With an id that nobody gave it, so that the rest can be checked. @returns what has no kind, as it is */
function provisionallyNamed(json: Json): Json {
  const { kind, metadata } = (json ?? {}) as { readonly [field: string]: Json };
  return {
    ...(json as object),
    metadata: { ...(metadata as object | null), id: PROVISIONAL_ID[String(kind)] ?? 'unnamed' },
  } as Json;
}
/** There is one document of settings, and it has this id. */
const PROVISIONAL_ID: Readonly<Record<string, string>> = { Settings: 'default' };

const otherName = (key: string): Fault => ({
  path: ['metadata', 'id'],
  code: 'field_invalid',
  message: `this is the draft of ${key}: a document of another name is another draft`,
});

/** More than anybody looks at while typing. */
const NEAR_MAX = 20;

/** Published metrics of the same inputs, those that differ least first. */
function nearTo(id: string, catalog: Catalog): readonly NearAnswer[] {
  const metric = catalog.metrics.get(id);
  const group = sameInputs(catalog, catalogTools).find((one) => one.some((m) => m.id === id));
  if (!metric || !group) return [];
  return group
    .filter((other) => other.id !== id)
    .map((other) => {
      const differs = differencesOf(metric, other, { catalog, tools: catalogTools });
      const inputs = metric.kind === 'simple' ? 'the same events' : 'the same metrics';
      const reason = `made of ${inputs}; they differ in ${differs.join(', ') || 'words only'}`;
      return { metric: other.id, reason, differs };
    })
    .toSorted((a, b) => a.differs.length - b.differs.length || (a.metric < b.metric ? -1 : 1))
    .slice(0, NEAR_MAX);
}

/** The version that a metric had, by the event types and calendars of now. @returns null where it is none that stands alone */
export function versionOf(document: Json, { documents }: PublishedCatalog): string | null {
  const identity = identityOf(document);
  if (identity?.kind !== 'Metric') return null;
  const named = [...documents].filter(([key]) => NAMED_BY_METRICS.has(key.split('/')[0] ?? ''));
  const { catalog } = buildCatalog(
    [...named.map(([, one]) => one), withoutDrivers(document)],
    catalogTools,
  );
  return catalog.metrics.get(identity.id)?.version ?? null;
}
const NAMED_BY_METRICS: ReadonlySet<string> = new Set(['Calendar', 'EventType', 'Person', 'Team']);

/** They are no part of a version, and the metrics that they name may be gone by now. */
function withoutDrivers(document: Json): Json {
  const { spec, ...others } = document as { readonly [field: string]: Json };
  const { drivers: _, ...kept } = (spec ?? {}) as { readonly [field: string]: Json };
  return { ...others, spec: kept };
}
