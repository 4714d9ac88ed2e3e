import type { Catalog, MetricDefinition } from '../kernel/definitions.ts';
import { manualSources } from '../kernel/catalog/manual-windows.ts';
import type { EpochMs } from '../kernel/time.ts';
import { calendarOf } from '../kernel/window.ts';
import type { Window, WindowSize } from '../kernel/window.ts';
import { formatWindowSize } from '../kernel/window-size.ts';
import type { Series } from './core/answers.ts';
import { renderExposition } from './core/exposition.ts';
import type { ExpositionFormat } from './core/exposition.ts';
import { kpiFamilies } from './core/kpi-families.ts';
import type { KpiReading, KpiWindow } from './core/kpi-families.ts';
import type { ConsoleReads } from './service.ts';

/** Series exposed per metric and window, and in all: scrapes stay below some megabytes. */
const SERIES_PER_WINDOW_MAX = 1_000;
const SERIES_MAX = 20_000;
/** Metrics read at once. */
const PARALLEL_MAX = 8;

/**
 * Current business values in Prometheus' text. Per grain that a metric keeps, and per window that it has targets for, the
 * window that holds now (`hour`) and the newest that the watermark has passed (`last-hour`), in every breakdown. Requests at the same time share one reading.
 */
export function createKpi(ports: {
  readonly reads: ConsoleReads;
  readonly catalog: () => Catalog;
  readonly now: () => EpochMs;
}): (format: ExpositionFormat) => Promise<string> {
  let reading: Promise<readonly KpiReading[]> | undefined;
  return async (format) => {
    reading ??= readAll(ports).finally(() => {
      reading = undefined;
    });
    return renderExposition(kpiFamilies(await reading), format);
  };
}

type Ports = Parameters<typeof createKpi>[0];

async function readAll(ports: Ports): Promise<readonly KpiReading[]> {
  const metrics = [...ports.catalog().metrics.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const readings: KpiReading[] = [];
  let room = SERIES_MAX;
  for (let from = 0; from < metrics.length; from += PARALLEL_MAX) {
    const batch = await Promise.all(
      metrics.slice(from, from + PARALLEL_MAX).map((metric) => readMetric(ports, metric)),
    );
    for (const one of batch) {
      const cut = cutToRoom(one, room);
      room -= countSeries(cut);
      readings.push(cut);
    }
  }
  return readings;
}

const countSeries = ({ windows }: KpiReading): number =>
  windows.reduce((sum, { series }) => sum + series.length, 0);

/** Leaves out whole windows that no longer fit, so that what is shown of a window is all or known to be cut. */
function cutToRoom(reading: KpiReading, room: number): KpiReading {
  let left = room;
  const windows = reading.windows.filter(({ series }) => {
    if (series.length > left) return false;
    left -= series.length;
    return true;
  });
  const shown = { ...reading, windows };
  return { ...shown, isCut: reading.isCut || windows.length < reading.windows.length };
}

async function readMetric(ports: Ports, metric: MetricDefinition): Promise<KpiReading> {
  const calendar = calendarOf(metric);
  const watermarkMs = await ports.reads.watermark(metric);
  const nowMs = ports.now();
  const windows: { name: string; size: WindowSize; step: Window }[] = [];
  for (const [name, size] of shownSizes(metric, ports.catalog())) {
    windows.push({ name, size, step: calendar.stepAt(size, nowMs) });
    if (watermarkMs === 0) continue;
    const holding = calendar.stepAt(size, watermarkMs);
    windows.push({ name: `last-${name}`, size, step: calendar.stepAt(size, holding.startMs - 1) });
  }
  const read = await Promise.all(
    windows.map(async ({ name, size, step }) => ({
      ...(await readWindow(ports, metric, { size, step })),
      window: name,
      startMs: calendar.windowAt(size, step.startMs).startMs,
    })),
  );
  return {
    metric,
    watermarkMs,
    windows: read.map(({ window, startMs, series }): KpiWindow => ({ window, startMs, series })),
    isCut: read.some(({ isCut }) => isCut),
    isManual: manualSources(metric, ports.catalog()).length > 0,
    quality: await ports.reads.quality(metric),
  };
}

/** By name, the grains of a metric and the sizes of window that it has targets for. */
const shownSizes = (
  { id, grains }: MetricDefinition,
  { targets }: Pick<Catalog, 'targets'>,
): ReadonlyMap<string, WindowSize> =>
  new Map([
    ...grains.map((grain) => [grain, { kind: 'grain', grain }] as const),
    ...[...(targets?.values() ?? [])]
      .filter(({ metric }) => metric === id)
      .map(({ window }) => [formatWindowSize(window), window] as const),
  ]);

async function readWindow(
  { reads }: Ports,
  metric: MetricDefinition,
  { size, step }: { size: WindowSize; step: Window },
): Promise<{ series: readonly Series[]; isCut: boolean }> {
  const answers = await Promise.all(
    metric.breakdowns.map((dimensions) =>
      reads.ask(metric, {
        size,
        grain: formatWindowSize(size),
        fromMs: step.startMs,
        toMs: step.startMs + 1,
        choice: { dimensions, where: new Map() },
        limit: SERIES_PER_WINDOW_MAX,
        after: undefined,
      }),
    ),
  );
  const pages = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
  return {
    series: pages.flatMap(({ series }) => series),
    isCut: pages.some(({ cursor }) => cursor !== undefined),
  };
}
