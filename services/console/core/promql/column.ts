import { unanswerable } from './fault.ts';

/** Labels of a series; the metric's name is under `__name__`. */
export type Labels = Readonly<Record<string, string>>;

export const NAME = '__name__';

/** What an expression is over all evaluation steps, for one set of labels. */
export type Column = {
  readonly labels: Labels;
  /** One per step; meaningless where `has` is 0. */
  readonly values: Float64Array;
  /** 1 where there is a value: NaN is a value. */
  readonly has: Uint8Array;
};

export type Value =
  | { readonly kind: 'scalar'; readonly values: Float64Array }
  | { readonly kind: 'vector'; readonly columns: readonly Column[] };

export const emptyColumn = (labels: Labels, steps: number): Column => ({
  labels,
  values: new Float64Array(steps),
  has: new Uint8Array(steps),
});

/** Equal for equal labels. */
export const signatureOf = (labels: Labels): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

export function without(labels: Labels, names: readonly string[]): Labels {
  const rest: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels)) if (!names.includes(name)) rest[name] = value;
  return rest;
}

export function only(labels: Labels, names: readonly string[]): Labels {
  const some: Record<string, string> = {};
  for (const name of names) {
    const value = labels[name];
    if (value !== undefined) some[name] = value;
  }
  return some;
}

export const withoutName = (column: Column): Column => ({
  ...column,
  labels: without(column.labels, [NAME]),
});

/**
 * Makes one column of those with the same labels, as they may be left when names of metrics are dropped.
 * @throws QueryFaultError execution where two of them have a value at one step
 */
export function merged(columns: readonly Column[]): readonly Column[] {
  const bySignature = Map.groupBy(columns, ({ labels }) => signatureOf(labels));
  if (bySignature.size === columns.length) return columns;
  return [...bySignature.values()].map(([first, ...others]) => {
    const { labels, values, has } = first as Column;
    const into = { labels, values: values.slice(), has: has.slice() };
    for (const other of others) copyInto(into, other);
    return into;
  });
}

function copyInto(into: Column, from: Column): void {
  for (let i = 0; i < from.has.length; i++) {
    if (from.has[i] === 0) continue;
    if (into.has[i] === 1) unanswerable('vector cannot contain metrics with the same labelset');
    into.has[i] = 1;
    into.values[i] = from.values[i] as number;
  }
}
