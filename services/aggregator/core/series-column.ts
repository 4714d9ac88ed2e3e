import { formatDecimal } from '../../kernel/decimal.ts';
import type { Integer } from '../../kernel/integer.ts';
import { seriesKey } from '../../kernel/series.ts';
import { OncePerRecord } from './expressions.ts';
import type { EventVariables, SharedExpression } from './expressions.ts';

/** One series as workers tell it from others: by a number of this process, given when its members are first met. */
export type Series = {
  readonly id: number;
  readonly key: string;
  /** The names of its dimensions, joined by commas. */
  readonly breakdown: string;
};

/** Which series of a breakdown the record at hand belongs to. */
export type SeriesColumn = OncePerRecord<Series>;

export type Dimension = { readonly name: string; readonly expression: SharedExpression };

/**
 * Series are forgotten once there are this many, so that members without end cannot fill the memory; the
 * same members get another number then (flush.ts puts such twins together).
 */
const SERIES_MAX = 200_000;

let ids = 0;

export const seriesOf = (breakdown: readonly string[], members: readonly string[]): Series => ({
  id: ++ids,
  key: seriesKey(breakdown, members),
  breakdown: breakdown.join(','),
});

type Node = Map<string, Node | Series>;

/** @param dimensions of the breakdown, in its order; none is the total */
export function seriesColumn(dimensions: readonly Dimension[]): SeriesColumn {
  const names = dimensions.map(({ name }) => name);
  if (dimensions.length === 0) {
    const total = seriesOf([], []);
    return new OncePerRecord(() => total);
  }
  const readers = dimensions.map(({ expression }) => memberReader(expression));
  const last = readers.length - 1;
  let root: Node = new Map();
  let size = 0;

  const admit = (node: Node, variables: EventVariables): Series => {
    const members = readers.map((read) => read(variables));
    const series = seriesOf(names, members);
    if (++size > SERIES_MAX) {
      size = 0;
      root = new Map();
      return series;
    }
    node.set(members[last] as string, series);
    return series;
  };
  const find = (variables: EventVariables): Series => {
    let node = root;
    for (let i = 0; i < last; i++) {
      const member = (readers[i] as MemberReader)(variables);
      let next = node.get(member) as Node | undefined;
      if (!next) {
        next = new Map();
        node.set(member, next);
      }
      node = next;
    }
    const member = (readers[last] as MemberReader)(variables);
    return (node.get(member) as Series | undefined) ?? admit(node, variables);
  };
  return new OncePerRecord(find);
}

type MemberReader = (variables: EventVariables) => string;

/** Members as text; none is the empty text. */
function memberReader(expression: SharedExpression): MemberReader {
  return (variables) => memberText(expression, expression.value.read(variables)) ?? '';
}

/** A dimension member or distinct member as text; decimals at their scale, null where there is none. */
export function memberText(
  { type }: Pick<SharedExpression, 'type'>,
  value: unknown,
): string | null {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return null;
  if (type.kind === 'decimal') return formatDecimal(value as Integer, type.scale);
  return String(value);
}

/** Columns of one event type: metrics with the same breakdown share one. */
export function sharedColumns(): (dimensions: readonly Dimension[]) => SeriesColumn {
  const shared = new Map<string, readonly [readonly Dimension[], SeriesColumn][]>();
  return (dimensions) => {
    const names = JSON.stringify(dimensions.map(({ name }) => name));
    const alike = shared.get(names) ?? [];
    const known = alike.find(([other]) =>
      other.every(({ expression }, i) => expression === dimensions[i]?.expression),
    );
    if (known) return known[1];
    const column = seriesColumn(dimensions);
    shared.set(names, [...alike, [dimensions, column]]);
    return column;
  };
}
