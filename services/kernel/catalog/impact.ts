import type { Catalog, MetricDefinition } from '../definitions.ts';
import { canonicalJson } from '../json.ts';
import { windowRules } from './calendars.ts';
import type { CanonicalTools } from './canonical.ts';
import type { CatalogFault } from './fault.ts';
import { downstream, fieldId, lineageEdges } from './lineage.ts';
import type { LineageEdge } from './lineage.ts';
import { schemaChanges } from './schema-changes.ts';
import type { SchemaChange } from './schema-changes.ts';

/** What a change may do to those who rely on what is published. */
export const IMPACT_CODES = {
  field_removed: 'A field of an event type goes.',
  field_renamed: 'A field of an event type has another name.',
  field_type_changed: 'A field of an event type has another type.',
  field_required: 'An event type demands a new field.',
  definition_broken: 'A definition that is published would not be sound any more.',
  metric_removed: 'A metric goes, and its values with it; what still needs it is broken.',
  breakdown_removed: 'A metric is no longer kept by these dimensions.',
  grain_removed: 'A metric no longer keeps cells of this grain.',
  unit_changed: 'A metric has another unit or other decimal places.',
  timezone_changed: 'The days of a metric begin at another time.',
  calendar_changed: 'Years, quarters, months or weeks of a metric begin on other days.',
  values_changed: 'A metric is counted anew from the log under another version.',
} as const;
export type ImpactCode = keyof typeof IMPACT_CODES;

export type Impact = {
  readonly code: ImpactCode;
  /** `KIND/ID` of what changes. */
  readonly subject: string;
  /** Where in its document; absent where the whole is meant. */
  readonly path?: readonly (string | number)[];
  readonly message: string;
  /** Somebody who changes nothing himself gets errors, or other figures under the same name. */
  readonly isBreaking: boolean;
  /** `KIND/ID` of all that depends on it, whatever the distance; `producers` and `readers` are those outside. */
  readonly affects: readonly string[];
};

/** A catalogue before and after a change; `faults` are those after it, with the keys of the documents they are of. */
export type CatalogChangeView = {
  readonly before: Catalog;
  readonly after: Catalog;
  readonly faults: readonly CatalogFault[];
  readonly keyOf: (document: number) => string;
};

/**
 * What a change would do before it is accepted. Law: what is not named here neither refuses an event that was accepted
 * nor a question that was answered, and leaves every value as it was. Words about a metric, owners, rules and people
 * are not looked at.
 */
export function impactOf(view: CatalogChangeView, tools: CanonicalTools): readonly Impact[] {
  const edges = lineageEdges(view.before, tools);
  return [
    ...brokenDefinitions(view),
    ...eventTypeImpacts(view, edges),
    ...metricImpacts(view, edges),
  ];
}

const brokenDefinitions = ({ faults, keyOf }: CatalogChangeView): readonly Impact[] =>
  faults.map(({ document, path, message }) => ({
    code: 'definition_broken',
    subject: keyOf(document),
    path,
    message,
    isBreaking: true,
    affects: [keyOf(document)],
  }));

function eventTypeImpacts(
  { before, after }: CatalogChangeView,
  edges: readonly LineageEdge[],
): readonly Impact[] {
  return [...before.eventTypes.values()].flatMap((old) => {
    const now = after.eventTypes.get(old.id);
    if (!now) return [];
    return schemaChanges(old.schema, now.schema).flatMap((change): readonly Impact[] => {
      if (change.kind === 'field_added') return [];
      const field = `Field/${fieldId(old.id, change.path)}`;
      const inside = `${field}.`;
      const read = [...new Set(edges.map(({ from }) => from))].filter(
        (from) => from === field || from.startsWith(inside),
      );
      const isRefused = change.kind !== 'field_removed' || now.unknownFields === 'refuse';
      return [
        {
          code: change.kind,
          subject: `EventType/${old.id}`,
          path: ['spec', 'avro', ...change.path.split('.').slice(1)],
          message: told(change, isRefused),
          isBreaking: isRefused || read.length > 0,
          affects: [...downstream(edges, read), ...(isRefused ? ['producers'] : [])].toSorted(),
        },
      ];
    });
  });
}

function told(change: Exclude<SchemaChange, { kind: 'field_added' }>, isRefused: boolean): string {
  const { path } = change;
  switch (change.kind) {
    case 'field_removed':
      return isRefused ? `${path} goes: events that still have it are refused` : `${path} goes`;
    case 'field_renamed':
      return `${path} becomes ${change.to}: events with the old name are refused`;
    case 'field_type_changed':
      return `${path} is ${change.to} and no longer ${change.from}: events as before may be refused`;
    case 'field_required':
      return `${path} has no default: events without it are refused`;
  }
}

function metricImpacts(
  { before, after }: CatalogChangeView,
  edges: readonly LineageEdge[],
): readonly Impact[] {
  return [...before.metrics.values()].flatMap((old) => {
    const subject = `Metric/${old.id}`;
    const now = after.metrics.get(old.id);
    const gone: Change = {
      code: 'metric_removed',
      message: `${old.id} goes: its values are shown no more`,
      isBreaking: false,
    };
    const changes = now ? differences(old, now) : [gone];
    if (changes.length === 0) return [];
    const affects = [...downstream(edges, [subject]), 'readers'].toSorted();
    return changes.map((change) => ({ ...change, subject, affects }));
  });
}

type Change = Pick<Impact, 'code' | 'message' | 'isBreaking' | 'path'>;

function differences(old: MetricDefinition, now: MetricDefinition): readonly Change[] {
  const named = (names: readonly string[]): string => `[${names.join(', ')}]`;
  const key = (names: readonly string[]): string => names.toSorted().join();
  const kept = new Set(now.breakdowns.map(key));
  const unitOf = ({ unit }: MetricDefinition): string => `${unit.code} with ${unit.scale} places`;
  const breaking: readonly (Change | undefined)[] = [
    ...old.breakdowns
      .filter((names) => !kept.has(key(names)))
      .map((names): Change => ({
        code: 'breakdown_removed',
        path: ['spec', 'breakdowns'],
        message: `${old.id} is no longer kept by ${named(names)}`,
        isBreaking: true,
      })),
    ...old.grains
      .filter((grain) => !now.grains.includes(grain))
      .map((grain): Change => ({
        code: 'grain_removed',
        path: ['spec', 'grains'],
        message: `${old.id} no longer keeps ${grain} cells`,
        isBreaking: true,
      })),
    unitOf(old) === unitOf(now)
      ? undefined
      : {
          code: 'unit_changed',
          path: ['spec', 'unit'],
          message: `values of ${old.id} are ${unitOf(now)} and no longer ${unitOf(old)}`,
          isBreaking: true,
        },
    old.timezone === now.timezone
      ? undefined
      : {
          code: 'timezone_changed',
          path: ['spec', 'timezone'],
          message: `days of ${old.id} begin at midnight in ${now.timezone} and no longer in ${old.timezone}`,
          isBreaking: true,
        },
    canonicalJson(windowRules(old)) === canonicalJson(windowRules(now))
      ? undefined
      : {
          code: 'calendar_changed',
          path: ['spec', 'calendar'],
          message: `windows longer than a day of ${old.id} are of the calendar ${now.calendar?.id ?? 'gregorian'} as it now is`,
          isBreaking: true,
        },
    old.version === now.version
      ? undefined
      : {
          code: 'values_changed',
          message: `${old.id} is counted anew, as version ${now.version} in place of ${old.version}`,
          isBreaking: false,
        },
  ];
  return breaking.filter((one) => one !== undefined);
}
