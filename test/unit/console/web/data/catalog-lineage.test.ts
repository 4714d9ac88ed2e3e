import { describe, expect, it } from 'vitest';
import { sidesOf } from '../../../../../services/console/web/data/catalog-lineage.ts';

const edge = (from: string, to: string, as: string) => ({ from, to, as });
const edges = [
  edge('EventType/order', 'Field/order#data.amount', 'has'),
  edge('Field/order#data.amount', 'Metric/sales', 'value'),
  edge('Field/order#data.amount', 'Metric/sales', 'where'),
  edge('Metric/sales', 'Metric/margin', 'formula'),
  edge('Metric/sales', 'AlertRule/sales-low', 'watches'),
  edge('Metric/margin', 'Objective/profit', 'measures'),
  edge('Metric/costs', 'Metric/margin', 'formula'),
];
const { sources, uses } = sidesOf({ metric: 'sales', nodes: [], edges });

describe('the two sides of a metric', () => {
  it('are what it comes from, the nearest first and with all that it is used for', () => {
    expect(sources).toEqual([
      { kind: 'Field', id: 'order#data.amount', as: ['value', 'where'], distance: 1 },
      { kind: 'EventType', id: 'order', as: ['has'], distance: 2 },
    ]);
  });

  it('and what depends on it, but not what stands beside it', () => {
    expect(uses.map(({ kind, id, distance }) => `${kind}/${id} ${String(distance)}`)).toEqual([
      'Metric/margin 1',
      'AlertRule/sales-low 1',
      'Objective/profit 2',
    ]);
  });

  it('end where a circle closes', () => {
    const circle = [
      edge('Metric/a', 'Metric/b', 'driver +'),
      edge('Metric/b', 'Metric/a', 'driver +'),
    ];
    expect(sidesOf({ metric: 'a', nodes: [], edges: circle }).uses).toEqual([
      { kind: 'Metric', id: 'b', as: ['driver +'], distance: 1 },
    ]);
  });
});
