import type { Aggregation, Grouping } from './ast.ts';
import type { Budget } from './budget.ts';
import { emptyColumn, NAME, only, signatureOf, without } from './column.ts';
import type { Column, Labels } from './column.ts';
import { Folding } from './numbers.ts';
import type { Fold } from './numbers.ts';

type Group = { readonly labels: Labels; readonly columns: Column[] };

function grouped(columns: readonly Column[], { kind, labels }: Grouping): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const column of columns) {
    const kept =
      kind === 'by' ? only(column.labels, labels) : without(column.labels, [...labels, NAME]);
    const signature = signatureOf(kept);
    const group = groups.get(signature) ?? { labels: kept, columns: [] };
    group.columns.push(column);
    groups.set(signature, group);
  }
  return [...groups.values()];
}

/** One column per group: the fold of its columns at each step where any has a value. */
export function aggregated(
  fold: Fold,
  columns: readonly Column[],
  at: { grouping: Grouping; steps: number; budget: Budget },
): readonly Column[] {
  const { grouping, steps, budget } = at;
  budget.spend(columns.length * steps);
  const folding = new Folding(fold);
  return grouped(columns, grouping).map((group) => {
    const into = emptyColumn(group.labels, steps);
    for (let i = 0; i < steps; i++) {
      for (const { has, values } of group.columns)
        if (has[i] === 1) folding.add(values[i] as number);
      if (folding.isEmpty) continue;
      into.has[i] = 1;
      into.values[i] = folding.take();
    }
    return into;
  });
}

/**
 * The `count` largest (topk) or smallest (bottomk) of each group at each step, with all their labels. NaN comes last in
 * both; among equals the first by labels wins.
 * @param counts one per step; below 1 there are none
 */
export function ranked(
  operator: Extract<Aggregation['operator'], 'topk' | 'bottomk'>,
  columns: readonly Column[],
  at: { grouping: Grouping; counts: Float64Array; budget: Budget },
): readonly Column[] {
  const { grouping, counts, budget } = at;
  const sign = operator === 'topk' ? -1 : 1;
  const kept: Column[] = [];
  const compare = (a: number, b: number): number => {
    if (Number.isNaN(a) || Number.isNaN(b))
      return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return a === b ? 0 : sign * (a < b ? -1 : 1);
  };
  for (const group of grouped(columns, grouping)) {
    const into = group.columns.map(({ labels }) => emptyColumn(labels, counts.length));
    const width = group.columns.length;
    budget.spend(counts.length * width * Math.ceil(Math.log2(width + 1)));
    for (let i = 0; i < counts.length; i++) {
      const count = Math.trunc(counts[i] as number);
      if (!(count >= 1)) continue;
      const present = [...group.columns.keys()].filter((k) => group.columns[k]?.has[i] === 1);
      const valueOf = (k: number): number => group.columns[k]?.values[i] as number;
      present.sort((a, b) => compare(valueOf(a), valueOf(b)));
      for (const k of present.slice(0, count)) {
        const column = into[k] as Column;
        column.has[i] = 1;
        column.values[i] = valueOf(k);
      }
    }
    kept.push(...into);
  }
  return kept;
}
