import type {
  Catalog,
  DerivedMetric,
  EventTypeDefinition,
  MetricDefinition,
  SimpleMetric,
} from '../definitions.ts';
import type { Json } from '../json.ts';
import { fiscalYearOf } from './calendars.ts';
import type { CalendarDocument } from './calendars.ts';
import type { CatalogTools, Context } from './context.ts';
import { derivedMetricOf } from './derived-metrics.ts';
import type { DashboardDocument } from './dashboard-document.ts';
import { dashboardOf } from './dashboards.ts';
import type {
  CatalogDocument,
  DerivedMetricDocument,
  EventTypeDocument,
  PersonDocument,
  ResponsibilityDocument,
  SettingsDocument,
  SimpleMetricDocument,
  TeamDocument,
} from './documents.ts';
import type { AlertRuleDocument } from './rule-document.ts';
import { eventTypeOf } from './event-types.ts';
import { reportDigests } from './digests.ts';
import { reportDriverCycles } from './drivers.ts';
import { reportAliases, reportDuplicates } from './duplicates.ts';
import type { CatalogFault, Report } from './fault.ts';
import type { ManualMetricDocument } from './manual-document.ts';
import { MANUAL_ENTRY, MANUAL_ENTRY_TYPE } from './manual-entry-type.ts';
import { manualMetricOf } from './manual-metrics.ts';
import { objectiveOf } from './objectives.ts';
import type { ObjectiveDocument } from './objectives.ts';
import { personOf, responsibilityOf, settingsOf, teamOf } from './people.ts';
import { readDocument } from './read-document.ts';
import { receiverOf } from './receivers.ts';
import type { ReceiverDocument } from './receivers.ts';
import { alertRuleOf } from './rules.ts';
import { simpleMetricOf } from './simple-metrics.ts';
import { subscriptionOf } from './subscriptions.ts';
import type { SubscriptionDocument } from './subscriptions.ts';
import { reportTargetOverlaps } from './target-overlaps.ts';
import { targetOf } from './targets.ts';
import type { TargetDocument } from './targets.ts';

export type BuiltCatalog = {
  /** Only definitions that are sound, with all that they need; the whole of it when there are no faults. */
  readonly catalog: Catalog;
  readonly faults: readonly CatalogFault[];
};

export const EMPTY_CATALOG: Catalog = {
  eventTypes: new Map(),
  metrics: new Map(),
  rules: new Map(),
  responsibilities: new Map(),
  people: new Map(),
  teams: new Map(),
  receivers: new Map(),
  subscriptions: new Map(),
  objectives: new Map(),
  targets: new Map(),
  dashboards: new Map(),
  settings: {},
};

export type BuildOptions = {
  /** Documents that are there and cannot be read: what names them is not at fault. */
  readonly unread?: readonly Identity[];
  /** Faults that do not keep others from being checked against the definition that has them. */
  readonly isSlight?: (fault: CatalogFault) => boolean;
};

/**
 * Documents as definitions, checked one by one and against each other. Pure: the same documents give the same
 * definitions and versions in every process, whatever their order.
 * @param documents parsed, as people write them; an event type carries its Avro schema in `spec.avro`
 */
export function buildCatalog(
  documents: readonly Json[],
  tools: CatalogTools,
  { unread = [], isSlight = () => false }: BuildOptions = {},
): BuiltCatalog {
  const faults: CatalogFault[] = [];
  const faulty = new Set<number>();
  const reportFor =
    (document: number): Report =>
    (path, fault) => {
      const found = { document, path, ...fault };
      if (!isSlight(found)) faulty.add(document);
      faults.push(found);
    };
  const read = documents.map((raw, index) => readDocument(raw, reportFor(index)));
  const declared = declaredIds([...documents.map(identityOf), ...unread]);
  for (const index of repeated(documents))
    reportFor(index)(['metadata', 'id'], {
      code: 'id_taken',
      message: 'another document of this kind has the same id',
    });
  reportBuiltIn(read, reportFor);

  /** Builds all documents of one kind; those with faults are left out. */
  const each = <D extends CatalogDocument, T extends { readonly id: string } | object>(
    isWanted: (document: CatalogDocument) => document is D,
    make: (document: D, context: Context) => T | undefined,
  ): ReadonlyMap<string, T> => {
    const made = new Map<string, T>();
    for (const [index, document] of read.entries()) {
      if (!document || !isWanted(document)) continue;
      const definition = make(document, { tools, declared, report: reportFor(index) });
      if (definition !== undefined && !faulty.has(index))
        made.set(document.metadata.id, definition);
    }
    return made;
  };

  const receivers = each(isReceiver, receiverOf);
  const people = each(isPerson, personOf);
  const teams = each(isTeam, teamOf);
  const settings = each(isSettings, settingsOf);
  const calendars = each(isCalendar, fiscalYearOf);
  const manual: ReadonlyMap<string, SimpleMetric> = each(isManual, (document, context) =>
    manualMetricOf(document, calendars, context),
  );
  const declaredTypes: EventTypes = each(isEventType, eventTypeOf);
  const eventTypes = manual.size === 0 ? declaredTypes : withManualEntries(declaredTypes);
  const counted: ReadonlyMap<string, SimpleMetric> = each(isSimple, (document, context) => {
    const eventType = declaredTypes.get(document.spec.event);
    return simpleMetricOf(document, { eventType, calendars }, context);
  });
  const simple = new Map([...counted, ...manual]);
  const derivedDocuments = new Map(
    read.flatMap((document) =>
      document && isDerived(document) ? [[document.metadata.id, document]] : [],
    ),
  );
  const derived: ReadonlyMap<string, DerivedMetric> = each(isDerived, (document, context) =>
    derivedMetricOf(document, { simple, derived: derivedDocuments, calendars }, context),
  );
  const metrics = new Map<string, MetricDefinition>([...simple, ...derived]);
  const targets = each(isTarget, (document, context) => targetOf(document, metrics, context));
  const rules = each(isRule, (document, context) =>
    alertRuleOf(document, { metrics, targets }, context),
  );
  const responsibilities = each(isResponsibility, (document, context) =>
    responsibilityOf(document, metrics, context),
  );
  const subscriptions = each(isSubscription, (document, context) =>
    subscriptionOf(document, { metrics, rules }, context),
  );
  const objectives = each(isObjective, objectiveOf);
  const dashboards = each(isDashboard, (document, context) =>
    dashboardOf(document, metrics, context),
  );
  const catalog = {
    eventTypes,
    metrics,
    rules,
    responsibilities,
    people,
    teams,
    receivers,
    subscriptions,
    objectives,
    targets,
    dashboards,
    settings: settings.get('default') ?? {},
  };
  reportTogether(catalog, { documents, tools, reportFor });
  return { catalog, faults: faults.toSorted((a, b) => a.document - b.document) };
}

/** Faults of documents that are sound one by one and do not go together. */
function reportTogether(
  catalog: Catalog,
  given: {
    readonly documents: readonly Json[];
    readonly tools: CatalogTools;
    readonly reportFor: (document: number) => Report;
  },
): void {
  const { documents, tools, reportFor } = given;
  const places = placesOf(documents);
  const indexOf = (kind: string, id: string): number => places.get(documentKey({ kind, id })) ?? 0;
  const at = { indexOf, reportFor };
  reportDuplicates(catalog, { tools, ...at });
  reportAliases(catalog, at);
  reportDigests(catalog, at);
  reportTargetOverlaps(catalog, at);
  reportDriverCycles(catalog.metrics, (id) => reportFor(indexOf('Metric', id)));
}

type EventTypes = ReadonlyMap<string, EventTypeDefinition>;
const withManualEntries = (declared: EventTypes): EventTypes =>
  new Map(declared).set(MANUAL_ENTRY, MANUAL_ENTRY_TYPE);

function reportBuiltIn(
  read: readonly (CatalogDocument | undefined)[],
  reportFor: (document: number) => Report,
): void {
  for (const [index, document] of read.entries())
    if (document && isEventType(document) && document.metadata.id === MANUAL_ENTRY)
      reportFor(index)(['metadata', 'id'], {
        code: 'id_taken',
        message: `${MANUAL_ENTRY} is built in: it is there with the first metric of type manual`,
      });
}

const isReceiver = (one: CatalogDocument): one is ReceiverDocument => one.kind === 'Receiver';
const isPerson = (one: CatalogDocument): one is PersonDocument => one.kind === 'Person';
const isTeam = (one: CatalogDocument): one is TeamDocument => one.kind === 'Team';
const isSettings = (one: CatalogDocument): one is SettingsDocument => one.kind === 'Settings';
const isEventType = (one: CatalogDocument): one is EventTypeDocument => one.kind === 'EventType';
const isCalendar = (one: CatalogDocument): one is CalendarDocument => one.kind === 'Calendar';
const isRule = (one: CatalogDocument): one is AlertRuleDocument => one.kind === 'AlertRule';
const isResponsibility = (one: CatalogDocument): one is ResponsibilityDocument =>
  one.kind === 'Responsibility';
const isSubscription = (one: CatalogDocument): one is SubscriptionDocument =>
  one.kind === 'Subscription';
const isObjective = (one: CatalogDocument): one is ObjectiveDocument => one.kind === 'Objective';
const isTarget = (one: CatalogDocument): one is TargetDocument => one.kind === 'Target';
const isDashboard = (one: CatalogDocument): one is DashboardDocument => one.kind === 'Dashboard';
const isManual = (one: CatalogDocument): one is ManualMetricDocument =>
  one.kind === 'Metric' && one.spec.type === 'manual';
const isSimple = (one: CatalogDocument): one is SimpleMetricDocument =>
  one.kind === 'Metric' && one.spec.type === 'simple';
const isDerived = (one: CatalogDocument): one is DerivedMetricDocument =>
  one.kind === 'Metric' && one.spec.type === 'derived';

/** Of a document, on which its key is made. */
export type Identity = { readonly kind: string; readonly id: string };

/** Kind and id of a document, whatever else is wrong with it. */
export function identityOf(document: Json): Identity | undefined {
  const { kind, metadata } = (document ?? {}) as {
    kind?: unknown;
    metadata?: { id?: unknown } | null;
  };
  const id = metadata?.id;
  return typeof kind === 'string' && typeof id === 'string' ? { kind, id } : undefined;
}
/** The key of a document on the `catalog` topic. */
export const documentKey = ({ kind, id }: Identity): string => `${kind}/${id}`;

function declaredIds(
  identities: readonly (Identity | undefined)[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const declared = new Map<string, Set<string>>();
  for (const identity of identities) {
    if (!identity) continue;
    const ids = declared.get(identity.kind) ?? new Set();
    declared.set(identity.kind, ids.add(identity.id));
  }
  return declared;
}

/** Index of the first document of each kind and id. */
function placesOf(documents: readonly Json[]): ReadonlyMap<string, number> {
  const places = documents.map((document, index): [string, number] => {
    const identity = identityOf(document);
    return [identity ? documentKey(identity) : '', index];
  });
  return new Map(places.toReversed());
}

/** Indexes of documents whose kind and id an earlier one has. */
function repeated(documents: readonly Json[]): readonly number[] {
  const seen = new Set<string>();
  return documents.flatMap((document, index) => {
    const identity = identityOf(document);
    if (!identity) return [];
    const key = documentKey(identity);
    if (seen.has(key)) return [index];
    seen.add(key);
    return [];
  });
}
