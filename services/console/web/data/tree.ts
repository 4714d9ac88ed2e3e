import type { MetricTree, TreeEdge } from '../../../kernel/catalog/tree.ts';
import type { LocalizedText } from '../../../kernel/definitions.ts';
import { parseFormula } from '../../../kernel/expression/formula-parser.ts';
import type { ValuesAnswer } from '../../core/answers.ts';
import { declaredEffect, effectsOf } from '../../core/overview/contributions.ts';
import type { Change } from '../../core/overview/contributions.ts';
import { totalOf } from './home.ts';

/** A row of the tree: an objective, or a metric in one of the places where it drives something. */
export type TreeRow = {
  /** The way to it from the top: the same metric may stand in several places. */
  readonly path: string;
  readonly level: number;
  /** Of the metric; undefined: an objective, or what none has. */
  readonly metric: string | undefined;
  readonly name: LocalizedText | undefined;
  readonly edges: readonly TreeEdge[];
  readonly children: number;
  /** Its place among those under the same row, from 1, and how many these are. */
  readonly place: number;
  readonly siblings: number;
};

/** What a driver adds to the metric above it, in that metric's unit. */
export type Contribution = {
  /** Of a sum: which share of it the driver is now. */
  readonly share: number | undefined;
  /** How much of the change since the period before it brought. */
  readonly effect: number | undefined;
};

type Node = Pick<TreeRow, 'metric' | 'name' | 'edges'> & { readonly key: string };

/** All rows that are open, from the top: objectives with their metrics, then the metrics that no objective has. */
export function rowsOf(tree: MetricTree, closed: ReadonlySet<string>): readonly TreeRow[] {
  const names = new Map(tree.metrics.map(({ id, name }) => [id, name]));
  const node = (metric: string, edges: readonly TreeEdge[] = []): Node => ({
    key: metric,
    metric,
    name: names.get(metric),
    edges,
  });
  const measured = new Set(tree.objectives.flatMap(({ metrics }) => metrics));
  const rest = tree.metrics.filter(({ id, depth }) => depth === 0 && !measured.has(id));
  const driversOf = (metric: string): readonly Node[] => {
    const below = Map.groupBy(
      tree.edges.filter(({ to }) => to === metric),
      ({ from }) => from,
    );
    return [...below].map(([from, edges]) => node(from, edges));
  };
  const rows: TreeRow[] = [];
  const add = (nodes: readonly Node[], above: string, level: number): void => {
    for (const [i, { key, ...shown }] of nodes.entries()) {
      const path = `${above}/${key}`;
      const below = shown.metric === undefined ? (roots.get(key) ?? []) : driversOf(shown.metric);
      rows.push({
        ...shown,
        path,
        level,
        children: below.length,
        place: i + 1,
        siblings: nodes.length,
      });
      if (!closed.has(path)) add(below, path, level + 1);
    }
  };
  const roots = new Map<string, readonly Node[]>([
    ...tree.objectives.map(
      ({ id, metrics }) => [`objective:${id}`, metrics.map((metric) => node(metric))] as const,
    ),
    ['objective:', rest.map(({ id }) => node(id))],
  ]);
  const objectives = tree.objectives.map(({ id, name }) => ({ key: `objective:${id}`, name }));
  const tops = [
    ...objectives,
    ...(rest.length > 0 ? [{ key: 'objective:', name: undefined }] : []),
  ];
  add(
    tops.map((top) => ({ ...top, metric: undefined, edges: [] })),
    '',
    1,
  );
  return rows;
}

/** Values now and in the period before; a missing one is no number. */
export function changesOf(
  currents: ReadonlyMap<string, ValuesAnswer>,
): ReadonlyMap<string, Change> {
  const number = (value: string | null | undefined): number =>
    value == null ? NaN : Number(value);
  return new Map(
    [...currents].map(([metric, answer]) => {
      const point = totalOf(answer);
      return [
        metric,
        { before: number(point?.compare?.previous?.value), after: number(point?.value) },
      ];
    }),
  );
}

/** What each driver adds to a metric. */
export function contributionsTo(
  metric: string,
  tree: MetricTree,
  changes: ReadonlyMap<string, Change>,
): ReadonlyMap<string, Contribution> {
  const edges = tree.edges.filter(({ to }) => to === metric);
  const formula = tree.metrics.find(({ id }) => id === metric)?.formula;
  const parsed = formula === undefined ? undefined : parseFormula(formula);
  const effects = parsed?.ok ? effectsOf(parsed.value, changes) : undefined;
  const whole = changes.get(metric) ?? NOTHING;
  const isSum = edges.every(({ relation }) => relation === 'sum' || relation === 'influence');
  return new Map(
    edges.map(({ from, operator, relation, source }) => {
      const driver = changes.get(from) ?? NOTHING;
      const sign = operator === '-' ? -1 : 1;
      const share = isSum && relation === 'sum' ? (sign * driver.after) / whole.after : NaN;
      return [
        from,
        {
          share: Number.isFinite(share) ? share : undefined,
          effect:
            source === 'formula' ? effects?.get(from) : declaredEffect(operator, whole, driver),
        },
      ];
    }),
  );
}
const NOTHING: Change = { before: NaN, after: NaN };

/** `none`: there is no value. `unwatched`: there is one, and no rule that would say whether it is as it should be. */
export type TreeState = 'firing' | 'rebuilding' | 'stale' | 'none' | 'unwatched' | 'ok';

/** Values that are so much behind are no longer of now. */
const STALE_MS = 120_000;

/** How it stands with a metric; `ok` only where a rule has looked at a value and is content. */
export function treeState(of: {
  readonly isFiring: boolean;
  readonly isRebuilding: boolean;
  readonly behindMs: number;
  readonly hasValue: boolean;
  readonly rules: number;
}): TreeState {
  if (of.isFiring) return 'firing';
  if (of.isRebuilding) return 'rebuilding';
  if (of.behindMs > STALE_MS) return 'stale';
  if (!of.hasValue) return 'none';
  return of.rules === 0 ? 'unwatched' : 'ok';
}
