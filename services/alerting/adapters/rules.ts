import type { Catalog } from '../../kernel/definitions.ts';
import { compilePattern, parseCel } from '../../platform/cel.ts';
import type { Logger } from '../../platform/logger.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { builtInsOf } from '../core/plan/built-ins.ts';
import { degradedRules, evaluationsOf } from '../core/partition/evaluations.ts';
import type { RulePlan } from '../core/plan/plan.ts';
import { planRule } from '../core/plan/rule-plan.ts';
import type { Alerting } from '../service.ts';
import type { AlertingTelemetry } from './telemetry-observer.ts';

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

/** Takes up the rules of a catalogue, and remembers which of them cannot be judged or only in part. */
export function ruleTaker(by: {
  alerting: Pick<Alerting, 'setPlans' | 'refusedRules' | 'tracks' | 'silentSources'>;
  observer: Pick<AlertingTelemetry, 'unhealthyRules' | 'watchRules'>;
  logger: Logger;
  now: () => EpochMs;
}): {
  readonly take: (catalog: Catalog) => Promise<void>;
  readonly health: () => readonly RuleHealth[];
} {
  const { alerting, observer, logger, now } = by;
  let unhealthy: readonly RuleHealth[] = [];
  const evaluations = () => evaluationsOf(alerting.tracks(), now());
  const degraded = () => degradedRules(evaluations(), alerting.refusedRules());
  observer.watchRules({ evaluations, degraded, silentSources: alerting.silentSources });
  return {
    async take(catalog) {
      const { plans, health } = rulesOf(catalog);
      unhealthy = health;
      observer.unhealthyRules(health.length);
      for (const fault of health) logger.warn(fault, 'a rule cannot be judged');
      await alerting.setPlans(plans, builtInsOf(catalog));
    },
    health: () => [...unhealthy, ...degraded().map(({ rule, detail }) => ({ rule, detail }))],
  };
}
