import { h } from 'preact';
import type { JSX } from 'preact';
import type {
  DashboardsAnswer,
  DashboardSummary,
} from '../../../core/dashboards/dashboards-answer.ts';
import { get } from '../../data/api.ts';
import { nameOf, useMetrics } from '../../data/metric-names.ts';
import { useResource } from '../../data/resource.ts';
import { useCatalogChanges } from '../../data/use-told.ts';
import { localized, t } from '../../i18n/text.ts';
import { Link } from '../../parts/link.ts';
import { Empty, Shown } from '../../parts/notice.ts';
import { ownerText } from '../../parts/owner.ts';

/** The dashboards of the catalogue. */
export function DashboardsPage(): JSX.Element {
  const { resource, reload } = useResource('dashboards', (signal) =>
    get<DashboardsAnswer>('/v1/dashboards', signal),
  );
  useCatalogChanges(['Dashboard', 'Person', 'Team'], reload);
  const known = useMetrics();
  return h(
    'div',
    { class: 'page' },
    h('div', { class: 'page-head' }, h('h1', null, t('nav.dashboards'))),
    h(Shown<DashboardsAnswer>, {
      resource,
      reload,
      lines: 4,
      render: ({ dashboards }) =>
        dashboards.length === 0
          ? h(Empty, { title: t('dashboards.empty'), help: t('dashboards.emptyHelp') })
          : h(
              'ul',
              { class: 'dashboard-list' },
              dashboards.map((one) => h(Item, { key: one.id, dashboard: one, known })),
            ),
    }),
  );
}

function Item(props: {
  readonly dashboard: DashboardSummary;
  readonly known: ReturnType<typeof useMetrics>;
}): JSX.Element {
  const { id, name, description, owner, ownerName, panels, metrics, tags } = props.dashboard;
  const names = metrics.map((metric) => nameOf(props.known.get(metric), metric));
  return h(
    'li',
    null,
    h(
      Link,
      { to: { page: 'dashboard', id, where: {}, wall: false }, class: 'dashboard-item' },
      h('strong', null, localized(name)),
      description === undefined ? null : h('span', null, localized(description)),
      h('span', { class: 'faint' }, names.join(' · ')),
      h(
        'span',
        { class: 'faint dashboard-item-foot' },
        [
          t('dashboards.panels', { n: panels }),
          ...(owner === undefined ? [] : [ownerText(owner, ownerName)]),
          ...tags,
        ].join(' · '),
      ),
    ),
  );
}
