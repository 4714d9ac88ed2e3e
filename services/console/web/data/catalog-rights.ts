import type { DocumentAnswer } from '../../core/catalog/answers.ts';
import type { MeAnswer } from '../../core/overview/mine.ts';
import { get } from './api.ts';
import { shown, useResource } from './resource.ts';

/** What the reader may do with a document, as far as it is known: the server has the last word. */
export type Rights = {
  readonly mayWrite: boolean;
  readonly mayDecide: boolean;
  /** The reader wrote on the draft, so that somebody else approves it. */
  readonly isAuthor: boolean;
};

const WRITERS: readonly string[] = ['steward', 'owner', 'admin'];
const DECIDERS: readonly string[] = ['approver', 'admin'];
/** Who everyone is where there are no tokens: there nobody is somebody else. */
const ANYONE = 'person:local';

/** @param me undefined while it is not known: then nothing is kept from the reader */
export function rightsOf(
  me: Pick<MeAnswer, 'person' | 'roles'> | undefined,
  draft: Pick<NonNullable<DocumentAnswer['draft']>, 'authors'> | undefined,
): Rights {
  if (me === undefined) return { mayWrite: true, mayDecide: true, isAuthor: false };
  return {
    mayWrite: me.roles.some((role) => WRITERS.includes(role)),
    mayDecide: me.roles.some((role) => DECIDERS.includes(role)),
    isAuthor: me.person !== ANYONE && (draft?.authors.includes(me.person) ?? false),
  };
}

export function useRights(document: Pick<DocumentAnswer, 'draft'>): Rights {
  const { resource } = useResource('me', (signal) => get<MeAnswer>('/v1/me', signal));
  return rightsOf(shown(resource), document.draft);
}
