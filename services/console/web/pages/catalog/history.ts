import { h } from 'preact';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { get, send } from '../../data/api.ts';
import { documentPath } from '../../data/catalog.ts';
import type { DocumentAnswer, HistoryAnswer, Revision } from '../../data/catalog.ts';
import { useResource } from '../../data/resource.ts';
import { useAction } from '../../data/use-action.ts';
import { t } from '../../i18n/text.ts';
import { Empty, reasonOf, Shown } from '../../parts/notice.ts';
import { ownerText } from '../../parts/owner.ts';
import { Instant } from '../../parts/time.ts';
import { DiffView } from './diff-view.ts';
import { StatePill } from './document-state.ts';

/** Every text that was published, newest first; an earlier one can be laid beside what stands, and made to stand again. */
export function History(props: {
  readonly document: DocumentAnswer;
  readonly onChange: () => void;
}): JSX.Element {
  const { kind, id, published } = props.document;
  const { resource, reload } = useResource(
    `history ${kind}/${id} ${published?.at ?? ''}`,
    (signal) => get<HistoryAnswer>(`${documentPath(kind, id)}/history`, signal),
  );
  return h(Shown<HistoryAnswer>, {
    resource,
    reload,
    lines: 4,
    render: ({ items }) =>
      items.length === 0
        ? h(Empty, { title: t('catalog.history.none') })
        : h(
            'ol',
            { class: 'revisions' },
            items.map((revision, i) =>
              h(Row, {
                key: revision.revision,
                revision,
                document: props.document,
                // What stands cannot be gone back to.
                isLatest: i === 0,
                onChange: props.onChange,
              }),
            ),
          ),
  });
}

function Row(props: {
  readonly revision: Revision;
  readonly document: DocumentAnswer;
  readonly isLatest: boolean;
  readonly onChange: () => void;
}): JSX.Element {
  const { revision, document, isLatest } = props;
  const [isOpen, setOpen] = useState(false);
  const action = useAction(props.onChange);
  const rollback = (): Promise<unknown> =>
    send('POST', `${documentPath(document.kind, document.id)}/rollback`, {
      revision: revision.revision,
    });
  const label = t('catalog.history.compare', { n: revision.revision });
  return h(
    'li',
    { class: 'message' },
    h(
      'div',
      { class: 'message-title' },
      h(
        'span',
        null,
        h('strong', { class: 'number' }, `#${String(revision.revision)} `),
        h(StatePill, { state: revision.state }),
      ),
      h('span', { class: 'faint' }, h(Instant, { at: revision.at })),
    ),
    h('p', { class: 'faint' }, bylineOf(revision)),
    isLatest
      ? null
      : h(
          'div',
          { class: 'action-row' },
          h(
            'button',
            {
              type: 'button',
              class: 'button',
              'aria-expanded': isOpen,
              onClick: () => setOpen(!isOpen),
            },
            label,
          ),
          isOpen
            ? h(
                'button',
                {
                  type: 'button',
                  class: 'button',
                  disabled: action.isBusy,
                  onClick: () => void action.run(rollback),
                },
                t('catalog.rollback', { n: revision.revision }),
              )
            : null,
        ),
    isOpen
      ? h(DiffView, { before: document.published?.text ?? '', after: revision.text, label })
      : null,
    action.error
      ? h('p', { class: 'notice notice-bad', role: 'alert' }, reasonOf(action.error))
      : null,
  );
}

const bylineOf = ({ author, approvedBy, origin, version }: Revision): string =>
  [
    author === null ? '' : ownerText(author),
    approvedBy == null ? '' : t('catalog.approvedBy', { who: ownerText(approvedBy) }),
    t(`catalog.origin.${origin}`),
    version ?? '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
