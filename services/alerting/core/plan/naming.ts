import { isBuiltIn } from '../../../kernel/built-in-rules.ts';
import type { BuiltInRule } from '../../../kernel/built-in-rules.ts';
import type {
  AlertRuleDefinition,
  Catalog,
  MetricDefinition,
} from '../../../kernel/definitions.ts';
import { refName } from '../people/ref-name.ts';
import { BUILT_IN_NAMES, builtInsOf } from './built-ins.ts';
import type { RulePlan } from './plan.ts';

/** What an alert's rule, metric and whoever it names are called. Undefined: there is none of that id any more. */
export type AlertNaming = Pick<RulePlan, 'nameOf'> & {
  readonly rule: Pick<AlertRuleDefinition, 'name'> | undefined;
  readonly metric: MetricDefinition | undefined;
};
type Ids = { readonly rule: string; readonly metric: string };

/** By the catalogue as it is now, as messages that are made now have it. */
export function namingBy(catalog: Catalog, { rule, metric }: Ids): AlertNaming {
  if (isBuiltIn(rule)) return builtInNaming(catalog, { rule, metric });
  const nameOf = (ref: string) => refName(catalog, ref);
  return { rule: catalog.rules.get(rule), metric: catalog.metrics.get(metric), nameOf };
}

/** Nobody writes these rules, and most have no metric: something stands in for it. */
function builtInNaming(catalog: Catalog, of: { rule: BuiltInRule; metric: string }): AlertNaming {
  const { sources, receivers, watchdog } = builtInsOf(catalog);
  const plans: Readonly<Record<BuiltInRule, RulePlan | undefined>> = {
    'source-silent': sources.get(of.metric)?.plan,
    'receiver-unreachable': receivers?.get(of.metric),
    watchdog: watchdog?.plan,
    'rule-degraded': undefined,
  };
  return {
    rule: { name: BUILT_IN_NAMES[of.rule] },
    metric: plans[of.rule]?.metric ?? catalog.metrics.get(of.metric),
    nameOf: (ref) => refName(catalog, ref),
  };
}
