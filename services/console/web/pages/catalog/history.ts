import { h } from 'preact';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { DocumentAnswer, HistoryAnswer } from '../../../core/catalog/answers.ts';
import { get } from '../../data/api.ts';
import { documentPath } from '../../data/catalog.ts';
import { useDecision } from '../../data/catalog-decision.ts';
import type { Names } from '../../data/people-names.ts';
import { useResource } from '../../data/resource.ts';
import { t } from '../../i18n/text.ts';
import { Empty, reasonOf, Shown } from '../../parts/notice.ts';
import { authorsText } from '../../parts/owner.ts';
import { Instant } from '../../parts/time.ts';
import { AcceptBreaks } from './decisions.ts';
import { DiffView } from './diff-view.ts';
import { StatePill } from './document-state.ts';

/** Every text that was published, newest first; an earlier one can be laid beside what stands, and made to stand again. */
export function History(props: {
  readonly document: DocumentAnswer;
  readonly names: Names;
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
                names: props.names,
                // What stands cannot be gone back to.
                isLatest: i === 0,
                onChange: props.onChange,
              }),
            ),
          ),
  });
}

type Revision = HistoryAnswer['items'][number];

function Row(props: {
  readonly revision: Revision;
  readonly document: DocumentAnswer;
  readonly names: Names;
  readonly isLatest: boolean;
  readonly onChange: () => void;
}): JSX.Element {
  const { revision, document, isLatest } = props;
  const [isOpen, setOpen] = useState(false);
  const decision = useDecision(document, props.onChange);
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
    h('p', { class: 'faint' }, bylineOf(revision, props.names)),
    isLatest || revision.state === 'retired'
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
                  disabled: decision.isBusy,
                  onClick: () => decision.tell('rollback', { revision: revision.revision }),
                },
                t('catalog.rollback', { n: revision.revision }),
              )
            : null,
        ),
    h(AcceptBreaks, { decision }),
    isOpen
      ? h(DiffView, { before: document.published?.text ?? '', after: revision.text, label })
      : null,
    decision.error
      ? h('p', { class: 'notice notice-bad', role: 'alert' }, reasonOf(decision.error))
      : null,
  );
}

const bylineOf = (revision: Revision, names: Names): string =>
  [
    authorsText(revision, names),
    t(`catalog.origin.${revision.origin}`),
    revision.version ?? '',
    revision.reason ?? '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
