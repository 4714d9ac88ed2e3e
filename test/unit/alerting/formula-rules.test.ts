import { expect, test } from 'vitest';
import { planRule } from '../../../services/alerting/core/plan/rule-plan.ts';
import type { MetricDefinition } from '../../../services/kernel/definitions.ts';
import { parseWindowSize } from '../../../services/kernel/window-size.ts';
import type { WindowSize } from '../../../services/kernel/window.ts';
import { compilePattern, parseCel } from '../../../services/platform/cel.ts';
import { aRule } from '../../support/alerting.ts';
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

test('the value of a window of one cell is the published one', () => {
  for (const [window, isWorkedOut] of [
    ['day', false],
    ['hour', false],
    ['PT3H', true],
  ] as const) {
    const plan = planOf(window, amount, orders);
    expect(plan.ok && plan.value.formulaValue !== undefined).toBe(isWorkedOut);
  }
});
