import { h } from 'preact';
import type { JSX } from 'preact';
import type { DashboardGrain, TreePanel } from '../../../../kernel/catalog/dashboard-panels.ts';
import type { MetricTree, TreeEdge } from '../../../../kernel/catalog/tree.ts';
import type { MetricSummary } from '../../../core/answers.ts';
import { get } from '../../data/api.ts';
import { clock } from '../../data/clock.ts';
import { currentPoint, TOTAL } from '../../data/points.ts';
import { useResource } from '../../data/resource.ts';
import { useCatalogChanges } from '../../data/use-told.ts';
import { localized, t } from '../../i18n/text.ts';
import { Link } from '../../parts/link.ts';
import { ManualBadge } from '../../parts/manual-badge.ts';
import { LiveNumber } from '../../parts/live-number.ts';
import { Shown } from '../../parts/notice.ts';
import { StateBadge } from '../../parts/state-badge.ts';
import { PanelFrame } from './panel-frame.ts';
import { treeGrain } from './panel-query.ts';
import type { PanelView } from './panel-view.ts';
import { usePanel } from './use-panel.ts';

/** A metric and what it is made of, each with its value in the same window. */
export function TreeView(props: {
  readonly panel: TreePanel;
  readonly metric: MetricSummary;
  readonly view: PanelView;
}): JSX.Element {
  const { panel, metric, view } = props;
  const { resource, reload } = useResource('tree', (signal) => get<MetricTree>('/v1/tree', signal));
  useCatalogChanges(['Metric', 'Objective'], reload);
  return h(
    PanelFrame,
    { panel, metric, grain: panel.grain, note: t(`dashboard.grain.${panel.grain}`) },
    h(Shown<MetricTree>, {
      resource,
      reload,
      lines: panel.height,
      render: ({ edges }) =>
        h(
          'ul',
          { class: 'branches' },
          h(Branch, { id: metric.id, edges, panel, view, depth: panel.depth }),
        ),
    }),
  );
}

type BranchProps = {
  readonly id: string;
  /** What it is to the one above. */
  readonly operator?: TreeEdge['operator'];
  readonly edges: readonly TreeEdge[];
  readonly panel: TreePanel;
  readonly view: PanelView;
  readonly depth: number;
};

function Branch(props: BranchProps): JSX.Element | null {
  const { id, operator, edges, panel, view, depth } = props;
  const metric = view.metrics.get(id);
  if (!metric) return null;
  const below = depth > 1 ? edges.filter(({ to }) => to === id) : [];
  return h(
    'li',
    null,
    h(
      'div',
      { class: 'branch' },
      operator === undefined
        ? null
        : h(
            'span',
            { class: 'branch-operator', title: t(`dashboard.operator.${OPERATORS[operator]}`) },
            MARKS[operator],
          ),
      h(Link, { to: { page: 'metric', id, by: [] }, class: 'branch-name' }, localized(metric.name)),
      h(ManualBadge, { metric }),
      h(BranchValue, { metric, panel, view }),
    ),
    below.length === 0
      ? null
      : h(
          'ul',
          { class: 'branches' },
          below.map((edge) =>
            h(Branch, {
              ...props,
              key: `${edge.from} ${edge.operator}`,
              id: edge.from,
              operator: edge.operator,
              depth: depth - 1,
            }),
          ),
        ),
  );
}

/** As people write them. */
const MARKS = { '+': '+', '-': '−', '*': '×', '/': '÷', influence: '~' } as const;
const OPERATORS = {
  '+': 'sum',
  '-': 'difference',
  '*': 'product',
  '/': 'ratio',
  influence: 'influence',
} as const;

type ValueProps = {
  readonly metric: MetricSummary;
  readonly panel: TreePanel;
  readonly view: PanelView;
};

function BranchValue(props: ValueProps): JSX.Element {
  const grain = treeGrain(props.panel.grain, props.metric);
  return grain === undefined
    ? h('span', { class: 'faint', title: t('dashboard.noWindow') }, '–')
    : h(KeptValue, { ...props, grain });
}

function KeptValue(props: ValueProps & { readonly grain: DashboardGrain }): JSX.Element {
  const { metric, grain, view } = props;
  const { resource, series } = usePanel({
    metric: metric.id,
    grain,
    by: [],
    where: {},
    count: 2,
    untilMs: view.untilMs,
    compare: undefined,
  });
  const point = currentPoint(series.get(TOTAL)?.points ?? [], view.untilMs ?? clock.value);
  if (resource.kind === 'failed')
    return h('span', { class: 'faint', title: resource.error.message }, t('state.failed'));
  return h(
    'span',
    { class: 'branch-value' },
    h(LiveNumber, { value: point?.value, unit: metric.unit }),
    h(StateBadge, { point }),
  );
}
