import { z } from 'zod';
import type {
  AlertRuleDefinition,
  MetricDefinition,
  SubscriptionDefinition,
} from '../definitions.ts';
import { checkOwner, checkReference } from './context.ts';
import type { Context } from './context.ts';
import {
  choice,
  dimensionName,
  document,
  fields,
  id,
  localizedText,
  metricId,
  ownerRef,
} from './fields.ts';
import { digest } from './people-fields.ts';
import { digestOf } from './people.ts';

/** People who follow a metric, a rule or a member without answering for it. */
export const subscriptionDocument = document('Subscription', {
  metadata: fields({ id, name: localizedText.optional(), description: z.string().optional() }),
  spec: fields({
    who: ownerRef,
    metric: metricId.optional(),
    rule: id.optional(),
    where: z
      .record(dimensionName, z.string())
      .default({})
      .describe('Members that the series must have.'),
    severity: choice(['critical', 'warning', 'info'])
      .default('info')
      .describe('The least that is told.'),
    receiver: id.optional().describe('By default his own ones.'),
    digest,
  }).refine(
    ({ metric, rule, where }) =>
      metric !== undefined || rule !== undefined || Object.keys(where).length > 0,
    { error: 'needs a metric, a rule or where' },
  ),
});
export type SubscriptionDocument = z.output<typeof subscriptionDocument>;

type Known = {
  readonly metrics: ReadonlyMap<string, MetricDefinition>;
  readonly rules: ReadonlyMap<string, AlertRuleDefinition>;
};

export function subscriptionOf(
  { metadata, spec }: SubscriptionDocument,
  { metrics, rules }: Known,
  context: Context,
): SubscriptionDefinition {
  const { who, metric, rule, where, severity, receiver } = spec;
  checkOwner(who, ['spec', 'who'], context);
  const check = (kind: string, name: string | undefined): void => {
    if (name === undefined) return;
    checkReference({ kind, id: name, path: ['spec', kindField(kind)] }, context);
  };
  check('Metric', metric);
  check('AlertRule', rule);
  check('Receiver', receiver);
  checkMembers(spec, { metrics, rules }, context);
  return {
    id: metadata.id,
    who,
    ...(metric === undefined ? {} : { metric }),
    ...(rule === undefined ? {} : { rule }),
    where,
    severity,
    ...(receiver === undefined ? {} : { receiver }),
    ...(spec.digest === undefined ? {} : { digest: digestOf(spec.digest) }),
  };
}

const kindField = (kind: string): string =>
  kind === 'AlertRule' ? 'rule' : kind === 'Metric' ? 'metric' : 'receiver';

/** A member of a dimension that the followed series never have would follow nothing. */
function checkMembers(
  { metric, rule, where }: SubscriptionDocument['spec'],
  { metrics, rules }: Known,
  { report }: Context,
): void {
  const known = rules.get(rule ?? '');
  const ofMetric = metrics.get(metric ?? known?.metric ?? '');
  if (known && metric !== undefined && known.metric !== metric)
    report(['spec', 'metric'], {
      code: 'field_invalid',
      message: `the rule ${known.id} watches ${known.metric}, not ${metric}`,
    });
  const names = known ? known.by : ofMetric?.breakdowns.flat();
  for (const name of Object.keys(where))
    if (names && !names.includes(name))
      report(['spec', 'where', name], {
        code: 'breakdown_unavailable',
        isName: true,
        message: `${known ? `the rule ${known.id}` : ofMetric?.id} is not broken down by ${name}; there are ${[...new Set(names)].join(', ') || 'none'}`,
      });
}
