import { h } from 'preact';
import type { JSX } from 'preact';
import type { DocumentItem, DocumentState } from '../../../core/catalog/answers.ts';
import { STATES, domainNames, isIn, isWanted, valuesOf } from '../../data/catalog.ts';
import { formatCount } from '../../data/format.ts';
import { namesOf } from '../../data/people-names.ts';
import type { Names } from '../../data/people-names.ts';
import { go } from '../../data/place.ts';
import { locale } from '../../i18n/language.ts';
import { localized, t } from '../../i18n/text.ts';
import type { RouteTo } from '../../pages.ts';
import { Link } from '../../parts/link.ts';
import { Empty } from '../../parts/notice.ts';
import { nameIn, Named } from '../../parts/owner.ts';
import { Select } from '../../parts/segmented.ts';
import { Instant } from '../../parts/time.ts';
import { kindText, StatePill, titleOf } from './document-state.ts';

type CatalogRoute = RouteTo<'catalog'>;

/** All documents, or those that are looked for. What is looked for lies in the address. */
export function DocumentList(props: {
  readonly items: readonly DocumentItem[];
  readonly route: CatalogRoute;
}): JSX.Element {
  const { items, route } = props;
  if (items.length === 0)
    return h(Empty, { title: t('catalog.empty'), help: t('metrics.emptyHelp') });
  const wanted = items.filter((item) => isWanted(item, route));
  const names = namesOf(items);
  return h(
    'div',
    null,
    h(Filters, { items, names, route }),
    h(
      'p',
      { class: 'faint catalog-count', role: 'status' },
      t('catalog.count', {
        n: formatCount(wanted.length, locale()),
        total: formatCount(items.length, locale()),
      }),
    ),
    wanted.length === 0
      ? h(
          Empty,
          { title: t('catalog.noMatch') },
          h(
            'button',
            {
              type: 'button',
              class: 'button',
              onClick: () => go({ page: 'catalog' }, 'replace'),
            },
            t('catalog.clear'),
          ),
        )
      : h(Rows, { items: wanted, names }),
  );
}

function Filters(props: {
  readonly items: readonly DocumentItem[];
  readonly names: Names;
  readonly route: CatalogRoute;
}): JSX.Element {
  const { items, names, route } = props;
  const change = (part: Partial<Record<keyof CatalogRoute, string | undefined>>): void =>
    go({ ...route, ...part } as CatalogRoute, 'replace');
  const all = { value: '', label: t('catalog.all') };
  const domains = domainNames(items);
  const select = (
    property: 'kind' | 'domain' | 'owner',
    shownAs: (value: string) => string,
  ): JSX.Element =>
    h(Select, {
      label: t(`catalog.${property}`),
      value: route[property] ?? '',
      choices: [
        all,
        ...valuesOf(items, property).map((value) => ({ value, label: shownAs(value) })),
      ],
      onChoose: (value) => change({ [property]: value || undefined }),
    });
  const counted = (state: DocumentState): string =>
    `${t(`catalog.state.${state}`)} (${formatCount(items.filter((item) => isIn(item, state)).length, locale())})`;
  return h(
    'div',
    { class: 'controls catalog-filters' },
    h('input', {
      type: 'search',
      class: 'input',
      placeholder: t('catalog.search'),
      'aria-label': t('catalog.search'),
      value: route.q ?? '',
      onInput: (event: Event) =>
        change({ q: (event.currentTarget as HTMLInputElement).value || undefined }),
    }),
    select('kind', kindText),
    select('domain', (domain) => domains.get(domain) ?? domain),
    select('owner', (owner) => nameIn(names, owner)),
    h(Select, {
      label: t('alerts.column.state'),
      value: route.state ?? '',
      choices: [all, ...STATES.map((state) => ({ value: state, label: counted(state) }))],
      onChoose: (value) => change({ state: value || undefined }),
    }),
  );
}

const Rows = (props: {
  readonly items: readonly DocumentItem[];
  readonly names: Names;
}): JSX.Element =>
  h(
    'div',
    { class: 'catalog' },
    h(
      'div',
      { class: 'catalog-row catalog-head', 'aria-hidden': 'true' },
      h('span', null, t('alerts.column.state')),
      h('span', null, t('catalog.document')),
      h('span', null, t('catalog.kind')),
      h('span', null, t('catalog.domain')),
      h('span', null, t('catalog.owner')),
      h('span', null, t('catalog.version')),
      h('span', null, t('catalog.changed')),
    ),
    h(
      'ul',
      null,
      props.items.map((item) =>
        h(Row, { key: `${item.kind}/${item.id}`, item, names: props.names }),
      ),
    ),
  );

const Row = ({
  item,
  names,
}: {
  readonly item: DocumentItem;
  readonly names: Names;
}): JSX.Element =>
  h(
    'li',
    null,
    h(
      Link,
      { to: { page: 'document', kind: item.kind, id: item.id }, class: 'catalog-row catalog-link' },
      h(
        'span',
        { class: 'alert-state' },
        h(StatePill, { state: item.state }),
        item.hasDraft && item.state === 'published' ? h(StatePill, { state: 'draft' }) : null,
      ),
      h(
        'span',
        { class: 'ledger-name' },
        h('strong', null, titleOf(item.name, item.id)),
        h('span', { class: 'faint' }, item.id),
      ),
      h('span', null, kindText(item.kind)),
      h(
        'span',
        { class: 'catalog-domain' },
        item.domainName ? localized(item.domainName) : item.domain,
      ),
      h('span', null, item.owner === null ? '' : h(Named, { of: item.owner, names })),
      h('code', { class: 'faint' }, item.version?.slice(0, 8) ?? ''),
      h(
        'span',
        { class: 'faint catalog-when' },
        item.at === null ? '' : h(Instant, { at: item.at }),
      ),
    ),
  );
