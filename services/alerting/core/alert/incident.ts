import type {
  AlertRuleDefinition,
  Catalog,
  GroupSettings,
  MetricDefinition,
} from '../../../kernel/definitions.ts';
import type { Labels } from '../../../kernel/series.ts';
import type { DurationMs, EpochMs } from '../../../kernel/time.ts';

/** Which incident a message belongs to, and how long others of it are collected. */
export type Incident = {
  readonly key: string;
  readonly waitMs: DurationMs;
  readonly intervalMs: DurationMs;
};

/**
 * What an alert is an incident with: by its rule's word, else that of the settings; where neither says anything, every
 * alert is told by itself.
 */
export function incidentOf(
  catalog: Catalog,
  { rule, metric }: { rule: AlertRuleDefinition; metric: MetricDefinition },
): ((labels: Labels) => Incident | undefined) | undefined {
  const group = rule.notify.group ?? catalog.settings.group;
  if (!group || group.by === 'none') return undefined;
  const { waitMs, intervalMs } = group;
  const keyOf = keyBy(group.by, { catalog, rule, metric });
  return (labels) => {
    const key = keyOf(labels);
    return key === undefined ? undefined : { key, waitMs, intervalMs };
  };
}

function keyBy(
  by: Exclude<GroupSettings['by'], 'none'>,
  {
    catalog,
    rule,
    metric,
  }: { catalog: Catalog; rule: AlertRuleDefinition; metric: MetricDefinition },
): (labels: Labels) => string | undefined {
  if (by === 'rule') return () => `rule ${rule.id}`;
  if (by === 'parent') {
    const key = `metric ${parentOf(catalog, metric.id)}`;
    return () => key;
  }
  const { dimension } = by;
  return (labels) =>
    labels[dimension] === undefined ? undefined : `${dimension} ${labels[dimension]}`;
}

/** The metric that this one drives, of several the first by id; one that drives none is its own. */
function parentOf({ metrics }: Catalog, id: string): string {
  const drives = (one: MetricDefinition): boolean =>
    one.drivers?.some(({ metric }) => metric === id) === true ||
    (one.kind === 'derived' && one.inputs.includes(id));
  const parents = [...metrics.values()].filter((one) => one.id !== id && drives(one));
  return parents.map((one) => one.id).toSorted()[0] ?? id;
}

/** What was told of an incident to one receiver, and when the next message about it is due. */
export type Told = {
  /** The only episode that was told so far; null: there are several. */
  readonly sole: string | null;
  readonly openedMs: EpochMs;
  readonly lastMs: EpochMs;
  /** When those that are collected are told; null while there are none. */
  readonly dueMs: EpochMs | null;
};

/**
 * When a message of an episode is told. The first of an incident at once, and all further ones of an episode that has it
 * for itself; those of others are collected for `waitMs` since the beginning, later ones for `intervalMs` since the last.
 * An incident of which nothing was told for `intervalMs` is over.
 * @returns the time, and what is known of the incident then; law: the time is `nowMs` or later, by at most the longer wait
 */
export function dueOf(
  told: Told | undefined,
  incident: Incident,
  { episode, nowMs }: { episode: string; nowMs: EpochMs },
): { readonly dueMs: EpochMs; readonly told: Told } {
  const isOver = !told || (told.dueMs === null && nowMs >= told.lastMs + incident.intervalMs);
  if (isOver)
    return { dueMs: nowMs, told: { sole: episode, openedMs: nowMs, lastMs: nowMs, dueMs: null } };
  if (told.dueMs !== null) return { dueMs: Math.max(nowMs, told.dueMs), told };
  if (told.sole === episode) return { dueMs: nowMs, told: { ...told, lastMs: nowMs } };
  const waitEndMs = told.openedMs + incident.waitMs;
  const isFirst = told.sole !== null && nowMs < waitEndMs;
  const dueMs = isFirst ? waitEndMs : Math.max(nowMs, told.lastMs + incident.intervalMs);
  return { dueMs, told: { ...told, dueMs } };
}

/** After those that were collected were told. */
export const flushed = (told: Told, nowMs: EpochMs): Told => ({
  ...told,
  sole: null,
  lastMs: nowMs,
  dueMs: null,
});
