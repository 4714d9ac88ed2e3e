import { describe, expect, test } from 'vitest';
import { planRule } from '../../../services/alerting/core/plan/rule-plan.ts';
import { windowValue } from '../../../services/alerting/core/values/window-value.ts';
import type { Cell } from '../../../services/alerting/core/values/window-value.ts';
import type { DerivedMetric, MetricDefinition } from '../../../services/kernel/definitions.ts';
import { parseWindowSize } from '../../../services/kernel/window-size.ts';
import type { WindowSize } from '../../../services/kernel/window.ts';
import { compilePattern, parseCel } from '../../../services/platform/cel.ts';
import { aRule, HOUR, T0 } from '../../support/alerting.ts';
import { derivedOf } from '../../support/formula-windows.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

const amount = aMetric({ id: 'amount', timezone: 'UTC' });
const orders = aMetric({ ...amount, id: 'orders', aggregation: 'count' });
const mean = derivedOf(['amount / orders', 'amount', 'orders']);
const planOf = (window: string, ...metrics: readonly MetricDefinition[]) => {
  const rule = aRule({ window: parseWindowSize(window) as WindowSize });
  const catalog = catalogOf({ metrics: [mean, ...metrics], rules: [rule] });
  return planRule(rule, catalog, { parse: parseCel, compilePattern });
};

test('a formula is judged by windows of several cells where all its inputs are there and merge', () => {
  expect(planOf('week', amount, orders).ok).toBe(true);
  expect(planOf('week', amount)).toEqual({
    ok: false,
    error: 'not all inputs of net-sales are published',
  });
  for (const aggregation of ['distinct', 'latest'] as const) {
    const united = { ...orders, aggregation };
    expect(planOf('week', amount, united)).toEqual({
      ok: false,
      error: 'windows of several cells cannot be judged where members are united',
    });
    expect(planOf('day', amount, united).ok).toBe(true);
  }
});

describe('a window of one cell', () => {
  const [startMs, endMs] = [T0, T0 + HOUR];
  const valueOf = (formula: DerivedMetric, cell?: Cell, input = orders) => {
    const plan = planOf('hour', amount, input, formula);
    if (!plan.ok) throw new Error(plan.error);
    return windowValue(plan.value, { startMs, endMs }, () => cell);
  };
  const gap = derivedOf(['amount - orders', 'amount', 'orders']);

  test('has the published value, whatever its inputs would give', () => {
    const cell: Cell = {
      end: endMs,
      accumulators: { contributions: 3 },
      value: '7.000',
      state: 'closed',
      revision: 0,
      backfilled: false,
    };
    expect(valueOf(gap, cell)).toMatchObject({ value: '7.000', count: 3, found: 1 });
  });

  test('without events is made of inputs without any, as the read API has it', () => {
    const empty = { count: 0, found: 0, isWhole: true };
    expect(valueOf(gap)).toMatchObject({ ...empty, value: '0.000' });
    expect(valueOf(mean)).toMatchObject({ ...empty, value: null });
    expect(valueOf(gap, undefined, { ...orders, aggregation: 'distinct' }).value).toBe('0.000');
    expect(valueOf(gap, undefined, { ...orders, aggregation: 'avg' }).value).toBeNull();
    expect(valueOf(gap, undefined, { ...orders, eventsFromMs: endMs }).value).toBeNull();
  });
});
