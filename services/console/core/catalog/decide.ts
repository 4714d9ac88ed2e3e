import type { DocumentLife, Draft, Publication, Step } from '../../../kernel/catalog/life.ts';
import type { Refusal } from '../../../kernel/errors.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import { formatRfc3339 } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';

/** A text with the document that it says: canonical JSON, `null` where it is no YAML. */
export type Wording = { readonly document: string; readonly text?: string };

/** What somebody wants done with a document. */
export type CatalogCommand =
  | { readonly kind: 'save'; readonly wording: Wording; readonly note?: string }
  | { readonly kind: 'submit'; readonly note?: string }
  | { readonly kind: 'approve'; readonly note?: string }
  | { readonly kind: 'reject' | 'retire'; readonly reason: string }
  | { readonly kind: 'discard' | 'withdraw' }
  | { readonly kind: 'roll_back'; readonly revision: number };

/** The document as the log tells of it. */
export type DocumentNow = {
  /** `KIND/ID` */
  readonly key: string;
  readonly life: DocumentLife;
  /** Absent when it was never published. */
  readonly published?: Wording & { readonly isRetired: boolean; readonly atMs: EpochMs };
};

export type Asking = {
  readonly person: string;
  /** Nobody is told apart from anybody: there is no tokens file. */
  readonly isOpen: boolean;
  readonly nowMs: EpochMs;
  /** When what it was decided upon was written, as an answer gave it; undefined: whatever there is. */
  readonly base?: string;
};

const OPEN_NOTE =
  'approved by one of its authors: without a tokens file everyone here is person:local';

/**
 * The step that a command takes, or why it takes none. Laws: only what is in review is approved or rejected, and nobody
 * approves what they wrote on; a draft that was edited is not in review any more. The times of a document's steps
 * increase, so that each names one state of it.
 */
export function decideStep(
  command: CatalogCommand,
  now: DocumentNow,
  asking: Asking,
): Result<Step, Refusal> {
  if (asking.base !== undefined && asking.base !== baseOf(now))
    return stale(now, `it was changed at ${baseOf(now) ?? 'no time'}`);
  const step = (action: Step['action'], wording: Wording, note?: string): Result<Step, Refusal> =>
    ok({
      sequence: now.life.sequence + 1,
      action,
      document: wording.document,
      ...(wording.text === undefined ? {} : { text: wording.text }),
      author: asking.person,
      atMs: Math.max(asking.nowMs, newestMs(now) + 1),
      ...(note === undefined || note === '' ? {} : { note }),
    });
  switch (command.kind) {
    case 'save':
      return step('saved', command.wording, command.note);
    case 'discard':
      return onDraft(now, (draft) => step('discarded', draft));
    case 'submit':
      return onDraft(now, (draft) =>
        draft.state === 'draft'
          ? step('submitted', draft, command.note)
          : stale(now, 'it is in review already'),
      );
    case 'withdraw':
      return inReview(now, (draft) => step('withdrawn', draft));
    case 'reject':
      return inReview(now, (draft) => step('rejected', draft, command.reason));
    case 'approve':
      return inReview(now, (draft) => {
        const isOwn = draft.authors.includes(asking.person);
        if (isOwn && !asking.isOpen) return ownDraft(now);
        const note = [command.note, isOwn ? OPEN_NOTE : undefined].filter(Boolean).join('; ');
        return step('approved', draft, note);
      });
    case 'retire':
      return now.published && !now.published.isRetired
        ? step('retired', now.published, command.reason)
        : missing(now, 'is published under this name');
    case 'roll_back': {
      const found = now.life.publications.find(({ revision }) => revision === command.revision);
      return found?.state === 'published'
        ? step('rolled_back', found, `revision ${found.revision} again`)
        : missing(now, `was published as revision ${command.revision}`);
    }
  }
}

/** What the document is published as when the step is taken; absent: it is withdrawn. */
export const publishedBy = (step: Step): Pick<Publication, 'document'> | undefined =>
  step.action === 'retired' ? undefined : { document: step.document };

const onDraft = (
  now: DocumentNow,
  then: (draft: Draft) => Result<Step, Refusal>,
): Result<Step, Refusal> => (now.life.draft ? then(now.life.draft) : missing(now, 'is drafted'));

const inReview = (
  now: DocumentNow,
  then: (draft: Draft) => Result<Step, Refusal>,
): Result<Step, Refusal> =>
  onDraft(now, (draft) =>
    draft.state === 'in_review' ? then(draft) : stale(now, 'it is not in review'),
  );

/** When the newest text of a document was written, or its state last changed: what an edit begins from. */
export function baseOf({ life, published }: DocumentNow): string | undefined {
  const atMs = life.draft?.atMs ?? published?.atMs;
  return atMs === undefined ? undefined : formatRfc3339(atMs);
}

const newestMs = ({ life, published }: DocumentNow): EpochMs =>
  Math.max(
    0,
    life.draft?.atMs ?? 0,
    published?.atMs ?? 0,
    life.reviews.at(-1)?.atMs ?? 0,
    life.publications.at(-1)?.atMs ?? 0,
  );

export const stale = ({ key }: DocumentNow, why: string): Result<never, Refusal> =>
  err({ code: 'draft_stale', detail: `${key}: ${why}; look at it again` });
const ownDraft = ({ key, life }: DocumentNow): Result<never, Refusal> =>
  err({
    code: 'own_draft',
    detail: `${key} was written by ${life.draft?.authors.join(', ')}: somebody else approves it`,
  });
const missing = ({ key }: DocumentNow, what: string): Result<never, Refusal> =>
  err({ code: 'not_found', detail: `nothing ${what}: ${key}` });
