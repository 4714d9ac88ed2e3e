import type { MetricDefinition } from '../../../kernel/definitions.ts';
import { labelsOf } from '../../../kernel/series.ts';
import { NAME } from '../promql/column.ts';
import type { Labels } from '../promql/column.ts';

/** How metrics, windows and members are called in PromQL. */

export const GRAIN = 'grain';
/** A label without a value is none to Prometheus: the series would be the total's. */
const EMPTY_MEMBER = '(empty)';

/** Ids never hold `_`, so this is one to one. */
export const seriesName = (metricId: string): string => metricId.replaceAll('-', '_');

/** Dimensions never have the name of another label (kernel/catalog/fields.ts). */
export const dimensionsOf = ({ breakdowns }: MetricDefinition): readonly string[] => [
  ...new Set(breakdowns.flat()),
];

/** The labels of a series, by its key in the metric's dictionary. */
export function promLabels(metricId: string, grain: string, seriesKey: string): Labels {
  const labels: Record<string, string> = { [NAME]: seriesName(metricId), [GRAIN]: grain };
  for (const [dimension, member] of Object.entries(labelsOf(seriesKey)))
    labels[dimension] = member === '' ? EMPTY_MEMBER : member;
  return labels;
}
