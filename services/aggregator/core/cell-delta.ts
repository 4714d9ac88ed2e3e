import { isLater } from '../../kernel/accumulator.ts';
import type { Aggregation, LastValue } from '../../kernel/accumulator.ts';
import { add, compare } from '../../kernel/integer.ts';
import type { Integer } from '../../kernel/integer.ts';

/** What a cell gained since the last flush. */
export type CellDelta = {
  contributions: number;
  /** True when a historical event changed a window that was final for its partition. */
  restated: boolean;
  /** How many of the contributions are of historical events. */
  historical: number;
  sum: Integer | undefined;
  min: Integer | undefined;
  max: Integer | undefined;
  last: LastValue | undefined;
  members: Set<string> | undefined;
  /** Counters by bin (kernel/sketch.ts). */
  bins: Map<number, number> | undefined;
  /** The newest value of each entity. */
  entities?: Map<string, LastValue> | undefined;
};

export const emptyDelta = (): CellDelta => ({
  contributions: 0,
  restated: false,
  historical: 0,
  sum: undefined,
  min: undefined,
  max: undefined,
  last: undefined,
  members: undefined,
  bins: undefined,
  entities: undefined,
});

/** Members, bins or entities of a delta: what it weighs in a flush beside the cell itself. */
export const partsOf = ({ members, bins, entities }: CellDelta): number =>
  members?.size ?? bins?.size ?? entities?.size ?? 0;

/** How one event changes a cell, decided once per metric by its aggregation. Law: the order of events does not matter. */
export type Contribution = {
  value: Integer;
  /** Of distinct the member, of latest the entity. */
  member: string;
  timeMs: number;
  partition: number;
  offset: number;
};

const addValue = (cell: CellDelta, { value }: Contribution): void => {
  cell.sum = cell.sum === undefined ? value : add(cell.sum, value);
};

const CONTRIBUTE: Readonly<
  Record<Aggregation, (cell: CellDelta, contribution: Contribution) => void>
> = {
  count: () => {},
  sum: addValue,
  avg: addValue,
  min: (cell, { value }) => {
    if (cell.min === undefined || compare(value, cell.min) < 0) cell.min = value;
  },
  max: (cell, { value }) => {
    if (cell.max === undefined || compare(value, cell.max) > 0) cell.max = value;
  },
  last: (cell, { value, timeMs, partition, offset }) => {
    const candidate = { timeMs, partition, offset, value };
    if (cell.last === undefined || isLater(candidate, cell.last)) cell.last = candidate;
  },
  distinct: (cell, { member }) => {
    (cell.members ??= new Set()).add(member);
  },
  /** The value is that of the bin, which the plan reads once per event. */
  percentile: (cell, { value }) => {
    const bins = (cell.bins ??= new Map());
    bins.set(value as number, (bins.get(value as number) ?? 0) + 1);
  },
  latest: (cell, { member, value, timeMs, partition, offset }) =>
    setLatest((cell.entities ??= new Map()), member, { timeMs, partition, offset, value }),
};

/**
 * Lets one event change a cell.
 * @returns how many members, bins or entities the cell gained
 */
export function contribute(
  aggregation: Aggregation,
  cell: CellDelta,
  contribution: Contribution,
): number {
  // By name for what nearly all metrics are: a call by a name that varies costs more than what it does.
  if (aggregation === 'count') return 0;
  if (aggregation === 'sum') {
    addValue(cell, contribution);
    return 0;
  }
  const parts = partsOf(cell);
  CONTRIBUTE[aggregation](cell, contribution);
  return partsOf(cell) - parts;
}

function setLatest(entities: Map<string, LastValue>, entity: string, candidate: LastValue): void {
  const known = entities.get(entity);
  if (known === undefined || isLater(candidate, known)) entities.set(entity, candidate);
}

/**
 * Adds to `into` what `from` gained. Law: the same as contributing the events of both to one delta, in any order.
 * `from` stays as it is, and shares nothing with `into`.
 */
export function mergeDelta(into: CellDelta, from: CellDelta): void {
  into.contributions += from.contributions;
  into.historical += from.historical;
  into.restated ||= from.restated;
  if (from.sum !== undefined)
    into.sum = into.sum === undefined ? from.sum : add(into.sum, from.sum);
  if (from.min !== undefined && (into.min === undefined || compare(from.min, into.min) < 0))
    into.min = from.min;
  if (from.max !== undefined && (into.max === undefined || compare(from.max, into.max) > 0))
    into.max = from.max;
  if (from.last !== undefined && (into.last === undefined || isLater(from.last, into.last)))
    into.last = from.last;
  if (from.members) {
    const members = (into.members ??= new Set());
    for (const member of from.members) members.add(member);
  }
  if (from.bins) {
    const bins = (into.bins ??= new Map());
    for (const [bin, by] of from.bins) bins.set(bin, (bins.get(bin) ?? 0) + by);
  }
  if (from.entities) {
    const entities = (into.entities ??= new Map());
    for (const [entity, last] of from.entities) setLatest(entities, entity, last);
  }
}
