import { h } from 'preact';
import type { JSX } from 'preact';
import type { EntrySheet, EntrySheetsAnswer } from '../../../core/entries/entry-sheet.ts';
import { get } from '../../data/api.ts';
import { clock } from '../../data/clock.ts';
import { useResource } from '../../data/resource.ts';
import { useCatalogChanges } from '../../data/use-told.ts';
import { localized, t } from '../../i18n/text.ts';
import { Link } from '../../parts/link.ts';
import { Empty, Shown } from '../../parts/notice.ts';
import { ownerText } from '../../parts/owner.ts';
import { combinations, missingOf } from './sheet-cells.ts';
import { useSheet } from './use-sheet.ts';

/** The metrics that people enter: those that one may enter oneself first. */
export function EntriesPage(): JSX.Element {
  const { resource, reload } = useResource('entry sheets', (signal) =>
    get<EntrySheetsAnswer>('/v1/entries', signal),
  );
  useCatalogChanges(['Metric', 'Person', 'Team', 'Responsibility'], reload);
  return h(
    'div',
    { class: 'page' },
    h(
      'div',
      { class: 'page-head' },
      h('div', null, h('h1', null, t('nav.entries')), h('p', { class: 'lead' }, t('entries.lead'))),
    ),
    h(Shown<EntrySheetsAnswer>, {
      resource,
      reload,
      lines: 4,
      render: ({ metrics }) =>
        metrics.length === 0
          ? h(Empty, { title: t('entries.empty'), help: t('entries.emptyHelp') })
          : h(
              'ul',
              { class: 'dashboard-list' },
              metrics
                .toSorted((a, b) => Number(b.mayEnter) - Number(a.mayEnter))
                .map((sheet) => h(Item, { key: sheet.id, sheet })),
            ),
    }),
  );
}

function Item({ sheet }: { readonly sheet: EntrySheet }): JSX.Element {
  const { resource, cells } = useSheet(sheet);
  const missing = missingOf(cells.values(), clock.value).length;
  const isKnown = resource.kind === 'ready' || resource.kind === 'stale';
  return h(
    'li',
    null,
    h(
      Link,
      { to: { page: 'sheet', id: sheet.id }, class: 'dashboard-item' },
      h('strong', null, localized(sheet.name)),
      sheet.purpose === undefined ? null : h('span', null, localized(sheet.purpose)),
      h(
        'span',
        { class: 'faint' },
        [
          t(`dashboard.grain.${sheet.grain}`),
          t('entries.series', { n: combinations(sheet.members).length }),
          ownerText(sheet.owner, sheet.ownerName),
        ].join(' · '),
      ),
      !isKnown
        ? null
        : h(
            'span',
            { class: missing > 0 ? 'entry-lacks' : 'faint' },
            missing > 0 ? t('entries.missingInAll', { n: missing }) : t('entries.nothingMissing'),
          ),
      sheet.mayEnter ? null : h('span', { class: 'faint' }, t('entries.readOnly')),
    ),
  );
}
