import { describe, expect, test } from 'vitest';
import { buildCatalog } from '../../../../services/kernel/catalog/build.ts';
import { usesOf } from '../../../../services/kernel/catalog/prune.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { catalogTools } from '../../../../services/platform/catalog/tools.ts';
import { aDocuments, changed } from '../../../support/catalog-documents.ts';
import { CALENDARS } from '../../../support/manual-documents.ts';

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

describe('of a metric with a calendar of its own', () => {
  const orders = (calendar: string) =>
    changed([...aDocuments(), ...CALENDARS], 'Metric/orders', { spec: { calendar } });
  const of = (calendar: string, period: Json, window = 'month') => {
    const { catalog, faults } = buildCatalog(
      [...orders(calendar), target('plan', { window, values: [{ period, value: 1 }] })],
      catalogTools,
    );
    const [entry] = catalog.targets?.get('plan')?.entries ?? [];
    const fault = faults.find(({ path }) => path?.includes('period'));
    return fault?.message ?? `${entry?.from} ${entry?.to}`;
  };

  test.each([
    ['fiscal', 'FY2026 M01', 'month', '2025-04-06 2025-05-06'],
    ['fiscal', 'fy2026-q1', 'month', '2025-04-06 2025-07-06'],
    ['fiscal', 'FY2026', 'day', '2025-04-06 2026-04-06'],
    ['retail', 'FY2023 W53', 'week', '2024-01-28 2024-02-04'],
    ['retail', 'FY2023', 'month', '2023-01-29 2024-02-04'],
    // As before: the windows that begin in April.
    ['fiscal', '2026-04', 'month', '2026-04-01 2026-05-01'],
    ['fiscal', 2026, 'year', '2026-01-01 2027-01-01'],
  ])('%s: %s is for windows of a %s from %s', (calendar, period, window, days) => {
    expect(of(calendar, period, window)).toBe(days);
  });

  test.each([
    [
      'gregorian',
      'FY2026',
      'FY2026 is no period: write 2026-11-30, 2026-W49, 2026-11, 2026-Q4, 2026',
    ],
    ['fiscal', 'FY2026 W01', '2026-Q4, 2026, FY2026 M01, FY2026 Q1, FY2026'],
    ['retail', 'FY2022 W53', '2026, FY2026 W01, FY2026 M01, FY2026 Q1, FY2026'],
    ['retail', 'FY2023 W02', 'no window of month begins from 2023-02-05 to before 2023-02-12'],
  ])('%s: %s is refused', (calendar, period, message) => {
    expect(of(calendar, period)).toContain(message);
  });
});

test.each([
  ['Asia/Singapore', []],
  ['Asia/Kolkata', ['grain_unavailable']],
])(
  'in %s hours of a day so far that is planned are told from cells of hours: %j',
  (timezone, codes) => {
    const documents = changed(aDocuments(), 'Metric/orders', {
      spec: { timezone, grains: ['hour', 'day'] },
    });
    const plan = target('plan', { window: 'day-to-date', values: [{ value: 1 }] });
    const { faults } = buildCatalog([...documents, plan], catalogTools);
    const own = faults.filter(({ path }) => path?.[1] === 'window');
    expect(own.map(({ code }) => code)).toEqual(codes);
  },
);

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
