import type {
  Catalog,
  LocalizedText,
  MetricDefinition,
  OwnerRef,
} from '../../../kernel/definitions.ts';
import { ownerName } from '../../../kernel/owner.ts';
import type { EpochMs } from '../../../kernel/time.ts';

/** What somebody has to do with a metric, the strongest first. */
export const TIES = ['accountable', 'owner', 'deputy', 'steward', 'follows'] as const;
export type Tie = (typeof TIES)[number];

/** `GET /v1/me` */
export type MeAnswer = {
  readonly person: string;
  /** null: the catalogue has nobody of this name. */
  readonly name: LocalizedText | null;
  /** With all that they include. */
  readonly roles: readonly string[];
  /** Teams that the person is in, through teams of teams. */
  readonly teams: readonly string[];
  /** Why these: they are the person's own; or, as there are none, those of core, of an objective, or the first. */
  readonly choice: 'own' | 'core' | 'objective' | 'first';
  /** None without the role reader. */
  readonly metrics: readonly { readonly id: string; readonly ties: readonly Tie[] }[];
};

/** Of whom nothing is known, so many metrics are shown. */
const FIRST_MAX = 12;

/** Who asks, and which metrics are theirs today: by person and by the teams that they are in. */
export function meAnswer(
  catalog: Catalog,
  asker: { readonly person: string; readonly roles: ReadonlySet<string> },
  nowMs: EpochMs,
): MeAnswer {
  const teams = teamsOf(catalog, asker.person);
  const who = new Set([asker.person, ...teams]);
  const metrics = asker.roles.has('reader')
    ? [...catalog.metrics.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))
    : [];
  const own = metrics.flatMap((metric) => {
    const ties = tiesOf(catalog, metric, { who, nowMs });
    return ties.length === 0 ? [] : [{ id: metric.id, ties }];
  });
  return {
    person: asker.person,
    name: ownerName(catalog, asker.person),
    roles: [...asker.roles],
    teams,
    ...(own.length > 0 ? { choice: 'own', metrics: own } : othersOf(catalog, metrics)),
  };
}

function othersOf(
  { objectives }: Catalog,
  metrics: readonly MetricDefinition[],
): Pick<MeAnswer, 'choice' | 'metrics'> {
  const measured = new Set([...(objectives?.values() ?? [])].flatMap((one) => one.metrics));
  const core = metrics.filter(({ tags }) => tags.includes('core'));
  const objective = metrics.filter(({ id }) => measured.has(id));
  const shown = (some: readonly MetricDefinition[]) => some.map(({ id }) => ({ id, ties: [] }));
  if (core.length > 0) return { choice: 'core', metrics: shown(core) };
  if (objective.length > 0) return { choice: 'objective', metrics: shown(objective) };
  return { choice: 'first', metrics: shown(metrics.slice(0, FIRST_MAX)) };
}

/** Teams that hold the person, or a team that does. */
function teamsOf({ teams }: Catalog, person: string): readonly string[] {
  const found = new Set<string>([person]);
  // A set gives out also what is added while it is walked.
  for (const member of found)
    for (const { id, members } of teams.values())
      if (members.includes(member as OwnerRef)) found.add(`team:${id}`);
  found.delete(person);
  return [...found];
}

function tiesOf(
  catalog: Catalog,
  metric: MetricDefinition,
  { who, nowMs }: { who: ReadonlySet<string>; nowMs: EpochMs },
): readonly Tie[] {
  const is = (ref: string | undefined): boolean => ref !== undefined && who.has(ref);
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs)
    .toZonedDateTimeISO(metric.timezone)
    .toPlainDate()
    .toString();
  const entries = [...catalog.responsibilities.values()]
    .flatMap((one) => one.entries)
    .filter(
      ({ metric: id, from = '', to }) =>
        id === metric.id && from <= today && (to === undefined || today < to),
    );
  const rules = new Set(
    [...catalog.rules.values()].flatMap((rule) => (rule.metric === metric.id ? [rule.id] : [])),
  );
  const holds: Readonly<Record<Tie, boolean>> = {
    accountable: entries.some(({ accountable }) => is(accountable)),
    owner: is(metric.owner),
    deputy: is(metric.deputy) || entries.some(({ deputy }) => is(deputy)),
    steward: is(metric.steward),
    follows: [...(catalog.subscriptions?.values() ?? [])].some(
      (one) => is(one.who) && (one.metric === metric.id || rules.has(one.rule ?? '')),
    ),
  };
  return TIES.filter((tie) => holds[tie]);
}
