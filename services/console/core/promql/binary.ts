import { isComparison } from './ast.ts';
import type { Binary } from './ast.ts';
import { emptyColumn, merged, signatureOf, withoutName } from './column.ts';
import type { Column, Value } from './column.ts';
import { unanswerable } from './fault.ts';
import { calculate, compares } from './numbers.ts';

type Operation = Pick<Binary, 'operator' | 'isBool'>;

/** Comparisons filter and keep the whole series; what makes new numbers drops the metric's name. */
const keepsName = ({ operator, isBool }: Operation): boolean => isComparison(operator) && !isBool;

/** @returns undefined where a comparison filters the value out */
function combine(
  { operator, isBool }: Operation,
  { left, right, kept }: { left: number; right: number; kept: number },
): number | undefined {
  if (!isComparison(operator)) return calculate(operator, left, right);
  const holds = compares(operator, left, right);
  return isBool ? Number(holds) : holds ? kept : undefined;
}

export function binary(operation: Operation, left: Value, right: Value): Value {
  if (left.kind === 'scalar' && right.kind === 'scalar')
    return betweenScalars(operation, left.values, right.values);
  if (left.kind === 'vector' && right.kind === 'vector')
    return { kind: 'vector', columns: betweenVectors(operation, left.columns, right.columns) };
  const vector = left.kind === 'vector' ? left : (right as Extract<Value, { kind: 'vector' }>);
  const scalar = left.kind === 'scalar' ? left : (right as Extract<Value, { kind: 'scalar' }>);
  const isScalarLeft = left.kind === 'scalar';
  const columns = vector.columns.map((column) =>
    mapped(column, operation, (value, i) => {
      const other = scalar.values[i] as number;
      return isScalarLeft
        ? { left: other, right: value, kept: value }
        : { left: value, right: other, kept: value };
    }),
  );
  return { kind: 'vector', columns: keepsName(operation) ? columns : merged(columns) };
}

const betweenScalars = (operation: Operation, a: Float64Array, b: Float64Array): Value => ({
  kind: 'scalar',
  values: a.map((left, i) => {
    const right = b[i] as number;
    return combine(operation, { left, right, kept: left }) ?? Number.NaN;
  }),
});

function mapped(
  column: Column,
  operation: Operation,
  operands: (value: number, step: number) => { left: number; right: number; kept: number },
): Column {
  const { labels } = keepsName(operation) ? column : withoutName(column);
  const into = emptyColumn(labels, column.has.length);
  for (let i = 0; i < column.has.length; i++) {
    if (column.has[i] === 0) continue;
    const value = combine(operation, operands(column.values[i] as number, i));
    if (value === undefined) continue;
    into.has[i] = 1;
    into.values[i] = value;
  }
  return into;
}

/** One to one by all labels but the metric's name; what has no partner is left out. */
function betweenVectors(
  operation: Operation,
  left: readonly Column[],
  right: readonly Column[],
): readonly Column[] {
  const partners = partnersBy(right);
  const results = left.flatMap((column) => {
    const key = signatureOf(withoutName(column).labels);
    const partner = partners.get(key);
    return partner ? [{ key, column: paired(operation, column, partner) }] : [];
  });
  for (const group of Map.groupBy(results, ({ key }) => key).values())
    if (group.length > 1)
      refuseOverlap(
        group.map(({ column }) => column.partnered),
        'multiple matches for labels: many-to-one matching is not supported: aggregate first',
      );
  const columns = results.map(({ column }) => column.result);
  return keepsName(operation) ? columns : merged(columns);
}

function paired(
  operation: Operation,
  column: Column,
  partner: Column,
): { readonly result: Column; readonly partnered: Uint8Array } {
  const partnered = column.has.map((has, i) => (has === 1 && partner.has[i] === 1 ? 1 : 0));
  const result = mapped({ ...column, has: partnered }, operation, (value, i) => ({
    left: value,
    right: partner.values[i] as number,
    kept: value,
  }));
  return { result, partnered };
}

function partnersBy(columns: readonly Column[]): ReadonlyMap<string, Column> {
  const groups = Map.groupBy(columns.map(withoutName), ({ labels }) => signatureOf(labels));
  const partners = new Map<string, Column>();
  for (const [key, group] of groups) {
    if (group.length > 1)
      refuseOverlap(
        group.map(({ has }) => has),
        'found duplicate series for the match group on the right hand-side of the operation;many-to-many matching not allowed: matching labels must be unique on one side',
      );
    partners.set(key, merged(group)[0] as Column);
  }
  return partners;
}

function refuseOverlap(masks: readonly Uint8Array[], detail: string): void {
  const [first] = masks;
  for (let i = 0; i < (first?.length ?? 0); i++) {
    const present = masks.reduce((sum, mask) => sum + (mask[i] as number), 0);
    if (present > 1) unanswerable(detail);
  }
}
