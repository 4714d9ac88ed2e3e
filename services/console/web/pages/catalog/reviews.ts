import { h } from 'preact';
import type { JSX } from 'preact';
import type { DocumentItem } from '../../../core/catalog/answers.ts';
import { useDocuments } from '../../data/catalog-documents.ts';
import { namesOf } from '../../data/people-names.ts';
import { t } from '../../i18n/text.ts';
import { Link } from '../../parts/link.ts';
import { Empty, Shown } from '../../parts/notice.ts';
import { nameIn } from '../../parts/owner.ts';
import { Ago } from '../../parts/time.ts';
import { kindText, titleOf } from './document-state.ts';

/** What waits for somebody's decision, the longest first. */
export function ReviewsPage(): JSX.Element {
  const { resource, reload } = useDocuments();
  return h(
    'div',
    { class: 'page' },
    h('div', { class: 'page-head' }, h('h1', null, t('catalog.queue'))),
    h(Shown<readonly DocumentItem[]>, {
      resource,
      reload,
      lines: 4,
      render: (items) => h(Queue, { items }),
    }),
  );
}

function Queue(props: { readonly items: readonly DocumentItem[] }): JSX.Element {
  const names = namesOf(props.items);
  const who = (reference: string): string => nameIn(names, reference);
  const waiting = props.items
    .filter(({ state }) => state === 'in_review')
    .toSorted((a, b) => (a.at ?? '').localeCompare(b.at ?? ''));
  if (waiting.length === 0)
    return h(Empty, { title: t('catalog.queue.none'), help: t('catalog.queue.noneHelp') });
  return h(
    'ul',
    { class: 'messages' },
    waiting.map(({ kind, id, name, author, at, owner }) =>
      h(
        'li',
        { key: `${kind}/${id}`, class: 'message message-warning' },
        h(
          'p',
          { class: 'message-title' },
          h(Link, { to: { page: 'document', kind, id, tab: 'changes' } }, titleOf(name, id)),
          h('span', { class: 'faint' }, h(Ago, { at })),
        ),
        h(
          'p',
          { class: 'faint', title: `${kind}/${id}` },
          [
            kindText(kind),
            t('catalog.submittedBy', { who: who(author) }),
            owner === null ? '' : `${t('catalog.owner')} ${who(owner)}`,
          ]
            .filter((part) => part !== '')
            .join(' · '),
        ),
      ),
    ),
  );
}
