import type { LocalizedText } from '../../../kernel/definitions.ts';
import type { MetricsAnswer, MetricSummary } from '../../core/answers.ts';
import { localized } from '../i18n/text.ts';
import { getAll } from './api.ts';
import { unitWord } from './format.ts';
import type { Unit } from './format.ts';
import { shown, useResource } from './resource.ts';
import { useCatalogChanges } from './use-told.ts';

/** What other pages need to know of a metric to name it and to write its values. */
export type Known = {
  readonly name: LocalizedText;
  readonly unit: Unit;
  readonly timezone: string;
  readonly grains: MetricSummary['grains'];
  readonly dimensionNames?: MetricSummary['dimensionNames'];
};
/** What names dimensions; of a metric that is gone they are called as they are written. */
type Naming = Pick<Known, 'dimensionNames'> | undefined;

/** All metrics by id. A metric that is gone, or not yet told of, is missing. */
export function useMetrics(): ReadonlyMap<string, Known> {
  const { resource, reload } = useResource('metric names', async (signal) => {
    const pages = await getAll<MetricsAnswer>('/v1/metrics', signal);
    return new Map<string, Known>(
      pages.flatMap(({ metrics }) => metrics.map((metric) => [metric.id, metric] as const)),
    );
  });
  useCatalogChanges(['Metric'], reload);
  return shown(resource) ?? EMPTY;
}
const EMPTY: ReadonlyMap<string, Known> = new Map();

/** Every digit is shown where the unit is not known. */
export function unitFor(metric: Known | undefined, value: string | null): Unit {
  return metric?.unit ?? { code: '1', scale: value?.split('.')[1]?.length ?? 0 };
}

export const nameOf = (metric: Known | undefined, id: string): string =>
  metric ? localized(metric.name) : id;

/** The word beside a number; none beside money and ratios. */
export const unitText = (unit: Unit): string =>
  unitWord(unit) !== '' && unit.name ? localized(unit.name) : unitWord(unit);

export function dimensionText(dimension: string, metric: Naming): string {
  const name = metric?.dimensionNames?.[dimension];
  return name ? localized(name) : dimension;
}

/** A breakdown in words; empty for the total. */
export const breakdownText = (by: readonly string[], metric: Naming): string =>
  by.map((dimension) => dimensionText(dimension, metric)).join(' × ');

/** The members of a series in words; empty for the total. */
export const labelText = (labels: Readonly<Record<string, string>>, metric: Naming): string =>
  Object.entries(labels)
    .map(([dimension, member]) => `${dimensionText(dimension, metric)}: ${member}`)
    .join(', ');
