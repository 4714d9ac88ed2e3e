import { fingerprint } from '../../../kernel/alert.ts';
import type { AlertState } from './episode.ts';
import { newAlert } from './episode.ts';
import type { RulePlan } from '../plan/plan.ts';

/** The alert of a rule for one series, of which nothing is known yet. @param id where it is known */
export const alertOf = (
  { rule, metric }: Pick<RulePlan, 'rule' | 'metric'>,
  series: string,
  id = fingerprint(rule.id, series),
): AlertState =>
  newAlert({
    id,
    rule: rule.id,
    ruleVersion: rule.version,
    severity: rule.severity,
    metric: metric.id,
    metricVersion: metric.version,
    series,
  });
