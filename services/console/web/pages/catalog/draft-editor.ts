import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { CheckAnswer, DocumentAnswer } from '../../../core/catalog/answers.ts';
import { ApiError, get, send } from '../../data/api.ts';
import { baseOf, documentPath, draftPath, latestText } from '../../data/catalog.ts';
import { useCheck } from '../../data/catalog-check.ts';
import { keepText, keptText } from '../../data/catalog-kept.ts';
import type { Kept } from '../../data/catalog-kept.ts';
import { useAction } from '../../data/use-action.ts';
import type { Action } from '../../data/use-action.ts';
import { t } from '../../i18n/text.ts';
import { reasonOf } from '../../parts/notice.ts';
import { RulePreview } from '../rule-preview.ts';
import { useEditor } from './editor.ts';
import { LiveFindings } from './findings.ts';

/**
 * Writes a draft: checked while it is typed, kept in the tab until it is saved, and never saved over somebody else's
 * without saying so.
 */
export function DraftEditor(props: {
  /** Under which the text is kept: `KIND/ID`, or `new KIND`. */
  readonly of: string;
  /** What it begins with, and what that is of. */
  readonly start: Kept;
  /** Whose draft it is; absent for a new one, whose text says it. */
  readonly identity?: { readonly kind: string; readonly id: string };
  /** Told the document as it now is: after it was saved, or when somebody else's was taken. */
  readonly onDocument: (document: DocumentAnswer) => void;
  /** What stands below the findings. */
  readonly side?: (isChanged: boolean) => ComponentChildren;
}): JSX.Element {
  const { of, start } = props;
  const [kept, setKept] = useState<Kept>(() => keptText(of) ?? start);
  const hold = (next: Kept): void => {
    setKept(next);
    keepText(of, next.text === start.text ? undefined : next);
  };
  const check = useCheck(kept.text);
  const identity = props.identity ?? check.answer?.identity;
  const faults = (check.isCurrent ? check.answer?.faults : undefined) ?? [];
  const editor = useEditor({
    text: kept.text,
    label: t('catalog.source'),
    faults,
    onText: (text) => hold({ ...kept, text }),
  });
  const isChanged = kept.text !== start.text;
  const action = useAction(() => undefined);
  const save = async (): Promise<void> => {
    if (!identity) return;
    const { text, base } = kept;
    const path = draftPath(identity.kind, identity.id);
    const body = { text, ...(base === undefined ? {} : { base }) };
    const saved = await send<DocumentAnswer>('PUT', path, body);
    keepText(of, undefined);
    setKept({ text, base: baseOf(saved) });
    props.onDocument(saved);
  };
  return h(
    'div',
    { class: 'draft' },
    h(
      'div',
      { class: 'draft-text' },
      editor.element,
      h(SaveRow, {
        isChanged,
        canSave: identity !== undefined,
        action,
        onSave: () => void action.run(save),
        onUndo: () => hold(start),
      }),
      isStale(action.error) && identity
        ? h(Conflict, {
            identity,
            action,
            onChoose: (theirs, isMine) => {
              const text = isMine ? kept.text : latestText(theirs);
              setKept({ text, base: baseOf(theirs) });
              keepText(of, isMine ? { text, base: baseOf(theirs) } : undefined);
              props.onDocument(theirs);
            },
          })
        : null,
    ),
    h(
      'div',
      { class: 'metric-side draft-side' },
      h(LiveFindings, { check, onJump: editor.jump }),
      props.side?.(isChanged),
    ),
    isRule(identity) ? h(RulePreview, { text: kept.text, isSound: isSound(check.answer) }) : null,
  );
}

const isStale = (error: Error | undefined): boolean =>
  error instanceof ApiError && error.code === 'draft_stale';
const isRule = (identity: CheckAnswer['identity']): boolean => identity?.kind === 'AlertRule';
const isSound = (answer: CheckAnswer | undefined): boolean => answer?.faults.length === 0;

function SaveRow(props: {
  readonly isChanged: boolean;
  readonly canSave: boolean;
  readonly action: Action;
  readonly onSave: () => void;
  readonly onUndo: () => void;
}): JSX.Element {
  const { isChanged, canSave, action } = props;
  return h(
    'div',
    { class: 'action-row' },
    h(
      'button',
      {
        type: 'button',
        class: 'button button-strong',
        disabled: !isChanged || !canSave || action.isBusy,
        onClick: props.onSave,
      },
      t('catalog.save'),
    ),
    h(
      'button',
      {
        type: 'button',
        class: 'button',
        disabled: !isChanged || action.isBusy,
        onClick: props.onUndo,
      },
      t('catalog.undo'),
    ),
    h(
      'span',
      { class: 'faint', role: 'status' },
      isChanged ? (canSave ? t('catalog.unsaved') : t('catalog.nameless')) : '',
    ),
    action.error && !isStale(action.error)
      ? h('p', { class: 'notice notice-bad', role: 'alert' }, reasonOf(action.error))
      : null,
  );
}

/** Somebody saved another text meanwhile: whose is to stay? */
function Conflict(props: {
  readonly identity: { readonly kind: string; readonly id: string };
  readonly action: Action;
  readonly onChoose: (theirs: DocumentAnswer, isMine: boolean) => void;
}): JSX.Element {
  const { identity, action, onChoose } = props;
  const choice = (label: string, isMine: boolean): JSX.Element =>
    h(
      'button',
      {
        type: 'button',
        class: 'button',
        disabled: action.isBusy,
        onClick: () =>
          void action.run(async () => {
            const path = documentPath(identity.kind, identity.id);
            onChoose(await get<DocumentAnswer>(path), isMine);
          }),
      },
      label,
    );
  return h(
    'div',
    { class: 'notice notice-warn', role: 'alert' },
    h('span', null, t('catalog.stale')),
    choice(t('catalog.stale.theirs'), false),
    choice(t('catalog.stale.mine'), true),
  );
}
