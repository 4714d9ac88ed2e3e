import type { Catalog } from '../../kernel/definitions.ts';
import type { Audience } from './text.ts';

/**
 * In which language and zone a receiver is told: those of the person behind it, else of the team, else English and UTC.
 * Where several people share it, the first by id has the say, so that all retries read alike.
 */
export function audienceOf(
  receiver: string,
  { people, teams }: Pick<Catalog, 'people' | 'teams'>,
): Audience {
  const has = ({ receivers }: { readonly receivers: readonly string[] }) =>
    receivers.includes(receiver);
  const first = <T extends { readonly id: string }>(all: readonly T[]): T | undefined =>
    all.toSorted((a, b) => (a.id < b.id ? -1 : 1))[0];
  const person = first([...people.values()].filter(has));
  if (person) {
    const locale = person.locale.toLowerCase().startsWith('zh') ? 'zh' : 'en';
    return { locale, timezone: person.timezone };
  }
  return { locale: 'en', timezone: first([...teams.values()].filter(has))?.timezone ?? 'UTC' };
}
