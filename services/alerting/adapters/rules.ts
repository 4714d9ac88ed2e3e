import type { Catalog } from '../../kernel/definitions.ts';
import { compilePattern, parseCel } from '../../platform/cel.ts';
import type { RulePlan } from '../core/plan.ts';
import { planRule } from '../core/rule-plan.ts';

export type RuleHealth = { readonly rule: string; readonly detail: string };

/** Every rule of the catalogue made ready, and those that cannot be, with the reason. */
export function rulesOf(catalog: Catalog): {
  readonly plans: readonly RulePlan[];
  readonly health: readonly RuleHealth[];
} {
  const plans: RulePlan[] = [];
  const health: RuleHealth[] = [];
  for (const rule of catalog.rules.values()) {
    const plan = planRule(rule, catalog, { parse: parseCel, compilePattern });
    if (plan.ok) plans.push(plan.value);
    else health.push({ rule: rule.id, detail: plan.error });
  }
  return { plans, health };
}
