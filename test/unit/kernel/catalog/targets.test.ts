import { describe, expect, test } from 'vitest';
import { buildCatalog } from '../../../../services/kernel/catalog/build.ts';
import { usesOf } from '../../../../services/kernel/catalog/prune.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { catalogTools } from '../../../../services/platform/catalog/tools.ts';
import { aDocuments } from '../../../support/catalog-documents.ts';

const target = (id: string, spec: Readonly<Record<string, Json>>): Json => ({
  apiVersion: 'tidemark/v1',
  kind: 'Target',
  metadata: { id, name: { en: 'Plan', zh: '计划' }, owner: 'person:anna' },
  spec: { metric: 'orders', ...spec },
});
const build = (...more: readonly Json[]) => buildCatalog([...aDocuments(), ...more], catalogTools);

test('a target is values at the unit’s scale for the days that its periods stand for', () => {
  const values = [
    { value: 100 },
    { period: 2026, value: '120' },
    { period: '2027-Q1', value: 1e2 },
    { from: '2027-04-01', to: '2027-05-01', where: { store: 'S1' }, value: '-5.0' },
  ];
  const { catalog, faults } = build(target('plan', { by: ['store'], window: 'month', values }));
  expect(faults).toEqual([]);
  expect(catalog.targets?.get('plan')).toEqual({
    id: 'plan',
    name: { en: 'Plan', zh: '计划' },
    owner: 'person:anna',
    metric: 'orders',
    by: ['store'],
    window: { kind: 'period', period: 'month' },
    entries: [
      { where: {}, value: '100' },
      { where: {}, from: '2026-01-01', to: '2027-01-01', value: '120' },
      { where: {}, from: '2027-01-01', to: '2027-04-01', value: '100' },
      { where: { store: 'S1' }, from: '2027-04-01', to: '2027-05-01', value: '-5' },
    ],
  });
  expect(usesOf(catalog)('orders').targets).toEqual(['plan']);
  expect(usesOf(catalog)('cancels').targets).toEqual([]);
});

describe('values do not overlap', () => {
  test.each<[string, readonly Json[]]>([
    [
      'where one ends as the other begins',
      [
        { period: '2026-01', value: 1 },
        { period: '2026-02', value: 2 },
      ],
    ],
    [
      'where one is the exception from what holds else',
      [{ value: 1 }, { from: '2026-01-01', value: 3 }, { period: '2026-02', value: 2 }],
    ],
  ])('%s', (_, values) => {
    expect(build(target('plan', { window: 'month', values })).faults).toEqual([]);
  });

  test('where they are for other windows, breakdowns or members', () => {
    const values = [{ period: '2026', value: 1 }];
    const { faults } = build(
      target('months', { window: 'month', values }),
      target('days', { window: 'day', values }),
      target('stores', {
        window: 'month',
        by: ['store'],
        values: [...values, { period: '2026', where: { store: 'S1' }, value: 2 }],
      }),
    );
    expect(faults).toEqual([]);
  });
});
