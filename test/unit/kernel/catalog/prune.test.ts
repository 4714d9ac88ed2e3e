import { describe, expect, test } from 'vitest';
import { buildCatalog } from '../../../../services/kernel/catalog/build.ts';
import type { History } from '../../../../services/kernel/catalog/correlation.ts';
import {
  differencesOf,
  sameInputs,
  similarityOf,
} from '../../../../services/kernel/catalog/near-duplicates.ts';
import { pruneFindings } from '../../../../services/kernel/catalog/prune.ts';
import type { MetricReads } from '../../../../services/kernel/catalog/prune.ts';
import type { Catalog, MetricDefinition } from '../../../../services/kernel/definitions.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { DAY_MS } from '../../../../services/kernel/time.ts';
import { catalogTools } from '../../../../services/platform/catalog/tools.ts';
import { aDocuments } from '../../../support/catalog-documents.ts';

const NOW = 100 * DAY_MS;
const metric = (id: string, spec: Record<string, Json>): Json => ({
  apiVersion: 'tidemark/v1',
  kind: 'Metric',
  metadata: { id, name: id, owner: 'person:anna' },
  spec: { type: 'simple', event: 'shop.order', aggregation: 'count', ...spec },
});
const built = (...more: readonly Json[]): Catalog => {
  const { catalog, faults } = buildCatalog([...aDocuments(), ...more], catalogTools);
  expect(faults).toEqual([]);
  return catalog;
};
const findings = (catalog: Catalog, reads: Readonly<Record<string, MetricReads>>) =>
  pruneFindings(catalog, {
    near: [],
    readsOf: (id) => reads[id],
    nowMs: NOW,
    unreadForMs: 30 * DAY_MS,
  }).map(({ metric: id, code }) => `${id} ${code}`);

describe('a metric is unused', () => {
  const big = metric('big', { where: 'data.amount > 100.00' });
  const long = { seenMs: 0 };
  test.each<[string, MetricReads | undefined, boolean]>([
    ['never read for 100 days', long, true],
    ['read 31 days ago', { ...long, readMs: NOW - 31 * DAY_MS }, true],
    ['read 29 days ago', { ...long, readMs: NOW - 29 * DAY_MS }, false],
    ['published 29 days ago', { seenMs: NOW - 29 * DAY_MS }, false],
    ['of an unknown age', undefined, false],
  ])('when it is %s: %j → %s', (_what, reads, isUnused) => {
    expect(findings(built(big), reads ? { big: reads } : {})).toEqual(
      isUnused ? ['big unused'] : [],
    );
  });

  test('but not while a rule watches it, though that one be paused', () => {
    const rule: Json = {
      apiVersion: 'tidemark/v1',
      kind: 'AlertRule',
      metadata: { id: 'big-low', name: 'Few of them' },
      spec: { metric: 'big', window: 'PT1H', when: 'value < 1', paused: true },
    };
    const catalog = built(big, rule);
    expect(catalog.rules.get('big-low')).toMatchObject({ paused: true });
    expect(findings(catalog, { big: long })).toEqual([]);
  });

  test('unless a rule, a derived metric, a subscription or a metric above looks at it', () => {
    const all = { seenMs: 0 };
    const ids = ['orders', 'cancels', 'rate', 'big'];
    const reads = Object.fromEntries(ids.map((id) => [id, all]));
    expect(findings(built(big), reads)).toEqual(['big unused', 'rate unused']);
    const followed: Json = {
      apiVersion: 'tidemark/v1',
      kind: 'Subscription',
      metadata: { id: 'anna-follows' },
      spec: { who: 'person:anna', metric: 'rate' },
    };
    const above = metric('above', {
      where: 'data.amount > 5.00',
      drivers: [{ metric: 'big', operator: '+' }],
    });
    expect(findings(built(big, followed, above), reads)).toEqual([]);
  });

  test('with the figures that say so', () => {
    const [finding] = pruneFindings(built(big), {
      near: [],
      readsOf: (id) => (id === 'big' ? { seenMs: 0, readMs: DAY_MS } : undefined),
      nowMs: NOW,
      unreadForMs: 30 * DAY_MS,
    });
    expect(finding).toEqual({
      metric: 'big',
      code: 'unused',
      reason:
        'last read at 1970-01-02T00:00:00.000Z; 0 derived metrics, 0 rules, 0 subscriptions, 0 objectives, 0 targets, 0 dashboards and 0 metrics above it look at it',
      evidence: {
        lastRead: '1970-01-02T00:00:00.000Z',
        publishedBy: '1970-01-01T00:00:00.000Z',
        derived: 0,
        rules: 0,
        subscriptions: 0,
        objectives: 0,
        targets: 0,
        dashboards: 0,
        drives: 0,
      },
      action: expect.stringContaining('remove big') as string,
    });
  });
});

test('a metric whose owner nobody knows is unowned, unless a responsibility names somebody', () => {
  const catalog = built();
  const without = { ...catalog, people: new Map() };
  const named = new Map([...catalog.people].map(([, one]) => ['ben', { ...one, id: 'ben' }]));
  const entries = [
    { metric: 'rate', where: {}, accountable: 'person:ben', escalation: [] } as const,
  ];
  const responsibilities = new Map([['r', { id: 'r', entries }]]);
  expect(findings(without, {})).toEqual(['cancels unowned', 'orders unowned', 'rate unowned']);
  expect(findings({ ...without, people: named, responsibilities }, {})).toEqual([
    'cancels unowned',
    'orders unowned',
  ]);
});

describe('near-duplicates', () => {
  const noise = (i: number, seed: number): number => ((i + 1) * seed * 7_919) % 101;
  const history = (of: (i: number) => number, count = 40): History =>
    new Map(Array.from({ length: count }, (_, i) => [i, { unscaled: of(i), scale: 0 }]));
  const ids = (groups: readonly (readonly MetricDefinition[])[]) =>
    groups.map((group) => group.map(({ id }) => id));

  test('only metrics of the same inputs are compared', () => {
    const catalog = built(
      metric('net', { aggregation: 'sum', value: 'data.amount', unit: { code: 'EUR', scale: 2 } }),
      metric('cents', { aggregation: 'sum', value: 'data.amount * 100', unit: { code: 'cent' } }),
      metric('most', { aggregation: 'max', value: 'data.amount', unit: { code: 'EUR', scale: 2 } }),
      metric('shops', { aggregation: 'distinct', value: 'data.store' }),
    );
    expect(ids(sameInputs(catalog, catalogTools))).toEqual([
      ['cancels', 'orders'],
      ['cents', 'net'],
    ]);
    const [cents, net] = ['cents', 'net'].map((id) => catalog.metrics.get(id)) as [
      MetricDefinition,
      MetricDefinition,
    ];
    expect(differencesOf(cents, net, { catalog, tools: catalogTools })).toEqual(['value', 'scale']);
  });

  test('the most needed one is kept; a chain of similar ones is not cut down to one', () => {
    const catalog = built();
    const [a] = [...catalog.metrics.values()] as [MetricDefinition];
    const group = ['a', 'b', 'c'].map((id) => ({ ...a, id }));
    const series: Readonly<Record<string, History>> = {
      a: history((i) => noise(i, 3) * 10),
      b: history((i) => noise(i, 3) * 10 + noise(i, 5) * 2),
      c: history((i) => noise(i, 3) * 10 + noise(i, 5) * 4),
    };
    const found = similarityOf(
      group,
      (id, grain) => (grain === 'hour' ? series[id] : undefined),
      () => ['where'],
    );
    expect(found.near.map(({ metric: id, of, grain }) => [id, of, grain])).toEqual([
      ['b', 'a', 'hour'],
    ]);
    expect(found.unjudged).toEqual([]);
  });

  test('pairs with too little history are named, not judged', () => {
    const catalog = built();
    const [a] = [...catalog.metrics.values()] as [MetricDefinition];
    const found = similarityOf(
      ['a', 'b'].map((id) => ({ ...a, id })),
      () => history((i) => i, 29),
      () => [],
    );
    expect(found.near).toEqual([]);
    expect(found.unjudged).toMatchObject([{ metric: 'b', of: 'a' }]);
  });

  test('where no day changes, hours are compared; where nothing ever does, the pair is named', () => {
    const catalog = built();
    const [a] = [...catalog.metrics.values()] as [MetricDefinition];
    const group = ['a', 'b'].map((id) => ({ ...a, id }));
    const still = history(() => 0, 394);
    const moving = history((i) => noise(i, 3));
    const byHour = similarityOf(
      group,
      (_id, grain) => (grain === 'hour' ? moving : still),
      () => [],
    );
    expect(byHour.near).toMatchObject([{ metric: 'b', of: 'a', grain: 'hour', r: '1.0000' }]);
    const never = similarityOf(
      group,
      () => still,
      () => [],
    );
    expect(never.unjudged).toMatchObject([
      { metric: 'b', of: 'a', reason: expect.stringContaining('one never changes') },
    ]);
  });

  test('days of two zones are not compared, their hours are', () => {
    const catalog = built();
    const [a] = [...catalog.metrics.values()] as [MetricDefinition];
    const found = similarityOf(
      [a, { ...a, id: 'b', timezone: 'Asia/Shanghai' }],
      () => history((i) => noise(i, 3)),
      () => ['windows'],
    );
    expect(found.near).toMatchObject([{ grain: 'hour', windows: 40, r: '1.0000' }]);
  });
});
