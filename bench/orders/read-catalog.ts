import type { Catalog, SimpleMetric } from '../../services/kernel/definitions.ts';
import { benchCatalog, benchMetrics } from './catalog.ts';

const YEARS_MS = 4_000 * 86_400_000;

const salesByStore = (id: string): SimpleMetric => ({
  ...(benchMetrics(1, 'v1')[0] as { definition: SimpleMetric }).definition,
  id,
  timezone: 'UTC',
  dimensions: { store: 'data.store_id' },
  breakdowns: [[], ['store']],
  grains: ['hour'],
  retentionMs: { minute: YEARS_MS, hour: YEARS_MS, day: YEARS_MS },
  maxSeries: 10_000,
});

/** Read over 90 days of hours, and in the hour that holds now. */
export const HUNDRED = salesByStore('sales-of-a-hundred');
export const THOUSAND = salesByStore('sales-of-a-thousand');

export const readCatalog = (): Catalog => benchCatalog([HUNDRED, THOUSAND]);

/** Questions of one bar each; the slowest of them counts. */
export const ONE_SERIES = [
  'values: 90 days of hours, one series',
  'Prometheus: 90 days of hours, one series',
] as const;
export const HUNDRED_SERIES = ['Prometheus: 90 days of hours, 100 series'] as const;
export const NOW = ['current: 1,000 series', 'Prometheus: 1,000 series now'] as const;
