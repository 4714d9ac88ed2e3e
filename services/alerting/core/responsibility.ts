import type {
  Catalog,
  MetricDefinition,
  OwnerRef,
  ResponsibilityEntry,
} from '../../kernel/definitions.ts';
import type { Labels } from '../../kernel/series.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Route } from './plan.ts';

type Directory = Pick<Catalog, 'responsibilities' | 'people' | 'teams' | 'settings'>;

/** Teams inside teams are followed this deep. */
const TEAM_DEPTH_MAX = 5;

/**
 * Who answers for a metric's series on a local date: the entry with the most labels that all match wins, among equals
 * the later `from`, then the smaller id. Nobody: the metric's owner; if the catalogue does not know him, the fallback team.
 * Messages go to the accountable; to the deputy where the accountable has no receiver.
 * @param atMs the date is taken in the metric's zone
 */
export function routeOf(
  directory: Directory,
  metric: MetricDefinition,
  at: { labels: Labels; atMs: EpochMs },
): Route {
  const date = Temporal.Instant.fromEpochMilliseconds(at.atMs)
    .toZonedDateTimeISO(metric.timezone)
    .toPlainDate()
    .toString();
  const found = mostSpecific(directory, metric.id, { labels: at.labels, date });
  if (found) return routed(directory, found.entry, found.id);
  if (isKnown(directory, metric.owner))
    return routed(directory, { accountable: metric.owner }, 'metric');
  const { fallbackTeam } = directory.settings;
  if (fallbackTeam) return routed(directory, { accountable: fallbackTeam }, 'fallback');
  return { accountable: metric.owner, deputy: null, via: 'metric', receivers: [] };
}

function mostSpecific(
  { responsibilities }: Directory,
  metric: string,
  at: { labels: Labels; date: string },
): { id: string; entry: ResponsibilityEntry } | undefined {
  return [...responsibilities.values()]
    .flatMap(({ id, entries }) => entries.map((entry) => ({ id, entry })))
    .filter(({ entry }) => entry.metric === metric && holds(entry, at))
    .sort(
      (a, b) =>
        Object.keys(b.entry.where).length - Object.keys(a.entry.where).length ||
        byText(b.entry.from ?? '', a.entry.from ?? '') ||
        byText(a.id, b.id),
    )[0];
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Dates are ISO texts, so their order is that of the text. */
const holds = (entry: ResponsibilityEntry, { labels, date }: { labels: Labels; date: string }) =>
  (entry.from === undefined || entry.from <= date) &&
  (entry.to === undefined || date < entry.to) &&
  Object.entries(entry.where).every(([name, member]) => labels[name] === member);

function routed(
  directory: Directory,
  owner: Pick<ResponsibilityEntry, 'accountable' | 'deputy'>,
  via: string,
): Route {
  const first = receiversOf(directory, owner.accountable);
  const receivers =
    first.length === 0 && owner.deputy ? receiversOf(directory, owner.deputy) : first;
  return { accountable: owner.accountable, deputy: owner.deputy ?? null, via, receivers };
}

function isKnown({ people, teams }: Directory, ref: OwnerRef): boolean {
  const [kind, id = ''] = ref.split(':');
  return kind === 'team' ? teams.has(id) : people.has(id);
}

/** A person's receivers; a team's own, else those of its members. Each once. */
export function receiversOf(directory: Directory, ref: OwnerRef, depth = 0): readonly string[] {
  const [kind, id = ''] = ref.split(':');
  if (kind !== 'team') return directory.people.get(id)?.receivers ?? [];
  const team = directory.teams.get(id);
  if (!team || depth >= TEAM_DEPTH_MAX) return [];
  if (team.receivers.length > 0) return team.receivers;
  return [...new Set(team.members.flatMap((member) => receiversOf(directory, member, depth + 1)))];
}
