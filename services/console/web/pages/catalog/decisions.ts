import { h } from 'preact';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { DocumentAnswer } from '../../../core/catalog/answers.ts';
import { useDecision } from '../../data/catalog-decision.ts';
import type { Decision } from '../../data/catalog-decision.ts';
import { useRights } from '../../data/catalog-rights.ts';
import { t } from '../../i18n/text.ts';
import { reasonOf } from '../../parts/notice.ts';

/** What the reader may do with a document as it stands; nothing where it is all somebody else's to do. */
export function Decisions(props: {
  readonly document: DocumentAnswer;
  /** What is typed and not saved; absent where nothing is being typed. */
  readonly edit?: { readonly isChanged: boolean };
  readonly onChange: () => void;
}): JSX.Element | null {
  const { document, edit } = props;
  const { draft, published } = document;
  const [words, setWords] = useState('');
  const decision = useDecision(document, () => {
    setWords('');
    props.onChange();
  });
  const rights = useRights(document);
  const mayRetire = published !== undefined && !draft && rights.mayDecide;
  const mayAct = draft ? rights.mayWrite || rights.mayDecide : mayRetire;
  if (!mayAct) return null;
  const lacksWords = words.trim() === '';
  const note = lacksWords ? {} : { note: words };
  const button = (label: string, onClick: () => void, how: ButtonLooks = {}): JSX.Element =>
    h(
      'button',
      {
        key: label,
        type: 'button',
        class: `button ${how.isStrong ? 'button-strong' : ''}`,
        disabled: decision.isBusy || how.isDisabled === true,
        onClick,
      },
      label,
    );
  const inReview = draft?.state === 'in_review';
  return h(
    'section',
    { class: 'panel actions', 'aria-label': t('alert.actions') },
    h(Words, { words, onWords: setWords }),
    inReview && rights.mayDecide && rights.isAuthor
      ? h('p', { class: 'faint' }, t('catalog.ownDraft'))
      : null,
    h(AcceptBreaks, { decision }),
    h(
      'div',
      { class: 'action-row' },
      inReview && rights.mayDecide
        ? [
            button(t('catalog.approve'), () => decision.tell('approve', note), {
              isStrong: true,
              isDisabled: rights.isAuthor || (decision.breaks && !decision.acceptsBreaks),
            }),
            button(t('catalog.reject'), () => decision.tell('reject', { reason: words }), {
              isDisabled: lacksWords,
            }),
          ]
        : null,
      inReview && rights.mayWrite
        ? button(t('catalog.withdraw'), () => decision.tell('withdraw'))
        : null,
      draft?.state === 'draft' && rights.mayWrite
        ? [
            button(t('catalog.submit'), () => decision.tell('submit', note), {
              isStrong: true,
              isDisabled: draft.faults.length > 0 || edit?.isChanged === true,
            }),
            button(t('catalog.discard'), decision.discard),
          ]
        : null,
      mayRetire
        ? button(t('catalog.retire'), () => decision.tell('retire', { reason: words }), {
            isDisabled: lacksWords,
          })
        : null,
    ),
    decision.error
      ? h('p', { class: 'notice notice-bad', role: 'alert' }, reasonOf(decision.error))
      : null,
  );
}

type ButtonLooks = { readonly isStrong?: boolean; readonly isDisabled?: boolean };

/** Asked for only where there is something to accept. */
export const AcceptBreaks = ({ decision }: { readonly decision: Decision }): JSX.Element | null =>
  decision.breaks
    ? h(
        'label',
        { class: 'accept' },
        h('input', {
          type: 'checkbox',
          checked: decision.acceptsBreaks,
          onChange: () => decision.accept(!decision.acceptsBreaks),
        }),
        h('span', null, t('catalog.acceptsBreaks')),
      )
    : null;

const Words = (props: {
  readonly words: string;
  readonly onWords: (words: string) => void;
}): JSX.Element =>
  h(
    'label',
    { class: 'words' },
    h('span', { class: 'select-label' }, t('catalog.words')),
    h('textarea', {
      class: 'field',
      rows: 2,
      maxLength: 2_000,
      value: props.words,
      onInput: (event: Event) => props.onWords((event.currentTarget as HTMLTextAreaElement).value),
    }),
  );
