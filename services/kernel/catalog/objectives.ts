import { z } from 'zod';
import type { ObjectiveDefinition } from '../definitions.ts';
import { checkOwner, checkReference } from './context.ts';
import type { Context } from './context.ts';
import { document, fields, id, localizedText, metricId, ownerRef } from './fields.ts';
import { textOf } from './fields.ts';

/** What the organisation wants to reach, and the metrics that say whether it does: the top of the metric tree. */
export const objectiveDocument = document('Objective', {
  metadata: fields({
    id,
    name: localizedText,
    description: z.string().optional(),
    owner: ownerRef,
  }),
  spec: fields({
    metrics: z
      .array(metricId)
      .min(1)
      .max(100)
      .describe('Metrics that measure it; what moves them are their drivers and formulas.'),
  }),
});
export type ObjectiveDocument = z.output<typeof objectiveDocument>;

export function objectiveOf(
  { metadata, spec }: ObjectiveDocument,
  context: Context,
): ObjectiveDefinition {
  checkOwner(metadata.owner, ['metadata', 'owner'], context);
  for (const [i, metric] of spec.metrics.entries()) {
    checkReference({ kind: 'Metric', id: metric, path: ['spec', 'metrics', i] }, context);
    if (spec.metrics.indexOf(metric) < i)
      context.report(['spec', 'metrics', i], {
        code: 'field_invalid',
        message: `${metric} is named twice`,
      });
  }
  return {
    id: metadata.id,
    name: textOf(metadata.name),
    ...(metadata.description === undefined ? {} : { description: metadata.description }),
    owner: metadata.owner,
    metrics: spec.metrics,
  };
}
