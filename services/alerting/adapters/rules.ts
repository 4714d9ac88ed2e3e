import type { Catalog } from '../../kernel/definitions.ts';
import { compilePattern, parseCel } from '../../platform/cel.ts';
import type { Logger } from '../../platform/logger.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { builtInsOf } from '../core/plan/built-ins.ts';
import { degradedRules, evaluationsOf } from '../core/partition/evaluations.ts';
import type { RulePlan } from '../core/plan/plan.ts';
import { planRule } from '../core/plan/rule-plan.ts';
import type { RuleHealth } from '../core/proof/rule-health.ts';
import type { Alerting } from '../service.ts';
import type { AlertingTelemetry } from './telemetry-observer.ts';

const PAUSED = 'its definition says so, and nothing is judged by it';

/** Every rule of the catalogue made ready but those that are paused, and those that cannot be, with the reason. */
export function rulesOf(catalog: Catalog): {
  readonly plans: readonly RulePlan[];
  readonly paused: ReadonlySet<string>;
  readonly health: readonly RuleHealth[];
} {
  const plans: RulePlan[] = [];
  const paused = new Set<string>();
  const health: RuleHealth[] = [];
  for (const rule of catalog.rules.values()) {
    if (rule.paused) {
      paused.add(rule.id);
      continue;
    }
    const plan = planRule(rule, catalog, { parse: parseCel, compilePattern });
    if (plan.ok) plans.push(plan.value);
    else health.push({ rule: rule.id, state: 'unjudged', detail: plan.error });
  }
  return { plans, paused, health };
}

/** Takes up the rules of a catalogue, and remembers which of them cannot be judged, or only in part, or are paused. */
export function ruleTaker(by: {
  alerting: Pick<Alerting, 'setPlans' | 'refusedRules' | 'tracks' | 'silentSources'>;
  observer: Pick<AlertingTelemetry, 'countRules' | 'watchRules'>;
  logger: Logger;
  now: () => EpochMs;
}): {
  readonly take: (catalog: Catalog) => Promise<void>;
  readonly health: () => readonly RuleHealth[];
} {
  const { alerting, observer, logger, now } = by;
  let unhealthy: readonly RuleHealth[] = [];
  let resting: readonly RuleHealth[] = [];
  const evaluations = () => evaluationsOf(alerting.tracks(), now());
  const degraded = () => degradedRules(evaluations(), alerting.refusedRules());
  observer.watchRules({ evaluations, degraded, silentSources: alerting.silentSources });
  return {
    async take(catalog) {
      const { plans, paused, health } = rulesOf(catalog);
      unhealthy = health;
      resting = [...paused].map((rule) => ({ rule, state: 'paused', detail: PAUSED }));
      observer.countRules({ unhealthy: health.length, paused: paused.size });
      for (const fault of health) logger.warn(fault, 'a rule cannot be judged');
      await alerting.setPlans(plans, builtInsOf(catalog), paused);
    },
    health: () => [
      ...unhealthy,
      ...degraded().map(({ rule, detail }) => ({ rule, state: 'degraded' as const, detail })),
      ...resting,
    ],
  };
}
