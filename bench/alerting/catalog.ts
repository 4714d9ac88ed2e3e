import type {
  AlertRuleDefinition,
  Catalog,
  SimpleMetric,
} from '../../services/kernel/definitions.ts';
import { seriesKey } from '../../services/kernel/series.ts';
import { benchCatalog, benchMetrics } from '../orders/catalog.ts';
import { tellingHooks } from '../orders/latency-catalog.ts';

export const METRIC_VERSION = 'v1';
/** Of a sum in an hour, in units: from here on the first rule of a metric burns. Ordinary orders stay far below. */
export const BREACH_FROM = 1_000_000;
/** From here on all of its rules do. */
export const ALL_BREACH_FROM = 5_000_000_000;

export const metricId = (metric: number): string => `watched-${String(metric).padStart(3, '0')}`;
export const statusOf = (metric: number): string => `k${metric}`;
export const storeOf = (series: number): string => `S${String(series).padStart(5, '0')}`;
export const seriesOf = (series: number): string => seriesKey(['store'], [storeOf(series)]);

/** Sales of the orders of one status by store: each order counts in one metric. */
const watched = (metric: number): SimpleMetric => ({
  ...(benchMetrics(1, METRIC_VERSION)[0] as { definition: SimpleMetric }).definition,
  id: metricId(metric),
  owner: metric === 0 ? 'team:other' : 'team:bench',
  where: `data.status == "${statusOf(metric)}"`,
  dimensions: { store: 'data.store_id' },
  breakdowns: [['store']],
  grains: ['hour'],
  maxSeries: 100_000,
});

const ruleOf = (metric: number, rule: number): AlertRuleDefinition => ({
  id: `${metricId(metric)}-${rule}`,
  version: 'r1',
  name: { en: `Rule ${rule} of ${metricId(metric)}` },
  metric: metricId(metric),
  by: ['store'],
  window: { kind: 'grain', grain: 'hour' },
  evaluate: 'onUpdate',
  when: `value >= ${rule === 0 ? BREACH_FROM : ALL_BREACH_FROM - rule}`,
  keepFiringMs: 0,
  noData: 'keepLast',
  minCount: 0,
  severity: 'warning',
  notify: {},
});

export type AlertingScenario = {
  readonly metrics: number;
  readonly rulesPerMetric: number;
  readonly webhookUrl: string;
  /** Of the team that answers for the first metric. */
  readonly otherUrl: string;
};

/** So many metrics, each with so many rules over each of its series. One team answers for all but the first, another for that. */
export function alertingCatalog({
  metrics,
  rulesPerMetric,
  webhookUrl,
  otherUrl,
}: AlertingScenario): Catalog {
  const numbers = Array.from({ length: metrics }, (_, metric) => metric);
  const rules = numbers.flatMap((metric) =>
    Array.from({ length: rulesPerMetric }, (_, rule) => ruleOf(metric, rule)),
  );
  return benchCatalog(numbers.map(watched), {
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    ...tellingHooks({ bench: webhookUrl, other: otherUrl }),
  });
}
