import type { Catalog } from '../kernel/definitions.ts';
import { compilePattern, parseCel } from '../platform/cel.ts';
import type { ValueNowOf } from './core/proof/explanation.ts';
import { planRule } from './core/plan/rule-plan.ts';
import { windowValue } from './core/values/window-value.ts';
import type { History } from './ports.ts';

/** What is stored now of the window that an alert stands on. */
export function valueNowReader(history: History, catalog: () => Catalog): ValueNowOf {
  return async (state, { window }) => {
    const rule = catalog().rules.get(state.rule);
    const plan = rule && planRule(rule, catalog(), { parse: parseCel, compilePattern });
    if (!plan?.ok || plan.value.metric.version !== state.metricVersion) return undefined;
    const { metric, grain } = plan.value;
    const of = { grain, fromMs: window.startMs, toMs: window.endMs, series: [state.series] };
    const cells = await history.cells(metric, of);
    if (!cells) return undefined;
    const byStart = new Map(cells.map((cell) => [cell.start, { ...cell, backfilled: false }]));
    const { value, count, revision } = windowValue(plan.value, window, (at) => byStart.get(at));
    return { value, count, revision };
  };
}
