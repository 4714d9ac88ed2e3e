import { describe, expect, it } from 'vitest';
import type { ValuesAnswer } from '../../../../../services/console/core/answers.ts';
import {
  changesOf,
  contributionsTo,
  treeState,
  rowsOf,
} from '../../../../../services/console/web/data/tree.ts';
import type { MetricTree, TreeEdge } from '../../../../../services/kernel/catalog/tree.ts';

const edge = (
  from: string,
  to: string,
  operator: TreeEdge['operator'],
  source: TreeEdge['source'] = 'formula',
): TreeEdge => {
  const relations = { '+': 'sum', '-': 'sum', '*': 'product', '/': 'ratio' } as const;
  const relation = operator === 'influence' ? 'influence' : relations[operator];
  return { from, to, operator, relation, source };
};
const metric = (id: string, depth: number, formula?: string) => ({
  id,
  name: { en: id.toUpperCase() },
  owner: 'team:a' as const,
  depth,
  rules: 0,
  ...(formula === undefined ? {} : { formula }),
});

/** `rate` measures an objective; `net` is measured by none; `orders` drives both. */
const TREE: MetricTree = {
  objectives: [{ id: 'growth', name: { en: 'Growth' }, owner: 'team:a', metrics: ['rate'] }],
  metrics: [
    metric('back', 1),
    metric('gross', 1),
    metric('net', 0, 'gross - back'),
    metric('orders', 1),
    metric('rate', 0, 'gross / orders'),
    metric('weather', 2),
  ],
  edges: [
    edge('gross', 'net', '+'),
    edge('back', 'net', '-'),
    edge('gross', 'rate', '*'),
    edge('orders', 'rate', '/'),
    edge('weather', 'orders', 'influence', 'declared'),
  ],
};
const shape = (closed: readonly string[] = []): readonly string[] =>
  rowsOf(TREE, new Set(closed)).map(
    ({ path, level, children, place, siblings }) =>
      `${path} ${level} ${children} ${place}/${siblings}`,
  );

describe('rows of the tree', () => {
  it('go down from objectives over metrics to drivers, then to what no objective has', () => {
    expect(shape()).toEqual([
      '/objective:growth 1 1 1/2',
      '/objective:growth/rate 2 2 1/1',
      '/objective:growth/rate/gross 3 0 1/2',
      '/objective:growth/rate/orders 3 1 2/2',
      '/objective:growth/rate/orders/weather 4 0 1/1',
      '/objective: 1 1 2/2',
      '/objective:/net 2 2 1/1',
      '/objective:/net/gross 3 0 1/2',
      '/objective:/net/back 3 0 2/2',
    ]);
  });

  it('are left out below what is closed', () => {
    expect(shape(['/objective:growth/rate', '/objective:'])).toEqual([
      '/objective:growth 1 1 1/2',
      '/objective:growth/rate 2 2 1/1',
      '/objective: 1 1 2/2',
    ]);
  });

  it('know the edge that leads up', () => {
    const rows = rowsOf(TREE, new Set());
    expect(rows.find(({ metric: id }) => id === 'back')?.edges).toEqual([edge('back', 'net', '-')]);
  });
});

const answer = (value: string | null, previous: string | null | undefined): ValuesAnswer =>
  ({
    series: [
      {
        labels: {},
        points: [
          {
            value,
            ...(previous === undefined ? {} : { compare: { previous: { value: previous } } }),
          },
        ],
      },
    ],
  }) as unknown as ValuesAnswer;

describe('contributions', () => {
  const changes = changesOf(
    new Map([
      ['net', answer('90.00', '70.00')],
      ['gross', answer('120.00', '80.00')],
      ['back', answer('30.00', '10.00')],
      ['orders', answer('4', '4')],
      ['rate', answer('30', '20')],
      ['weather', answer(null, undefined)],
    ]),
  );

  it('to a sum are shares of it, and effects on it', () => {
    const found = contributionsTo('net', TREE, changes);
    expect(found.get('gross')).toEqual({ share: 120 / 90, effect: 40 });
    expect(found.get('back')).toEqual({ share: -30 / 90, effect: -20 });
  });

  it('to a ratio are effects alone, which add up', () => {
    const found = contributionsTo('rate', TREE, changes);
    expect(found.get('gross')?.share).toBeUndefined();
    expect(found.get('gross')?.effect).toBeCloseTo(10, 9);
    expect(found.get('orders')?.effect).toBeCloseTo(0, 9);
  });

  it('of an influence, or without a value, are unknown', () => {
    expect(contributionsTo('orders', TREE, changes).get('weather')).toEqual({
      share: undefined,
      effect: undefined,
    });
    expect(contributionsTo('net', TREE, new Map()).get('gross')).toEqual({
      share: undefined,
      effect: undefined,
    });
  });

  it('of a driver that is only declared follow from its operator', () => {
    const declared = { ...TREE, edges: [edge('orders', 'gross', '*', 'declared')] };
    const twice = new Map([
      ['gross', { before: 10, after: 20 }],
      ['orders', { before: 2, after: 4 }],
    ]);
    expect(contributionsTo('gross', declared, twice).get('orders')?.effect).toBeCloseTo(10, 9);
  });
});

describe('how it stands with a metric', () => {
  const well = { isFiring: false, isRebuilding: false, behindMs: 0, hasValue: true, rules: 1 };
  it.each<[string, Partial<typeof well>]>([
    ['ok', {}],
    ['unwatched', { rules: 0 }],
    ['none', { hasValue: false }],
    ['none', { hasValue: false, rules: 0 }],
    ['stale', { behindMs: 120_001, hasValue: false }],
    ['rebuilding', { isRebuilding: true, hasValue: false }],
    ['firing', { isFiring: true, isRebuilding: true }],
  ])('%s: %j', (state, over) => {
    expect(treeState({ ...well, ...over })).toBe(state);
  });
});
