import type { Catalog, MetricDefinition } from '../kernel/definitions.ts';
import { manualSources } from '../kernel/catalog/manual-windows.ts';
import type { TargetDefinition } from '../kernel/target.ts';
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
 * Current business values in Prometheus' text. Per grain that a metric keeps, in every breakdown, and per other window that
 * it has targets for, in the breakdowns of those: the window that holds now (`hour`) and the newest that the watermark has
 * passed (`last-hour`). Requests at the same time share one reading.
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
  const windows: (Shown & { readonly step: Window })[] = [];
  for (const shown of shownSizes(metric, ports.catalog())) {
    const { name, size } = shown;
    windows.push({ ...shown, step: calendar.stepAt(size, nowMs) });
    if (watermarkMs === 0) continue;
    const { startMs } = calendar.stepAt(size, watermarkMs);
    windows.push({ ...shown, name: `last-${name}`, step: calendar.stepAt(size, startMs - 1) });
  }
  const read = await Promise.all(
    windows.map(async (shown) => ({
      ...(await readWindow(ports, metric, shown)),
      window: shown.name,
      startMs: calendar.windowAt(shown.size, shown.step.startMs).startMs,
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

/** Windows of one size. */
type Shown = {
  readonly name: string;
  readonly size: WindowSize;
  readonly breakdowns: readonly (readonly string[])[];
};

/**
 * The grains of a metric in all its breakdowns, and the other sizes of window that it has targets for in the breakdowns of
 * those: a month is merged out of its days, series by series.
 */
function shownSizes(
  { id, grains, breakdowns }: MetricDefinition,
  { targets }: Pick<Catalog, 'targets'>,
): readonly Shown[] {
  const kept = grains.map((grain): Shown => {
    return { name: grain, size: { kind: 'grain', grain }, breakdowns };
  });
  const own = [...(targets?.values() ?? [])].filter(({ metric }) => metric === id);
  const aimed = Map.groupBy(own, ({ window }) => formatWindowSize(window));
  const others = [...aimed].filter(([name]) => !kept.some((one) => one.name === name));
  return [
    ...kept,
    ...others.map(([name, of]): Shown => {
      const [{ window: size }] = of as [TargetDefinition, ...TargetDefinition[]];
      const aims = new Map(of.map(({ by }) => [by.join(), by]));
      return { name, size, breakdowns: [...aims.values()] };
    }),
  ];
}

/** What is refused, as where a breakdown has too many cells, is left out and told as cut. */
async function readWindow(
  { reads }: Ports,
  metric: MetricDefinition,
  { size, step, breakdowns }: Omit<Shown, 'name'> & { readonly step: Window },
): Promise<{ series: readonly Series[]; isCut: boolean }> {
  const answers = await Promise.all(
    breakdowns.map((dimensions) =>
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
    isCut: pages.length < answers.length || pages.some(({ cursor }) => cursor !== undefined),
  };
}
