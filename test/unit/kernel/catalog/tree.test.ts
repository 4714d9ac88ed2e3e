import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repositoryDir } from '../../../../infra/bootstrap/prepare.mjs';
import { buildCatalog } from '../../../../services/kernel/catalog/build.ts';
import { formulaRoles } from '../../../../services/kernel/catalog/formula-roles.ts';
import { metricTree } from '../../../../services/kernel/catalog/tree.ts';
import { parseFormula } from '../../../../services/kernel/expression/formula-parser.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { checkCatalogFolder } from '../../../../services/platform/catalog/files.ts';
import { catalogTools } from '../../../../services/platform/catalog/tools.ts';
import { aDocuments, changed } from '../../../support/catalog-documents.ts';

const build = (documents: readonly Json[]) => buildCatalog(documents, catalogTools);
const objective = (metrics: readonly string[]): Json => ({
  apiVersion: 'tidemark/v1',
  kind: 'Objective',
  metadata: {
    id: 'loyal-customers',
    name: { en: 'Loyal customers', zh: '客户忠诚' },
    owner: 'person:anna',
  },
  spec: { metrics },
});
const withDrivers = (key: string, ...drivers: readonly (readonly [string, string])[]) =>
  changed(aDocuments(), key, {
    spec: { drivers: drivers.map(([metric, operator]) => ({ metric, operator })) },
  });

test.each([
  ['a + b - c', { a: '+', b: '+', c: '-' }],
  ['a - (b - c)', { a: '+', b: '-', c: '+' }],
  ['a * b / c', { a: '*', b: '*', c: '/' }],
  ['a / (b / c)', { a: '*', b: '/', c: '*' }],
  ['100 * a / b', { a: '*', b: '/' }],
  ['2 * a - b / 100', { a: '+', b: '-' }],
  ['1 / a', { a: '/' }],
  ['-a', { a: '-' }],
  ['(a + b) / (a + c)', { a: '*/', b: '*', c: '/' }],
  ['a * a', { a: '*' }],
])('in %s the roles are %j', (text, expected) => {
  const parsed = parseFormula(text);
  const roles = parsed.ok ? [...formulaRoles(parsed.value)] : [];
  expect(Object.fromEntries(roles.map(([id, of]) => [id, [...of].join('')]))).toEqual(expected);
});

describe('drivers are checked against the formula', () => {
  test.each<[string, readonly (readonly [string, string])[], readonly string[]]>([
    [
      'what the formula says',
      [
        ['cancels', '*'],
        ['orders', '/'],
      ],
      [],
    ],
    [
      'another operator',
      [
        ['cancels', '*'],
        ['orders', '*'],
      ],
      ['1 orders is no * here: in the formula it is /'],
    ],
    [
      'an influence that is in the formula',
      [['orders', 'influence']],
      ['0 orders is no influence here: in the formula it is /'],
    ],
  ])('%s', (_what, drivers, messages) => {
    const { faults } = build(withDrivers('Metric/rate', ...drivers));
    expect(faults.map(({ path, message }) => `${path[2]} ${message}`)).toEqual(messages);
    for (const fault of faults)
      expect(fault).toMatchObject({
        code: 'driver_mismatch',
        path: ['spec', 'drivers', expect.any(Number), 'operator'],
      });
  });

  test('what is not in it can only be an influence', () => {
    const more = changed(aDocuments(), 'Metric/rate', {
      spec: { formula: 'cancels / 2', drivers: [{ metric: 'orders', operator: '/' }] },
    });
    expect(build(more).faults.map(({ message }) => message)).toEqual([
      'orders is no / here: it is not in the formula, so it is influence',
    ]);
  });

  test('a formula and a driver that lead in a circle are refused where the driver stands', () => {
    const { faults } = build(withDrivers('Metric/orders', ['rate', 'influence']));
    expect(faults).toMatchObject([
      {
        code: 'definition_cycle',
        path: ['spec', 'drivers', 0, 'metric'],
        message: 'it drives itself: orders → rate → orders',
      },
    ]);
  });
});

test('the tree has objectives, metrics by depth, and edges from formulas and drivers', () => {
  const { catalog, faults } = build([
    ...withDrivers('Metric/orders', ['cancels', 'influence']),
    objective(['rate']),
  ]);
  expect(faults).toEqual([]);
  expect(metricTree(catalog)).toEqual({
    objectives: [
      {
        id: 'loyal-customers',
        name: { en: 'Loyal customers', zh: '客户忠诚' },
        owner: 'person:anna',
        metrics: ['rate'],
      },
    ],
    metrics: [
      { id: 'cancels', name: { en: 'cancels' }, owner: 'person:anna', depth: 2, rules: 0 },
      { id: 'orders', name: { en: 'orders' }, owner: 'person:anna', depth: 1, rules: 1 },
      {
        id: 'rate',
        name: { en: 'Cancel rate' },
        owner: 'person:anna',
        depth: 0,
        formula: 'cancels / orders',
        rules: 0,
      },
    ],
    edges: [
      {
        from: 'cancels',
        to: 'orders',
        operator: 'influence',
        relation: 'influence',
        source: 'declared',
      },
      { from: 'cancels', to: 'rate', operator: '*', relation: 'product', source: 'formula' },
      { from: 'orders', to: 'rate', operator: '/', relation: 'ratio', source: 'formula' },
    ],
  });
});

test('an objective names metrics that exist, each once, and an owner', () => {
  const { faults } = build([...aDocuments(), objective(['rate', 'ratte', 'rate'])]);
  expect(faults.map(({ code, path }) => [code, path.join('.')])).toEqual([
    ['reference_unknown', 'spec.metrics.1'],
    ['field_invalid', 'spec.metrics.2'],
  ]);
});

test('the demo has an objective, its metrics and what drives them', async () => {
  const { catalog } = await checkCatalogFolder(join(repositoryDir, 'catalog'));
  const { objectives, edges } = metricTree(catalog);
  expect(objectives).toMatchObject([
    { id: 'growing-sales', metrics: ['net-sales', 'cancel-rate'] },
  ]);
  const below = (metric: string): readonly string[] =>
    edges.filter(({ to }) => to === metric).map(({ from, operator }) => `${operator} ${from}`);
  expect(below('net-sales')).toEqual([
    '- cancelled-sales',
    'influence orders',
    'influence customers',
  ]);
  expect(below('cancel-rate').toSorted()).toEqual(['* cancelled-orders', '/ orders']);
});

test('whoever answers in the demo is reached: messages stand in the console', async () => {
  const { catalog } = await checkCatalogFolder(join(repositoryDir, 'catalog'));
  const people = [...catalog.people.values()];
  expect(people.length).toBeGreaterThan(3);
  for (const { id, receivers } of people)
    expect(
      receivers.map((name) => catalog.receivers.get(name)?.type),
      id,
    ).toContain('browser');
});
