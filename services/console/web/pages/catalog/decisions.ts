import { h } from 'preact';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { send } from '../../data/api.ts';
import { documentPath, draftPath } from '../../data/catalog.ts';
import type { DocumentAnswer } from '../../data/catalog.ts';
import { useAction } from '../../data/use-action.ts';
import { t } from '../../i18n/text.ts';
import { Link } from '../../parts/link.ts';
import { reasonOf } from '../../parts/notice.ts';

/** What can be done with a document as it stands: each is refused by the server to whom it does not belong to. */
export function Decisions(props: {
  readonly document: DocumentAnswer;
  /** What is typed and not saved; absent where nothing is being typed. */
  readonly edit?: { readonly isChanged: boolean };
  readonly onChange: () => void;
}): JSX.Element {
  const { document, edit } = props;
  const { kind, id, draft, published } = document;
  const [words, setWords] = useState('');
  const [acceptsBreaks, setAccepts] = useState(false);
  const action = useAction(() => {
    setWords('');
    props.onChange();
  });
  const at = draftPath(kind, id);
  const wish = (verb: string, body: Readonly<Record<string, unknown>>) => (): void =>
    void action.run(() => send('POST', `${at}/${verb}`, body));
  const button = (label: string, onClick: () => void, how: ButtonLooks = {}): JSX.Element =>
    h(
      'button',
      {
        key: label,
        type: 'button',
        class: `button ${how.isStrong ? 'button-strong' : ''}`,
        disabled: action.isBusy || how.isDisabled === true,
        onClick,
      },
      label,
    );
  const note = words === '' ? {} : { note: words };
  const isBreaking = draft?.impacts.some((impact) => impact.isBreaking) ?? false;
  const needsReason = { isDisabled: words.trim() === '' };
  return h(
    'section',
    { class: 'panel actions', 'aria-label': t('alert.actions') },
    draft || published ? h(Words, { words, onWords: setWords }) : null,
    draft?.state === 'in_review' && isBreaking
      ? h(
          'label',
          { class: 'accept' },
          h('input', {
            type: 'checkbox',
            checked: acceptsBreaks,
            onChange: () => setAccepts(!acceptsBreaks),
          }),
          h('span', null, t('catalog.acceptsBreaks')),
        )
      : null,
    h(
      'div',
      { class: 'action-row' },
      draft?.state === 'in_review' && [
        button(
          t('catalog.approve'),
          wish('approve', { ...note, ...(acceptsBreaks ? { acceptsBreaks } : {}) }),
          { isStrong: true, isDisabled: isBreaking && !acceptsBreaks },
        ),
        button(t('catalog.reject'), wish('reject', { reason: words }), needsReason),
        button(t('catalog.withdraw'), wish('withdraw', {})),
      ],
      draft?.state === 'draft' && [
        button(t('catalog.submit'), wish('submit', note), {
          isStrong: true,
          isDisabled: draft.faults.length > 0 || edit?.isChanged === true,
        }),
        button(t('catalog.discard'), () => void action.run(() => send('DELETE', at))),
      ],
      edit
        ? null
        : h(
            Link,
            { to: { page: 'document', kind, id, tab: 'draft' }, class: 'button' },
            t('catalog.edit'),
          ),
      published && !draft
        ? button(
            t('catalog.retire'),
            () =>
              void action.run(() =>
                send('POST', `${documentPath(kind, id)}/retire`, { reason: words }),
              ),
            needsReason,
          )
        : null,
    ),
    action.error
      ? h('p', { class: 'notice notice-bad', role: 'alert' }, reasonOf(action.error))
      : null,
  );
}

type ButtonLooks = { readonly isStrong?: boolean; readonly isDisabled?: boolean };

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
