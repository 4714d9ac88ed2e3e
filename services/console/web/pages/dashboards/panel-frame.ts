import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import type {
  DashboardGrain,
  DashboardPanel,
} from '../../../../kernel/catalog/dashboard-panels.ts';
import type { MetricSummary } from '../../../core/answers.ts';
import { localized, t } from '../../i18n/text.ts';
import { Link } from '../../parts/link.ts';
import { ManualBadge } from '../../parts/manual-badge.ts';
import { Empty } from '../../parts/notice.ts';

/** A panel's place in the grid of twelve columns, its name, and what has to be known before its figures are believed. */
export function PanelFrame(props: {
  readonly panel: DashboardPanel;
  readonly metric?: MetricSummary | undefined;
  readonly grain?: DashboardGrain;
  /** Beside the name. */
  readonly note?: ComponentChildren;
  readonly unfiltered?: readonly string[];
  readonly children?: ComponentChildren;
}): JSX.Element {
  const { panel, metric, unfiltered = [] } = props;
  const title = titleOf(panel, metric);
  return h(
    // No landmark: there are many, and several may have one name.
    'article',
    {
      class: `panel panel-${panel.type}`,
      style: { '--w': String(panel.width), '--h': String(panel.height) },
      ...(title === '' ? {} : { 'aria-label': title }),
    },
    title === ''
      ? null
      : h(
          'header',
          { class: 'panel-head' },
          h('h2', null, metric ? h(Link, { to: metricRoute(metric, props.grain) }, title) : title),
          h(ManualBadge, { metric }),
          metric && metric.projection !== 'live'
            ? h(
                'span',
                { class: 'pill pill-rebuilding', title: t('state.rebuilding.meaning') },
                t('state.rebuilding'),
              )
            : null,
          unfiltered.length === 0
            ? null
            : h(
                'span',
                { class: 'pill' },
                t('dashboard.unfiltered', { by: unfiltered.join(', ') }),
              ),
          props.note === undefined ? null : h('span', { class: 'panel-note faint' }, props.note),
        ),
    h('div', { class: 'panel-body' }, props.children),
  );
}

export const titleOf = (panel: DashboardPanel, metric: MetricSummary | undefined): string =>
  panel.title ? localized(panel.title) : metric ? localized(metric.name) : '';

const metricRoute = ({ id }: MetricSummary, grain: DashboardGrain | undefined) =>
  ({ page: 'metric', id, by: [], ...(grain ? { grain } : {}) }) as const;

/** A metric that was there when the dashboard was published, and is gone or not told of yet. */
export const MetricMissing = (props: { readonly panel: DashboardPanel }): JSX.Element =>
  h(
    PanelFrame,
    { panel: props.panel },
    h(Empty, {
      title: props.panel.type === 'text' ? '' : t('metric.notFound', { id: props.panel.metric }),
    }),
  );
