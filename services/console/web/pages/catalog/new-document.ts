import { h } from 'preact';
import type { JSX } from 'preact';
import { KINDS, templateOf } from '../../data/catalog-template.ts';
import type { Kind } from '../../data/catalog-template.ts';
import { keepText } from '../../data/catalog-kept.ts';
import { go } from '../../data/place.ts';
import { t } from '../../i18n/text.ts';
import type { RouteTo } from '../../pages.ts';
import { Link } from '../../parts/link.ts';
import { Select } from '../../parts/segmented.ts';
import { DraftEditor } from './draft-editor.ts';

/** A definition that does not exist yet: its kind is chosen, its text says the rest. */
export function NewDocumentPage(route: RouteTo<'newDocument'>): JSX.Element {
  const { kind = 'Metric', metric } = route;
  const of = ['new', kind, metric ?? ''].join(' ').trim();
  return h(
    'div',
    { class: 'page' },
    h(Link, { to: { page: 'catalog' }, class: 'back' }, t('catalog.title')),
    h(
      'div',
      { class: 'page-head' },
      h('h1', null, t('catalog.new')),
      h(Select, {
        label: t('catalog.kind'),
        value: kind,
        choices: KINDS.map((value) => ({ value, label: t(`catalog.kind.${value}`) })),
        onChoose: (value) => go({ page: 'newDocument', kind: value as Kind }, 'replace'),
      }),
    ),
    h(DraftEditor, {
      key: of,
      of,
      start: { text: templateOf(kind, metric) },
      onDocument: (document) => {
        keepText(of, undefined);
        go({ page: 'document', kind: document.kind, id: document.id, tab: 'draft' }, 'replace');
      },
    }),
  );
}
