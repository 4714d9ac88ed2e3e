import { signal } from '@preact/signals';
import { h } from 'preact';
import type { JSX } from 'preact';
import type { MetricTree } from '../../../../kernel/catalog/tree.ts';
import { isOpen } from '../../data/alerts.ts';
import type { AlertsAnswer } from '../../data/alerts.ts';
import { get, getAll } from '../../data/api.ts';
import { go } from '../../data/place.ts';
import { shown, useResource } from '../../data/resource.ts';
import { rowsOf } from '../../data/tree.ts';
import { useAlertChanges, useCatalogChanges } from '../../data/use-told.ts';
import { useCurrents, useSummaries } from '../../data/use-many.ts';
import { t } from '../../i18n/text.ts';
import { Empty, Failed, Shown } from '../../parts/notice.ts';
import { Segmented } from '../../parts/segmented.ts';
import { TREE_WINDOWS } from '../../data/tree-window.ts';
import type { TreeWindow } from '../../data/tree-window.ts';
import { TreeGrid } from './grid.ts';

/** Documents that the tree is drawn from. */
const TREE_KINDS = ['Metric', 'Objective', 'AlertRule'];

/** Rows that the reader closed, for as long as the console is open. */
const closed = signal<ReadonlySet<string>>(new Set());

/** Objectives, their metrics and what drives them, with what each driver brought. */
export function TreePage(props: { readonly window: TreeWindow }): JSX.Element {
  const { window } = props;
  const tree = useResource('tree', (signal) => get<MetricTree>('/v1/tree', signal));
  const summaries = useSummaries();
  const currents = useCurrents(window);
  const alerts = useResource('tree alerts', async (signal) => {
    const pages = await getAll<AlertsAnswer>('/v1/alerts?limit=1000', signal);
    return pages.flatMap((page) => page.alerts).filter(isOpen);
  });
  useAlertChanges(undefined, alerts.reload);
  useCatalogChanges(TREE_KINDS, tree.reload);
  return h(
    'div',
    { class: 'page' },
    h(
      'div',
      { class: 'page-head' },
      h('div', null, h('h1', null, t('tree.title')), h('p', { class: 'lead' }, t('tree.lead'))),
      h(
        'div',
        { class: 'controls' },
        button(t('tree.open'), () => {
          closed.value = new Set();
        }),
        button(t('tree.close'), () => {
          const all = rowsOf(shown(tree.resource) ?? NO_TREE, new Set());
          closed.value = new Set(all.filter((row) => row.children > 0).map(({ path }) => path));
        }),
        h(Segmented<TreeWindow>, {
          name: 'window',
          legend: t('tree.window'),
          value: window,
          choices: TREE_WINDOWS.map((value) => ({ value, label: t(`tree.window.${value}`) })),
          onChoose: (next) => go({ page: 'tree', window: next }, 'replace'),
        }),
      ),
    ),
    h(Shown<MetricTree>, {
      ...tree,
      lines: 8,
      render: (answer) =>
        answer.metrics.length === 0
          ? h(Empty, { title: t('tree.empty'), help: t('metrics.emptyHelp') })
          : [
              [currents, alerts].map(({ resource, reload }, i) =>
                resource.kind === 'failed'
                  ? h(Failed, { key: i, error: resource.error, onRetry: reload })
                  : null,
              ),
              h(TreeGrid, {
                tree: answer,
                window,
                closed,
                summaries: shown(summaries.resource) ?? new Map(),
                currents: shown(currents.resource) ?? new Map(),
                alerts: shown(alerts.resource) ?? [],
              }),
              h('p', { class: 'faint tree-keys' }, t('tree.keys')),
            ],
    }),
  );
}

const NO_TREE: MetricTree = { objectives: [], metrics: [], edges: [] };

const button = (label: string, onClick: () => void): JSX.Element =>
  h('button', { type: 'button', class: 'button', onClick }, label);
