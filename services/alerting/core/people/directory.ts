import type {
  Catalog,
  OwnerRef,
  PersonDefinition,
  TeamDefinition,
} from '../../../kernel/definitions.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { localDateAt } from './local-time.ts';

/** What is published of people and of who answers. */
export type Directory = Pick<Catalog, 'responsibilities' | 'people' | 'teams' | 'settings'>;

/** Teams inside teams are followed this deep. */
const TEAM_DEPTH_MAX = 5;

const idOf = (ref: OwnerRef): string => ref.slice(ref.indexOf(':') + 1);
export const isTeam = (ref: OwnerRef): boolean => ref.startsWith('team:');
export const personOf = (directory: Directory, ref: OwnerRef): PersonDefinition | undefined =>
  isTeam(ref) ? undefined : directory.people.get(idOf(ref));
export const teamOf = (directory: Directory, ref: OwnerRef): TeamDefinition | undefined =>
  isTeam(ref) ? directory.teams.get(idOf(ref)) : undefined;
export const isKnown = (directory: Directory, ref: OwnerRef): boolean =>
  (personOf(directory, ref) ?? teamOf(directory, ref)) !== undefined;

/** Whether the person is this one, or a member of this team or of a team in it. */
export function isOne(
  { teams, depth = 0 }: Pick<Directory, 'teams'> & { readonly depth?: number },
  person: string,
  ref: OwnerRef,
): boolean {
  if (ref === person) return true;
  const members = isTeam(ref) && depth < TEAM_DEPTH_MAX ? teams.get(idOf(ref))?.members : undefined;
  const within = { teams, depth: depth + 1 };
  return members?.some((member) => isOne(within, person, member)) ?? false;
}

/** A person's absence at a moment, by the date where he lives; absences that adjoin are one. */
export type Away = {
  /** The date on which he is back. */
  readonly until: string;
  /** Who answers meanwhile, by the absence that holds now. */
  readonly deputy: OwnerRef | null;
};
export function awayAt(person: PersonDefinition, atMs: EpochMs): Away | undefined {
  const absences = person.absences ?? [];
  const on = (date: string) => absences.find(({ from, to }) => from <= date && date < to);
  const now = on(localDateAt(atMs, person.timezone));
  if (!now) return undefined;
  let last = now;
  for (let next = on(last.to); next; next = on(last.to)) last = next;
  return { until: last.to, deputy: now.deputy ?? null };
}

/** A person, or a team that has receivers; a person may have none. */
export type Reached = { readonly who: OwnerRef; readonly receivers: readonly string[] };

/**
 * Who is told when this one is: a person himself; a team by its own receivers, and where it has none, those of its
 * members who are not away.
 * @param atMs of the telling
 */
export const reachedBy = (directory: Directory, ref: OwnerRef, atMs: EpochMs): readonly Reached[] =>
  presentOf(directory, ref, atMs).filter(({ receivers }) => receivers.length > 0);

/** As `reachedBy`, with those who have no receivers of their own. */
export function presentOf(directory: Directory, ref: OwnerRef, atMs: EpochMs): readonly Reached[] {
  return presentWithin(directory, ref, { atMs, depth: 0 });
}

function presentWithin(
  directory: Directory,
  ref: OwnerRef,
  at: { atMs: EpochMs; depth: number },
): readonly Reached[] {
  const { atMs, depth } = at;
  const person = personOf(directory, ref);
  if (person) return awayAt(person, atMs) ? [] : [{ who: ref, receivers: person.receivers }];
  const team = teamOf(directory, ref);
  if (!team || depth >= TEAM_DEPTH_MAX) return [];
  if (team.receivers.length > 0) return [{ who: ref, receivers: team.receivers }];
  return team.members.flatMap((member) =>
    presentWithin(directory, member, { atMs, depth: depth + 1 }),
  );
}

/** Receivers of all of them, each once. */
export const receiversOf = (reached: readonly Reached[]): readonly string[] => [
  ...new Set(reached.flatMap(({ receivers }) => receivers)),
];
