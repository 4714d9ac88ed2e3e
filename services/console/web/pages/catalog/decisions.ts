import { h } from 'preact';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { DocumentAnswer } from '../../../core/catalog/answers.ts';
import { useDecision } from '../../data/catalog-decision.ts';
import type { Decision } from '../../data/catalog-decision.ts';
import { t } from '../../i18n/text.ts';
import { Link } from '../../parts/link.ts';
import { reasonOf } from '../../parts/notice.ts';

/** What can be done with a document as it stands: each is refused by the server to whom it does not belong to. */
export function Decisions(props: {
  readonly document: DocumentAnswer;
  /** What is typed and not saved; absent where nothing is being typed. */
  readonly edit?: { readonly isChanged: boolean };
  readonly onChange: () => void;
}): JSX.Element | null {
  const { document, edit } = props;
  const { kind, id, draft, published } = document;
  const [words, setWords] = useState('');
  const decision = useDecision(document, () => {
    setWords('');
    props.onChange();
  });
  if (!draft && !published) return null;
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
  return h(
    'section',
    { class: 'panel actions', 'aria-label': t('alert.actions') },
    h(Words, { words, onWords: setWords }),
    h(AcceptBreaks, { decision }),
    h(
      'div',
      { class: 'action-row' },
      draft?.state === 'in_review' && [
        button(t('catalog.approve'), () => decision.tell('approve', note), {
          isStrong: true,
          isDisabled: decision.breaks && !decision.acceptsBreaks,
        }),
        button(t('catalog.reject'), () => decision.tell('reject', { reason: words }), {
          isDisabled: lacksWords,
        }),
        button(t('catalog.withdraw'), () => decision.tell('withdraw')),
      ],
      draft?.state === 'draft' && [
        button(t('catalog.submit'), () => decision.tell('submit', note), {
          isStrong: true,
          isDisabled: draft.faults.length > 0 || edit?.isChanged === true,
        }),
        button(t('catalog.discard'), decision.discard),
      ],
      edit
        ? null
        : h(
            Link,
            { to: { page: 'document', kind, id, tab: 'draft' }, class: 'button' },
            t('catalog.edit'),
          ),
      draft
        ? null
        : button(t('catalog.retire'), () => decision.tell('retire', { reason: words }), {
            isDisabled: lacksWords,
          }),
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
