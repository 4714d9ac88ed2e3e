import type { Catalog } from '../../kernel/definitions.ts';
import type { BrowserNotification } from '../../kernel/notification.ts';

/** `GET /v1/notifications`: newest first. */
export type NotificationsAnswer = { readonly notifications: readonly BrowserNotification[] };

/**
 * Whether a receiver's messages are for this person: it is one of his, or of a team that he is in. Whom the catalogue does
 * not know (the person of an installation without tokens, someone who looks after it) is shown all, as he may read all
 * alerts anyhow.
 * @param person `person:ID`
 */
export function isToldBy(
  receiver: string,
  person: string,
  { people, teams }: Pick<Catalog, 'people' | 'teams'>,
): boolean {
  const known = people.get(person.replace(/^person:/, ''));
  if (!known) return true;
  return (
    known.receivers.includes(receiver) ||
    [...teams.values()].some(
      (team) =>
        team.receivers.includes(receiver) && team.members.some((member) => member === person),
    )
  );
}
