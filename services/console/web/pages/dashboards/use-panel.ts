import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Series, ValueEvent, ValuesAnswer } from '../../../core/answers.ts';
import { DASHBOARD_GRAIN_MS } from '../../../../kernel/catalog/dashboard-panels.ts';
import { getAll } from '../../data/api.ts';
import { useClosings } from '../../data/closings.ts';
import { onLive } from '../../data/live.ts';
import { isOfBreakdown, keyOf, withEvents } from '../../data/points.ts';
import type { SeriesPoints } from '../../data/points.ts';
import { shown, useResource } from '../../data/resource.ts';
import type { Resource } from '../../data/resource.ts';
import { isCellGrain, isInRange, valuesPath } from './panel-query.ts';
import type { PanelQuery } from './panel-query.ts';

export type PanelValues = { readonly answer: ValuesAnswer; readonly askedMs: number };
export type Panel = {
  readonly resource: Resource<PanelValues>;
  readonly series: SeriesPoints;
  readonly reload: () => void;
};

type Received = { readonly event: ValueEvent; readonly atMs: number };

const EVENTS_MAX = 5_000;
/** After the first event of a burst; a wall shows tens of panels. */
const PUBLISH_AFTER_MS = 250;
const RELOAD_AFTER_MS = 2_000;
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/**
 * What a panel shows, kept up to date by the stream. Values of cells are taken from it; windows that are made of several
 * cells are asked for anew once something in them changed, and all when a window begins or an empty one closes.
 */
export function usePanel(query: PanelQuery): Panel {
  const key = JSON.stringify(query);
  const { resource, reload } = useResource(key, async (signal) => {
    const askedMs = Date.now();
    const pages = await getAll<ValuesAnswer>(valuesPath(query, askedMs), signal);
    const [first] = pages as [ValuesAnswer, ...ValuesAnswer[]];
    const series: Series[] = pages.flatMap((page) => page.series);
    return { answer: { ...first, series }, askedMs };
  });
  const values = shown(resource);
  const events = useEvents(query, { key, version: values?.answer.version, reload });
  useNextWindow(query, values, reload);
  const series = useMemo(() => {
    if (!values) return NO_SERIES;
    const news = events.filter(({ atMs }) => atMs >= values.askedMs).map(({ event }) => event);
    return withBases(withEvents(values.answer.series, query.by, news), values.answer.series, query);
  }, [values, events]);
  useClosings(query.metric, values && { ...values.answer, series }, reload);
  return { resource, series, reload };
}
const NO_SERIES: SeriesPoints = new Map();

/** The stream does not say what a window is set against: that lies in the past, so that the answer still holds. */
export function withBases(
  series: SeriesPoints,
  answered: readonly Series[],
  { by, compare }: Pick<PanelQuery, 'by' | 'compare'>,
): SeriesPoints {
  if (compare === undefined) return series;
  const bases = new Map(
    answered.flatMap(({ labels, points }) =>
      points.map((point) => [`${keyOf(labels, by)} ${point.start}`, point.compare] as const),
    ),
  );
  return new Map(
    [...series].map(([key, { labels, points }]) => [
      key,
      {
        labels,
        points: points.map((point) => {
          const base = point.compare ?? bases.get(`${key} ${point.start}`);
          return base === undefined ? point : { ...point, compare: base };
        }),
      },
    ]),
  );
}

function useEvents(
  query: PanelQuery,
  at: { readonly key: string; readonly version: string | undefined; readonly reload: () => void },
): readonly Received[] {
  const [held, setHeld] = useState<{ key: string; list: readonly Received[] }>({
    key: at.key,
    list: [],
  });
  useEffect(() => {
    const kept = new Map<string, Received>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = (afterMs: number, action: () => void): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        action();
      }, afterMs);
    };
    const stop = onLive('value', (event) => {
      if (event.metric !== query.metric) return;
      if (at.version !== undefined && event.version !== at.version) return at.reload();
      if (!isInRange(event, query, Date.now())) return;
      if (!isCellGrain(query.grain)) return later(RELOAD_AFTER_MS, at.reload);
      if (event.grain !== query.grain || !isOf(event, query)) return;
      const name = `${keyOf(event.labels, query.by)} ${event.start}`;
      kept.delete(name);
      if (kept.size >= EVENTS_MAX) kept.clear();
      kept.set(name, { event, atMs: Date.now() });
      later(PUBLISH_AFTER_MS, () => setHeld({ key: at.key, list: [...kept.values()] }));
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [at.key, at.version]);
  return held.key === at.key ? held.list : NONE;
}
const NONE: readonly Received[] = [];

const isOf = ({ labels }: ValueEvent, { by, where }: PanelQuery): boolean =>
  isOfBreakdown(labels, by) &&
  Object.entries(where).every(([name, member]) => labels[name] === member);

/** The window that begins next is empty, and no event says so. */
function useNextWindow(
  query: PanelQuery,
  values: PanelValues | undefined,
  reload: () => void,
): void {
  useEffect(() => {
    if (!values || query.untilMs !== undefined) return undefined;
    const ends = values.answer.series.map(
      ({ points }) => Date.parse(points.at(-1)?.end ?? '') || 0,
    );
    const endMs = Math.max(0, ...ends);
    const nowMs = Date.now();
    const nextMs = endMs > nowMs ? endMs : nowMs + DASHBOARD_GRAIN_MS[query.grain];
    const timer = setTimeout(reload, Math.min(nextMs - nowMs + PUBLISH_AFTER_MS, TIMEOUT_MS_MAX));
    return () => clearTimeout(timer);
  }, [values]);
}
