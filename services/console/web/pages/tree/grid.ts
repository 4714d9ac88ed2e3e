import type { Signal } from '@preact/signals';
import { h } from 'preact';
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { MetricTree } from '../../../../kernel/catalog/tree.ts';
import type { MetricSummary, ValuesAnswer } from '../../../core/answers.ts';
import type { AlertSummary } from '../../data/alerts.ts';
import { go } from '../../data/place.ts';
import { changesOf, contributionsTo, rowsOf } from '../../data/tree.ts';
import type { Contribution, TreeRow } from '../../data/tree.ts';
import type { TreeWindow } from '../../data/tree-window.ts';
import { t } from '../../i18n/text.ts';
import { Row } from './row.ts';

export type Shown = {
  readonly tree: MetricTree;
  readonly window: TreeWindow;
  readonly summaries: ReadonlyMap<string, MetricSummary>;
  readonly currents: ReadonlyMap<string, ValuesAnswer>;
  readonly alerts: readonly AlertSummary[];
};

/**
 * The tree as a table of which rows open and close, with one row in the order of tabs.
 * @see https://www.w3.org/WAI/ARIA/apg/patterns/treegrid/
 */
export function TreeGrid(
  props: Shown & { readonly closed: Signal<ReadonlySet<string>> },
): JSX.Element {
  const { tree, window, closed } = props;
  const grid = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState('');
  const rows = rowsOf(tree, closed.value);
  const changes = changesOf(props.currents);
  const metrics = new Set(rows.flatMap(({ metric }) => metric ?? []));
  const contributions = new Map(
    [...metrics].map((id) => [id, contributionsTo(id, tree, changes)] as const),
  );
  const isIn = rows.some(({ path }) => path === focused);
  const focus = (row: TreeRow | undefined): void => {
    if (!row) return;
    setFocused(row.path);
    grid.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(row.path)}"]`)?.focus();
  };
  const toggle = (path: string, isClosed: boolean): void => {
    const next = new Set(closed.value);
    if (isClosed) next.add(path);
    else next.delete(path);
    closed.value = next;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = rows.findIndex(({ path }) => path === (isIn ? focused : rows[0]?.path));
    const step = stepOf(event.key, at, { rows, closed: closed.value });
    if (!step) return;
    event.preventDefault();
    if (step.kind === 'go') focus(step.row);
    else if (step.kind === 'toggle') toggle(step.row.path, step.isClosed);
    else go({ page: 'metric', id: step.metric, by: [] });
  };
  return h(
    'div',
    { class: 'tree', role: 'treegrid', 'aria-label': t('tree.title'), ref: grid, onKeyDown },
    h(
      'div',
      { class: 'tree-row tree-head', role: 'row' },
      header('metric', ''),
      header('value', 'end'),
      h('span', { role: 'columnheader', class: 'end' }, t(`tree.before.${window}`)),
      header('effect', ''),
      header('state', ''),
    ),
    rows.map((row, i) =>
      h(Row, {
        ...props,
        key: row.path,
        row,
        isClosed: closed.value.has(row.path),
        isFocusable: isIn ? row.path === focused : i === 0,
        contribution: contributionOf(row, rows, contributions),
        onFocus: () => setFocused(row.path),
        onToggle: () => toggle(row.path, !closed.value.has(row.path)),
      }),
    ),
  );
}

const header = (name: 'metric' | 'value' | 'effect' | 'state', className: string): JSX.Element =>
  h('span', { role: 'columnheader', class: className }, t(`tree.column.${name}`));

export type Placed = Contribution & {
  /** The metric above, in whose unit the effect is. */
  readonly above: string;
  /** The greatest effect beside it, for the length of the bar. */
  readonly most: number;
};

function contributionOf(
  row: TreeRow,
  rows: readonly TreeRow[],
  contributions: ReadonlyMap<string, ReadonlyMap<string, Contribution>>,
): Placed | undefined {
  const above = rows.find(
    ({ path }) => row.path.slice(0, row.path.lastIndexOf('/')) === path,
  )?.metric;
  const beside = above === undefined ? undefined : contributions.get(above);
  const own = beside?.get(row.metric ?? '');
  if (!own || above === undefined) return undefined;
  const most = Math.max(...[...(beside?.values() ?? [])].map(({ effect = 0 }) => Math.abs(effect)));
  return { ...own, above, most };
}

type Step =
  | { readonly kind: 'go'; readonly row: TreeRow | undefined }
  | { readonly kind: 'toggle'; readonly row: TreeRow; readonly isClosed: boolean }
  | { readonly kind: 'show'; readonly metric: string };

/** What a key asks for at a row; undefined: nothing. */
function stepOf(
  key: string,
  at: number,
  { rows, closed }: { rows: readonly TreeRow[]; closed: ReadonlySet<string> },
): Step | undefined {
  const row = rows[at];
  if (!row) return undefined;
  const isOpen = row.children > 0 && !closed.has(row.path);
  switch (key) {
    case 'ArrowDown':
      return { kind: 'go', row: rows[at + 1] };
    case 'ArrowUp':
      return { kind: 'go', row: rows[at - 1] };
    case 'Home':
      return { kind: 'go', row: rows[0] };
    case 'End':
      return { kind: 'go', row: rows.at(-1) };
    case 'ArrowRight':
      if (isOpen) return { kind: 'go', row: rows[at + 1] };
      return row.children > 0 ? { kind: 'toggle', row, isClosed: false } : undefined;
    case 'ArrowLeft':
      if (isOpen) return { kind: 'toggle', row, isClosed: true };
      return { kind: 'go', row: rows.slice(0, at).findLast(({ level }) => level < row.level) };
    case 'Enter':
      return row.metric === undefined
        ? { kind: 'toggle', row, isClosed: isOpen }
        : { kind: 'show', metric: row.metric };
    default:
      return undefined;
  }
}
