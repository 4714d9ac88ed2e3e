import { expect, test } from 'vitest';
import {
  derivedTick,
  derivedUpdate,
  keyIn,
  planDerived,
} from '../../../../services/aggregator/core/derivation.ts';
import { sourcesOf } from '../../../../services/aggregator/core/publication.ts';
import type {
  CellView,
  MetricHead,
  ViewedCell,
} from '../../../../services/aggregator/core/publication.ts';
import type { DerivedMetric, MetricDefinition } from '../../../../services/kernel/definitions.ts';
import { aMetric } from '../../../support/metrics.ts';

const HOUR = 3_600_000;
const amount = aMetric({ id: 'amount', latenessMs: HOUR });
const orders = aMetric({
  id: 'orders',
  aggregation: 'count',
  unit: { code: 'orders', scale: 0 },
  valueScale: 0,
  latenessMs: HOUR,
});
const derived = (id: string, formula: string, inputs: readonly string[]): DerivedMetric => ({
  kind: 'derived',
  id,
  version: 'd',
  name: { en: id },
  owner: 'team:sales',
  tags: [],
  unit: { code: 'CNY', scale: 3 },
  direction: 'none',
  formula,
  inputs,
  timezone: 'UTC',
  breakdowns: [[]],
  grains: ['hour'],
});
const mean = derived('mean', 'amount / orders', ['amount', 'orders']);
const metricsOf = (...list: readonly MetricDefinition[]) =>
  new Map(list.map((metric) => [metric.id, metric]));
const planOf = (metric: DerivedMetric, ...others: readonly MetricDefinition[]) => {
  const plan = planDerived(metric, metricsOf(metric, amount, orders, ...others));
  if (!plan.ok) throw new Error(plan.error);
  return plan.value;
};
const cell = (over: Partial<ViewedCell>): ViewedCell => ({
  grain: 'hour',
  startMs: 0,
  endMs: HOUR,
  key: '[]',
  accumulators: { contributions: 3, sum: 1_000 },
  state: 'closed',
  revision: 1,
  restatements: 0,
  historical: 0,
  ...over,
});
const view = (over: Partial<CellView> = {}): CellView => ({
  cells: [],
  watermarkMs: 2 * HOUR,
  cursors: [
    { topic: 't', partition: 0, offset: 10 },
    { topic: 't', partition: 1, offset: 20 },
  ],
  rebuilding: false,
  ...over,
});
const place = { series: '[]', grain: 'hour', start: 0, end: HOUR } as const;
const behind = view({
  watermarkMs: HOUR,
  cursors: [
    { topic: 't', partition: 0, offset: 12 },
    { topic: 't', partition: 1, offset: 15 },
  ],
});

test('a derived cell is computed from its inputs, with their sum of contributions and their least advanced view', () => {
  const update = derivedUpdate(planOf(mean), place, {
    leaves: [
      { metric: amount, view: view(), cell: cell({ state: 'final' }) },
      { metric: orders, view: behind, cell: cell({ state: 'closed', revision: 2 }) },
    ],
    nowMs: 7,
  });
  expect(update).toMatchObject({
    value: '3.333',
    accumulators: { contributions: 6 },
    state: 'closed',
    revision: 3,
    watermark: HOUR,
    cursors: [
      { topic: 't', partition: 0, offset: 10 },
      { topic: 't', partition: 1, offset: 15 },
    ],
    backfilled: false,
    at: 7,
  });
});

test('an input without a cell counts as its empty window, at the stage of its watermark', () => {
  const leaves = [
    { metric: amount, view: view(), cell: cell({ state: 'final' }) },
    { metric: orders, view: behind, cell: undefined },
  ];
  const update = derivedUpdate(planOf(mean), place, { leaves, nowMs: 0 });
  expect(update).toMatchObject({
    value: null,
    state: 'closed',
    accumulators: { contributions: 3 },
  });
  const open = derivedUpdate(planOf(mean), place, {
    leaves: [leaves[0], { metric: orders, view: view({ watermarkMs: 0 }), cell: undefined }].filter(
      (leaf) => leaf !== undefined,
    ),
    nowMs: 0,
  });
  expect(open.state).toBe('open');
});

test('an input that counted nothing so far is 0 in an open window, and nothing before its events count', () => {
  const difference = derived('difference', 'amount - orders', ['amount', 'orders']);
  const openAt = (eventsFromMs?: number) => {
    const other = aMetric({ ...orders, ...(eventsFromMs === undefined ? {} : { eventsFromMs }) });
    return derivedUpdate(planOf(difference, other), place, {
      leaves: [
        { metric: amount, view: view({ watermarkMs: 0 }), cell: cell({ state: 'open' }) },
        { metric: other, view: view({ watermarkMs: 0 }), cell: undefined },
      ],
      nowMs: 0,
    });
  };
  expect(openAt()).toMatchObject({ value: '10.000', state: 'open' });
  expect(openAt(HOUR)).toMatchObject({ value: null });
});

test('inputs are read before they are rounded for people, as the read API has them', () => {
  const fine = aMetric({ id: 'fine', valueScale: 4, unit: { code: 'CNY', scale: 2 } });
  const update = derivedUpdate(planOf(derived('copy', 'fine', ['fine']), fine), place, {
    leaves: [{ metric: fine, view: view(), cell: cell({ accumulators: ONE_FINE }) }],
    nowMs: 0,
  });
  expect(update.value).toBe('0.006');
});
const ONE_FINE = { contributions: 1, sum: 55 };

test('an update carries what its inputs accumulated, unless one of them is united by members', () => {
  const leaves = [
    { metric: amount, view: view(), cell: cell({ accumulators: { contributions: 2, sum: 7 } }) },
    { metric: orders, view: view(), cell: undefined },
  ];
  const update = derivedUpdate(planOf(mean), place, { leaves, nowMs: 0 });
  expect(update.inputs).toEqual({ amount: { contributions: 2, sum: 7 } });
  const buyers = aMetric({ ...orders, aggregation: 'distinct' });
  const united = derivedUpdate(planOf(mean, buyers), place, {
    leaves: leaves.map((leaf) => (leaf.metric === orders ? { ...leaf, metric: buyers } : leaf)),
    nowMs: 0,
  });
  expect(united).not.toHaveProperty('inputs');
});

test('history or a rebuild of any input marks it as backfilled', () => {
  for (const leaf of [
    { metric: amount, view: view({ rebuilding: true }), cell: cell({}) },
    { metric: amount, view: view(), cell: cell({ restatements: 1 }) },
  ])
    expect(
      derivedUpdate(planOf(derived('double', 'amount * 2', ['amount'])), place, {
        leaves: [leaf],
        nowMs: 0,
      }).backfilled,
    ).toBe(true);
});

test('a formula over derived metrics reads the simple ones below them', () => {
  const double = derived('double-mean', 'mean * 2 + orders', ['mean', 'orders']);
  const plan = planOf(double, mean);
  expect(plan.leaves.map(({ id }) => id).sort()).toEqual(['amount', 'orders']);
  const values = new Map([
    ['amount', { unscaled: 1_000, scale: 2 }],
    ['orders', { unscaled: 3, scale: 0 }],
  ]);
  expect(plan.evaluate(values, 3)).toEqual({ unscaled: 9_667, scale: 3 });
});

test('a metric that reads itself, or one that is not published, cannot run', () => {
  const loop = derived('loop', 'ring + 1', ['ring']);
  const ring = derived('ring', 'loop + 1', ['loop']);
  expect(planDerived(loop, metricsOf(loop, ring))).toMatchObject({ ok: false });
  expect(planDerived(mean, metricsOf(mean, amount))).toEqual({
    ok: false,
    error: 'mean reads orders, which is not published',
  });
});

const head = (events: number, over = view()): MetricHead => ({ ...over, events });

test('a tick has the watermark of the input that is furthest behind', () => {
  expect(derivedTick(planOf(mean), [head(5), head(5, behind)], 9)).toMatchObject({
    kind: 'tick',
    metric: 'mean',
    watermark: HOUR,
    at: 9,
  });
});

test('a tick says of each event type how far it has come, whichever input reads it', () => {
  const heads = [head(3), head(4, behind)];
  const { sources } = derivedTick(planOf(mean), heads, 9);
  expect(sources).toEqual([
    { eventType: 'com.example.sales.order-booked', watermark: HOUR, events: 7 },
  ]);
  const [first, second] = heads.map((one, i) => ({ metric: { event: `t${i}` }, head: one }));
  expect(sourcesOf([first, second].filter((one) => one !== undefined))).toEqual([
    { eventType: 't0', watermark: 2 * HOUR, events: 3 },
    { eventType: 't1', watermark: HOUR, events: 4 },
  ]);
});

test('the same members are found under another order of dimensions, and only there', () => {
  expect(keyIn([[], ['channel', 'store']], '["store","S1","channel","web"]')).toBe(
    '["channel","web","store","S1"]',
  );
  expect(keyIn([[], ['store']], '["store","S1","channel","web"]')).toBeUndefined();
  expect(keyIn([[]], '[]')).toBe('[]');
});
