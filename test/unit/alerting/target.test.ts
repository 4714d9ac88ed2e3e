import { describe, expect, test } from 'vitest';
import { backTestSeries } from '../../../services/alerting/core/proof/back-test.ts';
import { planRule } from '../../../services/alerting/core/plan/rule-plan.ts';
import type { HistoryCell } from '../../../services/alerting/core/values/recall.ts';
import { formatDecimal } from '../../../services/kernel/decimal.ts';
import type { TargetDefinition, TargetEntry } from '../../../services/kernel/target.ts';
import { compilePattern, parseCel } from '../../../services/platform/cel.ts';
import {
  aRule,
  bench,
  HOUR,
  outcomeOf,
  plansOf,
  salesCatalog,
  T0,
} from '../../support/alerting.ts';
import { catalogOf } from '../../support/platform.ts';
import type { Definitions } from '../../support/platform.ts';

const dateAfter = (hours: number): string => new Date(T0 + hours * HOUR).toISOString().slice(0, 10);
const target = (...entries: readonly Omit<TargetEntry, 'where'>[]): TargetDefinition => ({
  id: 'plan',
  metric: 'net-sales',
  by: [],
  window: { kind: 'grain', grain: 'hour' },
  entries: entries.map((entry) => ({ where: {}, ...entry })),
});
const sales = (one: TargetDefinition, when = 'value < target'): Definitions =>
  salesCatalog({ rules: [aRule({ when })], targets: [one] });

describe('a condition compares with the target', () => {
  test('and the alert and its message say which it was', () => {
    const b = bench(sales(target({ value: '1000.00' })));
    expect(b.hour(0, 1000)).toEqual([]);
    expect(b.hour(1, 999)).toEqual(['firing: breach']);
    expect(b.alert().last).toMatchObject({ lookBack: { target: '1000.00' }, threshold: null });
    expect(JSON.parse(b.messages()[0]?.body ?? '').data).toMatchObject({
      value: '999.00',
      target: '1000.00',
      threshold: null,
    });
    expect(b.hour(2, 1001)).toEqual(['resolved: recovered']);
  });

  test('by arithmetic, and beside what lies further back', () => {
    const when = 'value < target * 0.8 && value < previous';
    const b = bench(sales(target({ value: '1000.00' }), when));
    expect(b.hour(0, 900)).toEqual([]);
    expect(b.hour(1, 800)).toEqual([]);
    expect(b.hour(2, 799)).toEqual(['firing: breach']);
  });

  test('at every look at an open window, also where it decides nothing', () => {
    const b = bench(
      salesCatalog({
        rules: [aRule({ when: 'value > 500 && value > target', evaluate: 'onUpdate' })],
        targets: [target({ value: '1000.00' })],
      }),
    );
    const so = (contributions: number, value: number) =>
      b.value(0, value, { accumulators: { contributions, sum: value * 100 } });
    expect([...so(1, 100), ...so(2, 200), ...so(3, 300)]).toEqual([]);
    expect(b.alert().last).toMatchObject({ value: '300.00', lookBack: { target: '1000.00' } });
    expect(so(4, 1001)).toEqual(['firing: breach']);
  });

  test('of its own windows: one without a target decides nothing', () => {
    const b = bench(sales(target({ to: dateAfter(0), value: '1000.00' })));
    expect(b.hour(0, 5)).toEqual([]);
    expect(b.alert().slots.at(-1)?.verdict).toBe('inconclusive');
    expect(b.alert().last?.lookBack).toEqual({ target: null });
  });

  test('which is null in a message of a rule that does not', () => {
    const b = bench(sales(target({ value: '1000.00' }), 'value < 500'));
    b.hour(0, 5);
    expect(JSON.parse(b.messages()[0]?.body ?? '').data.target).toBeNull();
    expect(b.alert().last).not.toHaveProperty('lookBack');
  });
});

test('a target that changes counts from the next window on, and ends nothing by itself', () => {
  const b = bench(sales(target({ value: '1000.00' })));
  expect(b.hour(0, 999)).toEqual(['firing: breach']);
  expect(b.publish(sales(target({ value: '100.00' })))).toEqual([]);
  expect(b.condition()).toBe('firing');
  expect(b.hour(1, 999)).toEqual(['resolved: recovered']);
  expect(b.publish(sales(target({ value: '2000.00' })))).toEqual([]);
  expect(b.hour(2, 999)).toEqual(['firing: breach']);
});

test('a rule without any target for its windows cannot be judged, and says so', () => {
  const other = { ...target({ value: '1000.00' }), by: ['store'] };
  const catalog = catalogOf(sales(other));
  const rule = aRule({ when: 'value < target' });
  expect(planRule(rule, catalog, { parse: parseCel, compilePattern })).toEqual({
    ok: false,
    error: 'there is no target for windows of hour of net-sales',
  });
});

test('a rule is tried over history with the targets of its windows', () => {
  const [plan] = plansOf(catalogOf(sales(target({ value: '1000.00' }))));
  if (!plan) throw new Error('there is a rule');
  const cells = [1500, 999, 1200].map((value, i): HistoryCell => ({
    series: '[]',
    start: T0 + i * HOUR,
    end: T0 + (i + 1) * HOUR,
    accumulators: { contributions: 1, sum: value * 100 },
    value: formatDecimal(value * 100, 2),
    state: 'final',
    revision: 0,
  }));
  const range = { fromMs: T0, toMs: T0 + 3 * HOUR };
  const { episodes } = outcomeOf(backTestSeries(plan, range, { series: '[]', cells }));
  expect(episodes.map(({ breached, recovered }) => [breached, recovered])).toEqual([
    ['999.00', '1200.00'],
  ]);
});
