import type { EpochMs } from '../time.ts';

/** What people, and `catalog apply`, do with a document. */
export const STEP_ACTIONS = [
  'saved',
  'discarded',
  'submitted',
  'withdrawn',
  'rejected',
  'approved',
  'rolled_back',
  'retired',
  /** Published from files. */
  'applied',
  /** It was in the files and is in none any more. */
  'removed',
] as const;
export type StepAction = (typeof STEP_ACTIONS)[number];

/** One step in the life of a document, as it stands on the `catalog` topic. */
export type Step = {
  /** That of the step which its author saw as the last one, and 1. */
  readonly sequence: number;
  readonly action: StepAction;
  /** Canonical JSON; `null` where the text is no YAML. Of a step that changes no text: the document as it is. */
  readonly document: string;
  /** As it was written; absent where the document came from files. */
  readonly text?: string;
  /** Who did it. */
  readonly author: string;
  readonly atMs: EpochMs;
  /** A reason, or what there is to say of it. */
  readonly note?: string;
};

export type Draft = {
  readonly state: 'draft' | 'in_review';
  readonly document: string;
  readonly text?: string;
  /** Who wrote it last. */
  readonly author: string;
  /** Everyone who wrote any of it since something was published; nobody of them may approve it. */
  readonly authors: readonly string[];
  /** When its text or its state changed last. */
  readonly atMs: EpochMs;
  readonly note?: string;
};

/** A state of the published document; `revision` is the sequence of the step that made it. */
export type Publication = {
  readonly revision: number;
  readonly state: 'published' | 'retired';
  readonly document: string;
  readonly text?: string;
  readonly origin: 'file' | 'console';
  /** Who wrote it. */
  readonly author: string;
  readonly approvedBy?: string;
  readonly atMs: EpochMs;
  readonly note?: string;
};

export type Review = {
  readonly by: string;
  readonly atMs: EpochMs;
  readonly action: 'submitted' | 'withdrawn' | 'rejected' | 'approved';
  readonly reason?: string;
};

export type DocumentLife = {
  /** Of the last step that was taken; 0 before the first. */
  readonly sequence: number;
  readonly draft?: Draft;
  /** Oldest first. */
  readonly publications: readonly Publication[];
  /** Oldest first. */
  readonly reviews: readonly Review[];
};

export const UNBORN: DocumentLife = { sequence: 0, publications: [], reviews: [] };

/**
 * Takes the next step on the log. Law: **of all steps that were made upon the same state, the first on the log is taken
 * and no other**: a step bears a number above that of the state which its author saw, and one that does not lie above
 * the present state's is refused. So of two people who decide at once one is told no, and everyone who reads the log
 * agrees on whom. A step may be taken off the log without harm once a later one is taken, together with those refused
 * before that.
 * @returns undefined: the step is not taken, and changes nothing
 */
export function afterStep(life: DocumentLife, step: Step): DocumentLife | undefined {
  if (step.sequence <= life.sequence) return undefined;
  const next = { ...life, sequence: step.sequence };
  switch (step.action) {
    case 'saved':
      return { ...next, draft: savedDraft(life.draft, step) };
    case 'discarded':
      return withoutDraft(next);
    case 'submitted':
      return inState('in_review', { life: next, step });
    case 'withdrawn':
    case 'rejected':
      return inState('draft', { life: next, step });
    case 'approved':
      return published(withReview(next, step), step);
    case 'rolled_back':
    case 'retired':
    case 'applied':
    case 'removed':
      return published(next, step);
  }
}

/** What is owed to readers: the last publication. @returns undefined when nothing was published by a step */
export const lastPublication = ({ publications }: DocumentLife): Publication | undefined =>
  publications.at(-1);

function savedDraft(before: Draft | undefined, step: Step): Draft {
  const { document, text, author, atMs, note } = step;
  return {
    state: 'draft',
    document,
    ...(text === undefined ? {} : { text }),
    author,
    authors: [...new Set([...(before?.authors ?? []), author])],
    atMs,
    ...(note === undefined ? {} : { note }),
  };
}

const withoutDraft = ({ draft: _draft, ...life }: DocumentLife): DocumentLife => life;

function inState(
  state: Draft['state'],
  { life, step }: { readonly life: DocumentLife; readonly step: Step },
): DocumentLife {
  const { draft } = life;
  if (!draft) return life;
  return { ...withReview(life, step), draft: { ...draft, state, atMs: step.atMs } };
}

const withReview = (life: DocumentLife, { action, author, atMs, note }: Step): DocumentLife => ({
  ...life,
  reviews: [
    ...life.reviews,
    {
      by: author,
      atMs,
      action: action as Review['action'],
      ...(note === undefined ? {} : { reason: note }),
    },
  ],
});

/** A draft outlives what others publish beside it; only its own approval ends it. */
function published(life: DocumentLife, step: Step): DocumentLife {
  const { sequence, action, document, text, author, atMs, note } = step;
  const { draft } = life;
  const isApproved = action === 'approved';
  const publication: Publication = {
    revision: sequence,
    state: action === 'retired' || action === 'removed' ? 'retired' : 'published',
    document,
    ...(text === undefined ? {} : { text }),
    origin: action === 'applied' || action === 'removed' ? 'file' : 'console',
    author: isApproved ? (draft?.author ?? author) : author,
    ...(isApproved ? { approvedBy: author } : {}),
    atMs,
    ...(note === undefined ? {} : { note }),
  };
  const after = { ...life, publications: [...life.publications, publication] };
  return isApproved ? withoutDraft(after) : after;
}
