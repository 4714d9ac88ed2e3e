import { useState } from 'preact/hooks';
import type { DocumentAnswer } from '../../core/catalog/answers.ts';
import { ApiError, send } from './api.ts';
import { baseOf, documentPath, draftPath } from './catalog.ts';
import { useAction } from './use-action.ts';
import type { Action } from './use-action.ts';

/** What is decided about a draft, and about what is published. */
export type DraftVerb = 'submit' | 'withdraw' | 'approve' | 'reject';
export type DocumentVerb = 'retire' | 'rollback';

export type Decision = Pick<Action, 'isBusy' | 'error'> & {
  /** Whether it was refused because others would be broken, or is known to break them. */
  readonly breaks: boolean;
  readonly acceptsBreaks: boolean;
  readonly accept: (acceptsBreaks: boolean) => void;
  readonly tell: (verb: DraftVerb | DocumentVerb, said?: Readonly<Record<string, unknown>>) => void;
  readonly discard: () => void;
};

const ON_DOCUMENTS: ReadonlySet<string> = new Set<DocumentVerb>(['retire', 'rollback']);
const PUBLISHING: ReadonlySet<string> = new Set(['approve', 'retire', 'rollback']);

/**
 * Decides about the document as the reader sees it: what somebody changed meanwhile is refused, and so is what breaks
 * others until that is accepted.
 */
export function useDecision(document: DocumentAnswer, done: () => void): Decision {
  const { kind, id, draft } = document;
  const [acceptsBreaks, accept] = useState(false);
  const action = useAction(done);
  const base = baseOf(document);
  const upon = base === undefined ? {} : { base };
  const isRefused = action.error instanceof ApiError && action.error.code === 'change_breaks';
  return {
    isBusy: action.isBusy,
    error: action.error,
    breaks:
      isRefused ||
      (draft?.state === 'in_review' && draft.impacts.some(({ isBreaking }) => isBreaking)),
    acceptsBreaks,
    accept,
    tell(verb, said = {}) {
      const at = ON_DOCUMENTS.has(verb) ? documentPath(kind, id) : draftPath(kind, id);
      const accepted = acceptsBreaks && PUBLISHING.has(verb) ? { acceptsBreaks } : {};
      void action.run(() => send('POST', `${at}/${verb}`, { ...upon, ...accepted, ...said }));
    },
    discard: () => void action.run(() => send('DELETE', draftPath(kind, id), upon)),
  };
}
