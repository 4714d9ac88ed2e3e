import type { ProjectionStore } from '../../services/aggregator/ports.ts';
import { createPrometheusReads } from '../../services/console/prometheus.ts';
import type { PrometheusReads } from '../../services/console/prometheus.ts';
import type { SimpleMetric } from '../../services/kernel/definitions.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../services/kernel/time.ts';
import { compileWholeMatch } from '../../services/platform/regex.ts';
import { memoryProjectionReader } from './memory-projection-reader.ts';
import { memoryProjectionStore } from './memory-projection-store.ts';
import { aMetric } from './metrics.ts';
import { catalogOf } from './platform.ts';
import { projectionFiller } from './projection-filler.ts';
import type { Filler } from './projection-filler.ts';
import type { ScrapedSeries } from './prometheus-server.ts';

/** Ten days of sales in five metrics, as Tidemark keeps them and as a Prometheus would have scraped their final values. */
export const FROM_MS = Date.parse('2026-03-01T00:00:00Z');
export const TO_MS = FROM_MS + 10 * DAY_MS;
/** Windows without any sale before and after them: they are 0, or have no sample. */
export const PAD_MS = 4 * DAY_MS;
const STORES = ['S1', 'S2', 'north'];
const CHANNELS = ['web', 'shop'];
const EVENTS = 900;

const retentionMs = { minute: 4_000 * DAY_MS, hour: 4_000 * DAY_MS, day: 4_000 * DAY_MS };
const common = {
  timezone: 'UTC',
  grains: ['hour', 'day'],
  retentionMs,
  dimensions: { store: 'data.store', channel: 'data.channel' },
  breakdowns: [[], ['store'], ['store', 'channel']],
} as const;
export const METRICS: readonly SimpleMetric[] = [
  aMetric({ ...common, id: 'net-sales' }),
  aMetric({ ...common, id: 'orders', aggregation: 'count', unit: { code: '1', scale: 0 } }),
  aMetric({ ...common, id: 'price', aggregation: 'avg', unit: { code: 'CNY', scale: 4 } }),
  aMetric({ ...common, id: 'lowest', aggregation: 'min' }),
];

type Sale = {
  readonly timeMs: number;
  readonly value: number;
  readonly labels: { readonly store: string; readonly channel: string };
};

/** Unevenly over the days, so that windows are empty here and there; in cents, some negative. */
const SALES: readonly Sale[] = Array.from({ length: EVENTS }, (_, i) => ({
  timeMs: FROM_MS + ((i * i * 7_919 + i * 104_729) % (10 * 24 * 60)) * MINUTE_MS,
  value: ((i * 6_133) % 20_011) - 4_000,
  labels: {
    store: STORES[(i * 7 + (i >> 3)) % 3] as string,
    channel: CHANNELS[(i >> 2) % 2] as string,
  },
}));

/** A recount of a window that shares nothing with the aggregator or the console. */
function recount(metric: SimpleMetric, sales: readonly Sale[]): number | undefined {
  const cents = sales.reduce((sum, { value }) => sum + value, 0);
  if (metric.aggregation === 'count') return sales.length;
  if (metric.aggregation === 'sum') return cents / 100;
  if (sales.length === 0) return undefined;
  return metric.aggregation === 'avg'
    ? roundHalfEven((cents * 100) / sales.length) / 10_000
    : Math.min(...sales.map(({ value }) => value)) / 100;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Every grain and breakdown of every metric, each window at its end. */
export function scraped(): readonly ScrapedSeries[] {
  return METRICS.flatMap((metric) =>
    (['hour', 'day'] as const).flatMap((grain) =>
      metric.breakdowns.flatMap((dimensions) => seriesOf(metric, grain, dimensions)),
    ),
  );
}

function seriesOf(
  metric: SimpleMetric,
  grain: 'hour' | 'day',
  dimensions: readonly string[],
): readonly ScrapedSeries[] {
  const sizeMs = grain === 'hour' ? HOUR_MS : DAY_MS;
  const members = ({ labels }: Sale): Record<string, string> =>
    Object.fromEntries(Object.entries(labels).filter(([name]) => dimensions.includes(name)));
  const groups = Map.groupBy(SALES, (sale) => JSON.stringify(members(sale)));
  return [...groups.values()].map((sales) => {
    const byWindow = Map.groupBy(sales, ({ timeMs }) => Math.floor((timeMs - FROM_MS) / sizeMs));
    const length = (TO_MS - FROM_MS + 2 * PAD_MS) / sizeMs;
    const samples = Array.from({ length }, (_, n) => n - PAD_MS / sizeMs)
      .map((i) => ({
        timeMs: FROM_MS + (i + 1) * sizeMs,
        value: recount(metric, byWindow.get(i) ?? []),
      }))
      .flatMap(({ timeMs, value }) => (value === undefined ? [] : [{ timeMs, value }]));
    const labels = { grain, ...members(sales[0] as Sale) };
    return { name: metric.id.replaceAll('-', '_'), labels, samples };
  });
}

/** Has the aggregator's own code count the same sales; all windows are final then. @returns how to count more, by metric id */
export async function fillSales(
  store: ProjectionStore,
  prefix = '',
): Promise<ReadonlyMap<string, Filler>> {
  const fillers = new Map<string, Filler>();
  for (const metric of METRICS) {
    const filler = await projectionFiller(store, metric, { prefix });
    await filler.count(SALES);
    await filler.passTo(TO_MS + PAD_MS);
    fillers.set(metric.id, filler);
  }
  return fillers;
}

/** Those sales, read by the console. */
export async function salesReads(nowMs: number): Promise<PrometheusReads> {
  const store = memoryProjectionStore();
  await fillSales(store);
  const catalog = catalogOf({ metrics: METRICS });
  return createPrometheusReads({
    reader: memoryProjectionReader(store),
    catalog: () => catalog,
    now: () => nowMs,
    compileRegex: compileWholeMatch,
  });
}
