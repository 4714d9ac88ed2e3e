import { h } from 'preact';
import type { JSX } from 'preact';
import type { MeAnswer } from '../../../core/overview/mine.ts';
import type { AlertsAnswer } from '../../data/alerts.ts';
import { get, getAll } from '../../data/api.ts';
import { useResource } from '../../data/resource.ts';
import { useAlertChanges, useCatalogChanges } from '../../data/use-told.ts';
import { useCurrents, useSummaries } from '../../data/use-many.ts';
import { t } from '../../i18n/text.ts';
import { Shown } from '../../parts/notice.ts';
import { ownerText } from '../../parts/owner.ts';
import { Health } from './health.ts';
import { MyAlerts } from './my-alerts.ts';
import { MyMetrics } from './my-metrics.ts';
import { Since } from './since.ts';

/** Documents that say what is whose. */
const MINE_KINDS = ['Metric', 'Responsibility', 'Person', 'Team', 'Subscription', 'Objective'];

/** What is the reader's, what is wrong with it, and what happened to it. */
export function HomePage(): JSX.Element {
  const me = useResource('me', (signal) => get<MeAnswer>('/v1/me', signal));
  const summaries = useSummaries();
  const currents = useCurrents('day-to-date');
  const alerts = useResource('home alerts', async (signal) => {
    const pages = await getAll<AlertsAnswer>('/v1/alerts?limit=1000', signal);
    return { alerts: pages.flatMap((page) => page.alerts), health: pages[0]?.health ?? [] };
  });
  useAlertChanges(undefined, alerts.reload);
  useCatalogChanges(MINE_KINDS, me.reload);
  return h(
    'div',
    { class: 'page home' },
    h(
      'div',
      { class: 'page-head' },
      h(
        'h1',
        null,
        me.resource.kind === 'ready'
          ? t('home.hello', { name: ownerText(me.resource.data.person, me.resource.data.name) })
          : t('home.title'),
      ),
    ),
    h(Health, { told: alerts.resource }),
    h(Shown<MeAnswer>, {
      ...me,
      lines: 8,
      render: (mine) =>
        h(
          'div',
          { class: 'home-columns' },
          h(MyMetrics, { mine, summaries, currents }),
          h(MyAlerts, { mine, alerts, summaries }),
          h(Since, { summaries, currents, alerts }),
        ),
    }),
  );
}
