import { h } from 'preact';
import type { JSX } from 'preact';
import type { DocumentItem } from '../../../core/catalog/answers.ts';
import { useDocuments } from '../../data/catalog-documents.ts';
import { formatCount } from '../../data/format.ts';
import { shown } from '../../data/resource.ts';
import { locale } from '../../i18n/language.ts';
import { t } from '../../i18n/text.ts';
import type { RouteTo } from '../../pages.ts';
import { Link } from '../../parts/link.ts';
import { Shown } from '../../parts/notice.ts';
import { DocumentList } from './document-list.ts';

/** Every definition: metrics, rules, event types, people and what else the catalogue holds. */
export function CatalogPage(route: RouteTo<'catalog'>): JSX.Element {
  const { resource, reload } = useDocuments();
  const waiting = (shown(resource) ?? []).filter(({ state }) => state === 'in_review').length;
  return h(
    'div',
    { class: 'page' },
    h(
      'div',
      { class: 'page-head' },
      h('h1', null, t('catalog.title')),
      h(
        'div',
        { class: 'controls' },
        waiting === 0
          ? null
          : h(
              Link,
              { to: { page: 'reviews' } },
              t('catalog.waiting', { n: formatCount(waiting, locale()) }),
            ),
        h(Link, { to: { page: 'newDocument' }, class: 'button button-strong' }, t('catalog.new')),
      ),
    ),
    h(Shown<readonly DocumentItem[]>, {
      resource,
      reload,
      lines: 10,
      render: (items) => h(DocumentList, { items, route }),
    }),
  );
}
