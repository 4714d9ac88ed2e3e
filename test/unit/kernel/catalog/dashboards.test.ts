import { expect, test } from 'vitest';
import { buildCatalog } from '../../../../services/kernel/catalog/build.ts';
import { grainForRange, isKept } from '../../../../services/kernel/catalog/dashboard-panels.ts';
import { impactOf } from '../../../../services/kernel/catalog/impact.ts';
import { lineageOf } from '../../../../services/kernel/catalog/lineage.ts';
import { usesOf } from '../../../../services/kernel/catalog/prune.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { DAY_MS, HOUR_MS } from '../../../../services/kernel/time.ts';
import { catalogTools } from '../../../../services/platform/catalog/tools.ts';
import { aDocuments, changed } from '../../../support/catalog-documents.ts';

const build = (documents: readonly Json[]) => buildCatalog(documents, catalogTools);
const DASHBOARD: Json = {
  apiVersion: 'tidemark/v1',
  kind: 'Dashboard',
  metadata: { id: 'shop', name: { en: 'Shop', zh: '商店' }, owner: 'person:anna' },
  spec: {
    panels: [
      { type: 'text', text: '# Today' },
      { type: 'chart', metric: 'orders', by: ['store'], range: 'PT6H' },
      { type: 'value', metric: 'orders', where: { store: 'S1' }, compare: 'week', title: 'S1' },
      { type: 'tree', metric: 'rate' },
    ],
  },
};

test('a dashboard has every default filled in', () => {
  const { catalog, faults } = build([...aDocuments(), DASHBOARD]);
  expect(faults).toEqual([]);
  expect(catalog.dashboards?.get('shop')).toEqual({
    id: 'shop',
    name: { en: 'Shop', zh: '商店' },
    owner: 'person:anna',
    tags: [],
    rangeMs: DAY_MS,
    panels: [
      { type: 'text', width: 12, height: 1, text: { en: '# Today' } },
      {
        type: 'chart',
        width: 6,
        height: 4,
        metric: 'orders',
        where: {},
        grain: 'hour',
        by: ['store'],
        rangeMs: 6 * HOUR_MS,
      },
      {
        type: 'value',
        title: { en: 'S1' },
        width: 3,
        height: 2,
        metric: 'orders',
        where: { store: 'S1' },
        grain: 'day',
        compare: 'week',
      },
      { type: 'tree', width: 12, height: 4, metric: 'rate', grain: 'day', depth: 3 },
    ],
  });
});

test('what a dashboard reads is in the lineage and no metric to be pruned', () => {
  const { catalog } = build([...aDocuments(), DASHBOARD]);
  expect(lineageOf('orders', catalog, catalogTools)?.edges).toContainEqual({
    from: 'Metric/orders',
    to: 'Dashboard/shop',
    as: 'shown by',
  });
  expect(usesOf(catalog)('orders').dashboards).toEqual(['shop']);
  expect(usesOf(catalog)('cancels').dashboards).toEqual([]);
});

test('a metric that a dashboard reads is not removed silently', () => {
  const documents = [...aDocuments(), DASHBOARD];
  const isRate = (one: Json): boolean =>
    (one as { metadata: { id: string } }).metadata.id === 'rate';
  const left = documents.filter((one) => !isRate(one));
  const after = build(left);
  const impacts = impactOf(
    {
      before: build(documents).catalog,
      after: after.catalog,
      faults: after.faults,
      keyOf: (index) => (left[index] === DASHBOARD ? 'Dashboard/shop' : '?'),
    },
    catalogTools,
  );
  expect(impacts).toMatchObject([
    {
      code: 'definition_broken',
      subject: 'Dashboard/shop',
      path: ['spec', 'panels', 3, 'metric'],
      isBreaking: true,
    },
    { code: 'metric_removed', affects: ['Dashboard/shop', 'readers'] },
  ]);
});

test.each([
  ['minute', ['minute', 'hour', 'day'], true, true],
  ['minute', ['hour', 'day'], false, false],
  ['month', ['day'], true, true],
  ['month', ['hour'], true, false],
  ['day', ['hour'], true, false],
  ['day', ['minute'], true, true],
  ['hour', ['hour'], true, true],
  ['hour', ['day'], false, false],
] as const)(
  'windows of %s from cells of %j: %s, and %s where clocks are not whole hours from UTC',
  (grain, grains, expected, ofOthers) => {
    expect(isKept(grain, { grains, hasWholeHours: true })).toBe(expected);
    expect(isKept(grain, { grains, hasWholeHours: false })).toBe(ofOthers);
  },
);

test.each([
  ['Asia/Kolkata', 'week', ['hour'], false],
  ['Asia/Kathmandu', 'day', ['hour'], false],
  // By half an hour in summer alone.
  ['Australia/Lord_Howe', 'day', ['hour'], false],
  ['Asia/Kolkata', 'hour', ['hour'], true],
  ['Asia/Kolkata', 'week', ['hour', 'day'], true],
  ['Australia/Adelaide', 'day', ['minute'], true],
  // Half an hour from the hour until 1982.
  ['Asia/Singapore', 'week', ['hour'], true],
])('in %s a panel of a %s over cells of %j is taken: %s', (timezone, grain, grains, expected) => {
  const documents = changed([...aDocuments(), DASHBOARD], 'Dashboard/shop', {
    spec: { panels: [{ type: 'value', metric: 'orders', grain }] },
  });
  const { faults } = build(changed(documents, 'Metric/orders', { spec: { timezone, grains } }));
  const told = faults.filter(({ path }) => path?.includes('panels'));
  expect(told.map(({ code }) => code)).toEqual(expected ? [] : ['grain_unavailable']);
});

test.each([
  ['minute', HOUR_MS, ['minute', 'hour', 'day'], 'minute'],
  ['minute', 7 * DAY_MS, ['minute', 'hour', 'day'], 'hour'],
  ['minute', 7 * DAY_MS, ['minute', 'day'], 'hour'],
  ['hour', 365 * DAY_MS, ['hour', 'day'], 'day'],
  ['hour', 365 * DAY_MS, ['day'], 'day'],
  ['day', 3_660 * DAY_MS, ['day'], 'week'],
  ['day', HOUR_MS, ['day'], 'day'],
] as const)('%s over %d ms from cells of %j is shown by %s', (grain, rangeMs, kept, expected) => {
  expect(grainForRange(grain, rangeMs, { grains: kept, hasWholeHours: true })).toBe(expected);
});
