import { describe, expect, test } from 'vitest';
import { buildCatalog } from '../../../../services/kernel/catalog/build.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { catalogTools } from '../../../../services/platform/catalog/tools.ts';
import { aDocuments, changed } from '../../../support/catalog-documents.ts';

const build = (documents: readonly Json[]) => buildCatalog(documents, catalogTools);
type Change = Parameters<typeof changed>[2];
const metricVersion = (documents: readonly Json[], id = 'orders') =>
  build(documents).catalog.metrics.get(id)?.version;
const ruleVersion = (documents: readonly Json[]) =>
  build(documents).catalog.rules.get('orders-low')?.version;

test('documents become definitions with every default filled in', () => {
  const { catalog, faults } = build(aDocuments());
  expect(faults).toEqual([]);
  expect(catalog.metrics.get('orders')).toEqual({
    kind: 'simple',
    id: 'orders',
    version: expect.stringMatching(/^[0-9a-f]{12}$/) as string,
    name: { en: 'orders' },
    owner: 'person:anna',
    tags: [],
    unit: { code: 'count', scale: 0 },
    direction: 'none',
    event: 'shop.order',
    where: '!data.cancelled',
    aggregation: 'count',
    valueScale: 0,
    dimensions: { store: 'data.store' },
    breakdowns: [[], ['store']],
    grains: ['minute', 'hour', 'day'],
    timezone: 'Europe/London',
    latenessMs: 86_400_000,
    retentionMs: { minute: 604_800_000, hour: 34_560_000_000, day: 315_360_000_000 },
    maxSeries: 10_000,
  });
  expect(catalog.metrics.get('rate')).toMatchObject({
    kind: 'derived',
    formula: 'cancels / orders',
    inputs: ['cancels', 'orders'],
    unit: { code: 'ratio', scale: 4 },
    timezone: 'Europe/London',
    breakdowns: [[], ['store']],
    grains: ['minute', 'hour', 'day'],
  });
  expect(catalog.rules.get('orders-low')).toMatchObject({
    by: ['store'],
    window: { kind: 'grain', grain: 'hour' },
    evaluate: 'onClose',
    keepFiringMs: 0,
    noData: 'nodata',
    minCount: 0,
    severity: 'warning',
    notify: {},
  });
  expect(catalog.people.get('anna')).toEqual({
    id: 'anna',
    name: { en: 'Anna', zh: '安娜' },
    locale: 'en',
    timezone: 'UTC',
    receivers: [],
  });
});

test('the order of documents changes nothing', () => {
  const documents = aDocuments();
  const reversed = build(documents.toReversed()).catalog;
  for (const [id, metric] of build(documents).catalog.metrics)
    expect(reversed.metrics.get(id)).toEqual(metric);
});

describe('a metric has a new version exactly when its values may change', () => {
  const version = metricVersion(aDocuments());
  test.each<[string, Change]>([
    ['where', { spec: { where: '!data.cancelled && true' } }],
    ['aggregation and value', { spec: { aggregation: 'distinct', value: 'data.store' } }],
    ['unit scale', { spec: { unit: { code: 'count', scale: 2 } } }],
    ['dimensions', { spec: { dimensions: { store: 'data.store + ""' } } }],
    ['breakdowns', { spec: { breakdowns: [[]] } }],
    ['grains', { spec: { grains: ['day'] } }],
    ['timezone', { spec: { timezone: 'UTC' } }],
    ['lateness', { spec: { lateness: 'P2D' } }],
    ['retention', { spec: { retention: { minute: 'P1D' } } }],
    ['maxSeries', { spec: { maxSeries: 5 } }],
    ['eventsFrom', { spec: { eventsFrom: '2026-01-01' } }],
  ])('%s', (_field, change) => {
    const next = changed(aDocuments(), 'Metric/orders', change);
    const documents = next.filter((one) => (one as { kind: string }).kind !== 'AlertRule');
    expect(metricVersion(documents)).toBeDefined();
    expect(metricVersion(documents)).not.toBe(version);
  });

  test('the entity', () => {
    const stock = (entity: string) => {
      const unit = { code: 'pieces', scale: 0 };
      const spec = { aggregation: 'latest', value: '1', entity, unit };
      const next = changed(aDocuments(), 'Metric/orders', { spec });
      return metricVersion(next.filter((one) => (one as { kind: string }).kind !== 'AlertRule'));
    };
    expect(stock('data.store')).toBeDefined();
    expect(stock('data.store')).not.toBe(stock('data.store + ""'));
    expect(stock('data.store')).toBe(stock('(data.store)'));
  });

  test.each<[string, Change]>([
    ['white space and parentheses', { spec: { where: ' !(data.cancelled )' } }],
    ['the order of grains', { spec: { grains: ['day', 'minute', 'hour'] } }],
    ['a default, written down', { spec: { lateness: 'PT24H', maxSeries: 10_000 } }],
    [
      'direction and drivers',
      { spec: { direction: 'up', drivers: [{ metric: 'rate', operator: '*' }] } },
    ],
    [
      'words and people',
      {
        metadata: {
          name: { en: 'x', zh: '订单' },
          purpose: 'y',
          tags: ['z'],
          steward: 'person:anna',
        },
      },
    ],
  ])('not for %s', (_what, change) => {
    expect(metricVersion(changed(aDocuments(), 'Metric/orders', change))).toBe(version);
  });

  test.each<[string, Change]>([
    ['outOfOrderness', { spec: { outOfOrderness: 'PT1S' } }],
    ['duplicateHorizon', { spec: { duplicateHorizon: 'PT1H' } }],
    ['maxFuture', { spec: { maxFuture: 'PT1H' } }],
    ['timeFrom', { spec: { timeFrom: 'append' } }],
  ])('%s of its event type is one of them', (_field, change) => {
    expect(metricVersion(changed(aDocuments(), 'EventType/shop.order', change))).not.toBe(version);
  });

  test('a derived metric follows its inputs', () => {
    const before = metricVersion(aDocuments(), 'rate');
    const input = changed(aDocuments(), 'Metric/orders', { spec: { where: 'data.amount > 1' } });
    expect(metricVersion(input, 'rate')).not.toBe(before);
    const spaces = changed(aDocuments(), 'Metric/rate', {
      spec: { formula: '(cancels/orders)' },
    });
    expect(metricVersion(spaces, 'rate')).toBe(before);
  });
});

test('how long and how grave a lack of data is, is part of a rule', () => {
  const ruleWith = (noData: Json) =>
    build(changed(aDocuments(), 'AlertRule/orders-low', { spec: { noData } })).catalog.rules.get(
      'orders-low',
    );
  expect(ruleWith({ after: 3, severity: 'info' })).toMatchObject({
    noData: 'nodata',
    noDataAfter: 3,
    noDataSeverity: 'info',
  });
  expect(ruleWith({ severity: 'info' })?.version).toBe(ruleWith('nodata')?.version);
  expect(ruleWith({ after: 0 })).toBeUndefined();
});

describe('a rule has a new version exactly when its verdicts may change', () => {
  const version = ruleVersion(aDocuments());
  test.each<[string, Change]>([
    ['when', { spec: { when: 'value < 11' } }],
    ['clear', { spec: { clear: 'value > 11' } }],
    ['window', { spec: { window: 'day' } }],
    ['by', { spec: { by: [] } }],
    ['evaluate', { spec: { evaluate: 'onUpdate' } }],
    ['keepFiring', { spec: { keepFiring: 'PT5M' } }],
    ['noData', { spec: { noData: 'breach' } }],
    ['noData, how many windows', { spec: { noData: { after: 2, severity: 'info' } } }],
    ['minCount', { spec: { minCount: 3 } }],
    ['metric', { spec: { metric: 'cancels' } }],
  ])('%s', (_field, change) => {
    const next = ruleVersion(changed(aDocuments(), 'AlertRule/orders-low', change));
    expect(next).toBeDefined();
    expect(next).not.toBe(version);
  });

  test('not for severity, messages and words, nor for `for`: it holds for what begins', () => {
    const next = changed(aDocuments(), 'AlertRule/orders-low', {
      metadata: { name: { en: 'other' } },
      spec: {
        severity: 'critical',
        lateness: 'PT6H',
        notify: { repeat: 'PT1H', max: 2 },
        when: 'value<10',
        for: { duration: 'PT5M' },
      },
    });
    expect(ruleVersion(next)).toBe(version);
  });

  test('a lateness is one of the definition, and says who hears of a verdict, not what it is', () => {
    const next = changed(aDocuments(), 'AlertRule/orders-low', { spec: { lateness: 'PT6H' } });
    expect(build(next).catalog.rules.get('orders-low')?.latenessMs).toBe(6 * 3_600_000);
  });
});

test('a derived metric that reads derived ones is expanded to simple inputs', () => {
  const percent = {
    apiVersion: 'tidemark/v1',
    kind: 'Metric',
    metadata: { id: 'percent', name: 'Percent', owner: 'person:anna' },
    spec: { type: 'derived', formula: '100 * rate - 1', unit: { code: 'percent', scale: 1 } },
  };
  expect(build([percent, ...aDocuments()]).catalog.metrics.get('percent')).toMatchObject({
    formula: '(100 * (cancels / orders)) - 1',
    inputs: ['cancels', 'orders'],
  });
});

test('derived metrics that read one another in a circle are both refused', () => {
  const circular = (id: string, formula: string) => ({
    apiVersion: 'tidemark/v1',
    kind: 'Metric',
    metadata: { id, name: id, owner: 'person:anna' },
    spec: { type: 'derived', formula, unit: { code: 'ratio' } },
  });
  const { faults } = build([circular('a', 'b / orders'), circular('b', 'a * 2'), ...aDocuments()]);
  expect(faults.map(({ code, message }) => [code, message])).toEqual([
    ['definition_cycle', 'it reads itself: a → b → a'],
    ['definition_cycle', 'it reads itself: b → a → b'],
  ]);
});

test('F-076 a formula that adds amounts of two units is refused, and names them', () => {
  const together = {
    apiVersion: 'tidemark/v1',
    kind: 'Metric',
    metadata: { id: 'together', name: 'Together', owner: 'person:anna' },
    spec: { type: 'derived', formula: 'orders + cancels', unit: { code: 'EUR', scale: 2 } },
  };
  const inEuro = changed(aDocuments(), 'Metric/cancels', { spec: { unit: { code: 'EUR' } } });
  expect(build([together, ...inEuro]).faults).toMatchObject([
    {
      code: 'expression_invalid',
      message: expect.stringMatching(/between .*EUR.*: units do not combine/) as string,
    },
  ]);
});

test('inputs of a formula must share days and breakdowns', () => {
  const zones = changed(aDocuments(), 'Metric/orders', { spec: { timezone: 'Asia/Shanghai' } });
  expect(build(zones).faults).toMatchObject([
    { path: ['spec', 'formula'], message: expect.stringContaining('days differ') as string },
  ]);
  const breakdowns = changed(
    changed(aDocuments(), 'Metric/orders', { spec: { breakdowns: [['store']] } }),
    'Metric/cancels',
    { spec: { breakdowns: [[]] } },
  );
  expect(build(breakdowns).faults).toMatchObject([{ code: 'breakdown_unavailable' }]);
});

test('`by` of a rule takes the order of the metric’s breakdown', () => {
  const spec = {
    dimensions: { store: 'data.store', shop: 'data.store' },
    breakdowns: [['store', 'shop']],
  };
  const wide = changed(aDocuments(), 'Metric/orders', { spec }).filter(
    (one) => (one as { metadata: { id: string } }).metadata.id !== 'rate',
  );
  const { catalog } = build(
    changed(wide, 'AlertRule/orders-low', { spec: { by: ['shop', 'store'] } }),
  );
  expect(catalog.rules.get('orders-low')?.by).toEqual(['store', 'shop']);
});

test('a date in eventsFrom is the start of that day in the metric’s zone', () => {
  const spec = { timezone: 'Asia/Shanghai', eventsFrom: '2026-01-01' };
  const documents = changed(aDocuments(), 'Metric/orders', { spec });
  const { catalog } = build(documents);
  expect(catalog.metrics.get('orders')).toMatchObject({
    eventsFromMs: Date.UTC(2025, 11, 31, 16),
  });
});

test('what depends on a faulty definition is left out, and only its own faults are told', () => {
  const { catalog, faults } = build(
    changed(aDocuments(), 'EventType/shop.order', { spec: { avro: 'string' } }),
  );
  expect(faults).toMatchObject([{ code: 'schema_invalid' }]);
  expect(catalog.metrics.size).toBe(0);
  expect(catalog.rules.size).toBe(0);
  expect(catalog.people.size).toBe(1);
});

test('any JSON is read or refused, never thrown at', () => {
  const odd: readonly Json[] = [
    null,
    1,
    'x',
    [],
    {},
    { kind: 1 },
    { kind: 'Metric' },
    { kind: 'Metric', metadata: null, spec: [] },
    { kind: 'Person', metadata: { id: 1 }, spec: null },
    { kind: 'constructor' },
    { kind: 'EventType', metadata: { id: 'a' }, spec: { avro: { type: 'record' } } },
  ];
  for (const document of odd) expect(build([document]).faults.length).toBeGreaterThan(0);
});
