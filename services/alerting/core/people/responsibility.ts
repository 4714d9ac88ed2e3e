import type {
  MetricDefinition,
  OwnerRef,
  ResponsibilityEntry,
} from '../../../kernel/definitions.ts';
import type { Labels } from '../../../kernel/series.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { awayAt, isKnown, personOf, reachedBy, receiversOf } from './directory.ts';
import type { Directory } from './directory.ts';
import { localDateAt } from './local-time.ts';
import type { Route } from '../plan/plan.ts';

/** As what somebody answers. `absence`: as the deputy whom the absent one named for his absence. */
export type AnswersAs = 'accountable' | 'absence' | 'deputy' | 'escalation' | 'metric' | 'fallback';
type Candidate = { readonly who: OwnerRef; readonly as: AnswersAs };

/** Who answers in fact, and who should have. */
export type Answering = { readonly who: OwnerRef; readonly as: AnswersAs };
export type PassedOver = Candidate & {
  readonly reason: 'absent' | 'unreachable' | 'unknown';
  /** Of an absence: the date on which he is back. */
  readonly until: string | null;
};

/** Deputies of deputies are followed this far. */
const DEPUTY_DEPTH_MAX = 5;

/**
 * Who answers for a metric's series on a local date: the entry with the most labels that all match wins, among equals
 * the later `from`, then the smaller id.
 *
 * The first of these who is not away and has a receiver is told: its accountable; while he is away the deputy whom he
 * named for it; the entry's deputy; its escalation steps in order; the metric's owner; the fallback team. `via` says
 * which: `ID` of the responsibility, `ID/absence`, `ID/deputy`, `ID/escalation`, `ID/metric`, `ID/fallback`; without an
 * entry `metric`, `metric/absence` or `fallback`. Nobody: no receivers, and the message is owed to none.
 * @param at.atMs the date is taken in the metric's zone   @param at.toldMs who is away is asked at this time
 */
export function routeOf(
  directory: Directory,
  metric: MetricDefinition,
  at: { labels: Labels; atMs: EpochMs; toldMs?: EpochMs },
): Route {
  const date = localDateAt(at.atMs, metric.timezone);
  const found = mostSpecific(directory, metric.id, { labels: at.labels, date });
  const toldMs = at.toldMs ?? at.atMs;
  const candidates = candidatesOf(directory, { metric, entry: found?.entry, toldMs });
  const { receivers, ...who } = firstReached(directory, candidates, toldMs);
  const as = who.answering?.as ?? (found ? 'accountable' : 'metric');
  const isFallback = !found && as === 'fallback';
  return {
    accountable:
      found?.entry.accountable ?? (isFallback ? (who.answering?.who ?? null) : metric.owner),
    deputy: found?.entry.deputy ?? null,
    via: viaOf(found?.id ?? null, as),
    receivers,
    ...who,
  };
}

/**
 * Whom a step of the escalation reaches: the one whom it names; while he is away the deputy whom he named for it; the
 * metric's owner; the fallback team. Nobody: no receivers.
 * @param step.toldMs who is away is asked at this time
 */
export function stepReached(
  directory: Directory,
  metric: MetricDefinition,
  { to, toldMs }: { to: OwnerRef; toldMs: EpochMs },
): Reaching {
  const candidates = eachOnce([
    { who: to, as: 'escalation' },
    ...absenceDeputies(directory, to, toldMs),
    ...inTheEnd(directory, metric, toldMs),
  ]);
  return firstReached(directory, candidates, toldMs);
}

type Reaching = Pick<Route, 'receivers' | 'answering' | 'passedOver'>;

/** The first of them who is not away and has a receiver, and those before him. */
function firstReached(
  directory: Directory,
  candidates: readonly Candidate[],
  toldMs: EpochMs,
): Reaching {
  const passed: PassedOver[] = [];
  for (const candidate of candidates) {
    const receivers = receiversOf(reachedBy(directory, candidate.who, toldMs));
    const passedOver = passed.length > 0 ? { passedOver: passed } : {};
    if (receivers.length > 0) return { receivers, answering: candidate, ...passedOver };
    passed.push({ ...candidate, ...whyNot(directory, candidate.who, toldMs) });
  }
  return { receivers: [], ...(passed.length > 0 ? { passedOver: passed } : {}) };
}

function viaOf(id: string | null, as: AnswersAs): string {
  if (id !== null) return as === 'accountable' ? id : `${id}/${as}`;
  return as === 'absence' ? 'metric/absence' : as;
}

/** Everybody who may have to answer, in the order in which he is asked; each once. */
function candidatesOf(
  directory: Directory,
  of: { metric: MetricDefinition; entry: ResponsibilityEntry | undefined; toldMs: EpochMs },
): readonly Candidate[] {
  const { metric, entry, toldMs } = of;
  return eachOnce([
    ...(entry ? [{ who: entry.accountable, as: 'accountable' as const }] : []),
    ...(entry ? absenceDeputies(directory, entry.accountable, toldMs) : []),
    ...(entry?.deputy ? [{ who: entry.deputy, as: 'deputy' as const }] : []),
    ...(entry?.escalation ?? []).map(({ to }) => ({ who: to, as: 'escalation' as const })),
    ...inTheEnd(directory, metric, toldMs),
  ]);
}

/** Who answers where all others fail. */
function inTheEnd(
  directory: Directory,
  metric: MetricDefinition,
  toldMs: EpochMs,
): readonly Candidate[] {
  const { fallbackTeam } = directory.settings;
  return [
    { who: metric.owner, as: 'metric' },
    ...absenceDeputies(directory, metric.owner, toldMs),
    ...(fallbackTeam ? [{ who: fallbackTeam, as: 'fallback' as const }] : []),
  ];
}

const eachOnce = (all: readonly Candidate[]): readonly Candidate[] =>
  all.filter(({ who }, i) => all.findIndex((one) => one.who === who) === i);

/** The deputy whom an absent one named, and, where that one is away too, his. */
function absenceDeputies(
  directory: Directory,
  absent: OwnerRef,
  toldMs: EpochMs,
): readonly Candidate[] {
  const deputies: Candidate[] = [];
  let who: OwnerRef | null = absent;
  while (who && deputies.length < DEPUTY_DEPTH_MAX) {
    const person = personOf(directory, who);
    who = (person && awayAt(person, toldMs)?.deputy) ?? null;
    if (who) deputies.push({ who, as: 'absence' });
  }
  return deputies;
}

function whyNot(
  directory: Directory,
  who: OwnerRef,
  toldMs: EpochMs,
): Pick<PassedOver, 'reason' | 'until'> {
  if (!isKnown(directory, who)) return { reason: 'unknown', until: null };
  const person = personOf(directory, who);
  const away = person && awayAt(person, toldMs);
  return away ? { reason: 'absent', until: away.until } : { reason: 'unreachable', until: null };
}

type Found = { readonly id: string; readonly entry: ResponsibilityEntry };

/** The entry that holds for a series on a date, of those that all match. */
export const mostSpecific = (
  directory: Directory,
  metric: string,
  at: { labels: Labels; date: string },
): Found | undefined => matching(directory, metric, at)[0];

/** All entries that hold for a series on a date, the one that wins first. */
export function matching(
  { responsibilities }: Directory,
  metric: string,
  at: { labels: Labels; date: string },
): readonly Found[] {
  return [...responsibilities.values()]
    .flatMap(({ id, entries }) => entries.map((entry) => ({ id, entry })))
    .filter(({ entry }) => entry.metric === metric && holds(entry, at))
    .sort(
      (a, b) =>
        Object.keys(b.entry.where).length - Object.keys(a.entry.where).length ||
        byText(b.entry.from ?? '', a.entry.from ?? '') ||
        byText(a.id, b.id),
    );
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Dates are ISO texts, so their order is that of the text. */
const holds = (entry: ResponsibilityEntry, { labels, date }: { labels: Labels; date: string }) =>
  (entry.from === undefined || entry.from <= date) &&
  (entry.to === undefined || date < entry.to) &&
  Object.entries(entry.where).every(([name, member]) => labels[name] === member);
