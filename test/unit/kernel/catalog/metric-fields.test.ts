import { describe, expect, test } from 'vitest';
import { additivityOf, formulaText } from '../../../../services/kernel/catalog/additivity.ts';
import { buildCatalog } from '../../../../services/kernel/catalog/build.ts';
import { unjudgedRules } from '../../../../services/kernel/catalog/quality.ts';
import type { Aggregation } from '../../../../services/kernel/accumulator.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { catalogTools } from '../../../../services/platform/catalog/tools.ts';
import { metricAnswer } from '../../../../services/console/core/metric-answer.ts';
import { aDocuments, changed } from '../../../support/catalog-documents.ts';

const build = (documents: readonly Json[]) => buildCatalog(documents, catalogTools);
type Change = Parameters<typeof changed>[2];
const faultsOf = (key: string, change: Change) =>
  build(changed(aDocuments(), key, change)).faults.map(
    ({ code, path, message }) => `${path.join('.')} ${code} ${message}`,
  );

const WORDS = {
  code: 'OPS-007',
  aliases: ['bookings', '预订数'],
  domain: 'sales',
  process: 'order-to-cash',
  purpose: { en: 'How busy the shops are.', zh: '门店有多忙。' },
  definition: { en: 'Orders that were not cancelled.', zh: '未取消的订单数。' },
  department: '华东销售部',
  source: 'ERP, module orders',
  steward: 'person:anna',
  deputy: 'person:anna',
  objective: 'profitable-growth',
  tags: ['core'],
  reviewBy: '2027-01-31',
  dimensionNames: { store: { en: 'Shop', zh: '门店' } },
  quality: [{ id: 'whole', expect: 'completeness >= 1', reason: 'Tills report late.' }],
} as const;

test('all that is said of a metric is kept, shown, and no part of its version', () => {
  const documents = changed(aDocuments(), 'Metric/orders', {
    metadata: WORDS as unknown as Record<string, Json>,
    spec: {
      additivity: 'additive',
      rounding: 'half-even',
      unit: { code: 'order', name: { en: 'orders', zh: '单' } },
    },
  });
  const { catalog, faults } = build(documents);
  expect(faults).toEqual([]);
  const metric = catalog.metrics.get('orders');
  expect(metric).toMatchObject(WORDS);
  expect(metric?.version).toBe(build(aDocuments()).catalog.metrics.get('orders')?.version);
  const answer = metric && metricAnswer(catalog, metric, { heads: new Map(), quality: [] });
  expect(answer?.definition).toMatchObject(WORDS);
  expect(answer).toMatchObject({
    dimensionNames: WORDS.dimensionNames,
    unit: { code: 'order', scale: 0, name: { en: 'orders', zh: '单' } },
  });
  expect(answer?.meaning).toEqual({
    formula: 'count of events where !data.cancelled',
    additivity: 'additive',
    rounding: 'half-even',
  });
});

test('a derived metric has the names of its inputs’ dimensions, and its own above them', () => {
  const names = (store: string) => ({ metadata: { dimensionNames: { store: { en: store } } } });
  const named = changed(aDocuments(), 'Metric/orders', names('Shop'));
  const rateOf = (documents: readonly Json[]) => build(documents).catalog.metrics.get('rate');
  expect(rateOf(named)?.dimensionNames).toEqual({ store: { en: 'Shop' } });
  const own = changed(named, 'Metric/rate', names('Branch'));
  expect(rateOf(own)?.dimensionNames).toEqual({ store: { en: 'Branch' } });
  expect(rateOf(own)?.version).toBe(rateOf(aDocuments())?.version);
});

describe('what is said is checked, at its place', () => {
  test.each<[string, Change, string]>([
    [
      'a steward',
      { metadata: { steward: 'person:ben' } },
      'metadata.steward reference_unknown there is no Person ben',
    ],
    [
      'the name of a dimension',
      { metadata: { dimensionNames: { shop: 'Shop' } } },
      'metadata.dimensionNames.shop reference_unknown shop is no dimension of this metric; there are store',
    ],
    [
      'a review date',
      { metadata: { reviewBy: 'soon' } },
      'metadata.reviewBy field_invalid metadata.reviewBy must be a date',
    ],
    [
      'a rule of quality',
      { metadata: { quality: [{ id: 'q', expect: 'valeu > 0' }] } },
      'metadata.quality.0.expect expression_invalid there is no valeu; there are value, count',
    ],
    [
      'a number as a rule',
      { metadata: { quality: [{ id: 'q', expect: 'value + 1' }] } },
      'metadata.quality.0.expect expression_invalid must be a condition',
    ],
    [
      'what a rule is made of',
      { metadata: { quality: [{ id: 'q' }] } },
      'metadata.quality.0 field_invalid a rule of quality has either expect or maxAge',
    ],
    [
      'one thing a rule',
      { metadata: { quality: [{ id: 'q', expect: 'count > 0', maxAge: 'PT1H' }] } },
      'metadata.quality.0 field_invalid a rule of quality has either expect or maxAge',
    ],
    [
      'an age of no window',
      { metadata: { quality: [{ id: 'q', maxAge: 'PT1H', within: 'PT1H' }] } },
      'metadata.quality.0.within field_invalid an age is judged of no window',
    ],
    [
      'a grain that is not kept',
      {
        metadata: { quality: [{ id: 'q', expect: 'count > 0', grain: 'hour' }] },
        spec: { grains: ['minute', 'day'] },
      },
      'metadata.quality.0.grain field_invalid the metric keeps no hours, but minute, day',
    ],
    [
      'an id that is taken',
      {
        metadata: {
          quality: [
            { id: 'q', maxAge: 'PT1H' },
            { id: 'q', expect: 'count > 0' },
          ],
        },
      },
      'metadata.quality.1.id field_invalid another rule of the metric is called q',
    ],
    [
      'a definition',
      { metadata: { definition: { en: '' } } },
      'metadata.definition.en field_invalid metadata.definition.en must not be empty',
    ],
    [
      'additivity',
      { spec: { additivity: 'semi-additive' } },
      'spec.additivity field_invalid is not semi-additive: by its aggregation or formula the metric is additive',
    ],
    [
      'rounding',
      { spec: { rounding: 'half-up' } },
      'spec.rounding not_supported half-up is not supported yet; there is half-even',
    ],
  ])('%s', (_what, change, fault) =>
    expect(faultsOf('Metric/orders', change)).toEqual([expect.stringContaining(fault)]),
  );

  test('of a derived metric, too: it keeps the grains of its inputs', () =>
    expect(
      faultsOf('Metric/rate', {
        metadata: { quality: [{ id: 'q', expect: 'value < 1', grain: 'hour' }] },
        spec: { grains: ['day'] },
      }),
    ).toEqual([expect.stringContaining('metadata.quality.0.grain field_invalid')]));

  test('a ratio cannot be added up', () =>
    expect(faultsOf('Metric/rate', { spec: { additivity: 'additive' } })).toEqual([
      expect.stringContaining('spec.additivity field_invalid is not additive'),
    ]));
});

test('rules of quality are kept with their lengths in ms, and are no part of the version', () => {
  const quality = [
    {
      id: 'whole',
      expect: 'completeness >= 1',
      grain: 'day',
      within: 'PT1H',
      reason: 'Late tills.',
    },
    { id: 'fresh', maxAge: 'PT10M' },
  ];
  const { catalog, faults } = build(
    changed(aDocuments(), 'Metric/orders', { metadata: { quality } }),
  );
  expect(faults).toEqual([]);
  const metric = catalog.metrics.get('orders');
  expect(metric?.quality).toEqual([
    {
      id: 'whole',
      expect: 'completeness >= 1',
      grain: 'day',
      withinMs: 3_600_000,
      reason: 'Late tills.',
    },
    { id: 'fresh', maxAgeMs: 600_000 },
  ]);
  expect(metric?.version).toBe(build(aDocuments()).catalog.metrics.get('orders')?.version);
});

test('rules that nobody can judge are sound, and named where they stand', () => {
  const quality = [
    { id: 'fine', expect: 'value > 0 && count > 0 && completeness > 0' },
    { id: 'trend', expect: 'value > samePeriodLastWeek' },
    { id: 'fresh', maxAge: 'PT10M' },
  ];
  const { catalog, faults } = build(
    changed(aDocuments(), 'Metric/orders', { metadata: { quality } }),
  );
  expect(faults).toEqual([]);
  expect(unjudgedRules(catalog, catalogTools)).toEqual([
    {
      metric: 'orders',
      rule: 'trend',
      path: ['metadata', 'quality', 1, 'expect'],
      message:
        'it reads samePeriodLastWeek, which only an AlertRule knows: here are value, count, completeness',
    },
  ]);
});

const inputs: Readonly<Record<string, Aggregation>> = {
  a: 'sum',
  b: 'count',
  s: 'latest',
  d: 'distinct',
};
test.each([
  ['a', 'additive'],
  ['2 * a - b / 100', 'additive'],
  ['a + s', 'semi-additive'],
  ['s + d', 'non-additive'],
  ['a / b', 'non-additive'],
  ['a * b', 'non-additive'],
  ['a + 1', 'non-additive'],
  ['100 * a / b', 'non-additive'],
])('the formula %s is %s', (formula, additivity) =>
  expect(additivityOf({ kind: 'derived', formula }, (id) => inputs[id])).toBe(additivity),
);

test('a metric is told in one line', () => {
  const metric = build(aDocuments()).catalog.metrics.get('orders');
  if (metric?.kind !== 'simple') throw new Error('orders is simple');
  const { where: _where, ...plain } = metric;
  expect(formulaText({ ...plain, aggregation: 'sum', value: 'data.amount' })).toBe(
    'sum of data.amount',
  );
  expect(
    formulaText({ ...plain, aggregation: 'latest', value: 'data.amount', entity: 'data.store' }),
  ).toBe('latest of data.amount for each data.store, added up');
  expect(
    formulaText({ ...plain, aggregation: 'percentile', value: 'data.amount', percentile: 95 }),
  ).toBe('percentile 95 of data.amount');
});
