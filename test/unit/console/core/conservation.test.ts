import { describe, expect, test } from 'vitest';
import {
  conservationGap,
  conservationOf,
  COUNTERS,
} from '../../../../services/console/core/conservation.ts';
import type { Counter, PartitionAccount } from '../../../../services/console/core/conservation.ts';

const account = (
  over: Partial<Omit<PartitionAccount, 'counters'>>,
  counters: Partial<Record<Counter, number>>,
): PartitionAccount => ({
  topic: 't',
  partition: 0,
  first: 0,
  next: 0,
  watermarkMs: 0,
  appendMs: 0,
  rebuilding: false,
  ...over,
  counters: {
    ...(Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Record<Counter, number>),
    ...counters,
  },
});
const ref = { metric: 'm', version: 'v' };

describe('the conservation equation', () => {
  const partitions = [
    account({ first: 10, next: 20 }, { counted: 4, late: 1, duplicate: 1, heartbeat: 3, hole: 1 }),
    account({ partition: 1, next: 5 }, { filtered: 2, dead_lettered: 1, conflict: 1, lost: 1 }),
  ];
  const ends = new Map([
    [0, 25],
    [1, 5],
  ]);

  test('holds where every offset has its counter', () => {
    expect(conservationOf(ref, partitions, ends)).toEqual({
      ...ref,
      records: 16,
      counted: 4,
      filtered: 2,
      late: 1,
      expired: 0,
      duplicate: 1,
      conflict: 1,
      deadLettered: 1,
      lost: 1,
      inFlight: 5,
      heartbeats: 3,
      holes: 1,
      difference: 0,
    });
    expect(conservationGap(partitions)).toBe(0);
  });

  test('does not depend on when the ends were read', () => {
    const earlier = conservationOf(ref, partitions, new Map([[0, 15]]));
    expect(earlier).toMatchObject({ inFlight: 0, difference: 0 });
  });

  test('a lost event shows positive, one told twice negative, and in the gap they do not hide each other', () => {
    const lost = account({ next: 3 }, { counted: 2 });
    const twice = account({ partition: 1, next: 1 }, { counted: 2 });
    expect(conservationOf(ref, [lost], new Map()).difference).toBe(1);
    expect(conservationOf(ref, [twice], new Map()).difference).toBe(-1);
    expect(conservationOf(ref, [lost, twice], new Map()).difference).toBe(0);
    expect(conservationGap([lost, twice])).toBe(2);
  });
});
