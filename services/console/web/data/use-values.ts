import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Series, ValueEvent, ValuesAnswer } from '../../core/answers.ts';
import { getAll } from './api.ts';
import type { View } from './api.ts';
import { useClosings } from './closings.ts';
import type { Beside } from './compare.ts';
import { gatherMs, isCell, lengthOf, rangeOf } from './grain.ts';
import type { ShownGrain } from './grain.ts';
import { onLive } from './live.ts';
import { isOfBreakdown, keyOf, withEvents } from './points.ts';
import type { SeriesPoints } from './points.ts';
import { shown, useResource } from './resource.ts';
import type { Resource } from './resource.ts';
import { useTold } from './use-told.ts';

export type ValuesQuery = {
  readonly metric: string;
  readonly grain: ShownGrain;
  readonly by: readonly string[];
  /** The total beside the members of the breakdown; the metric must keep it. */
  readonly withTotal?: boolean;
  readonly count: number;
  readonly compare?: Beside | undefined;
  /** Absent: the range follows now. */
  readonly untilMs?: number | undefined;
  /** `overview`: all metrics are shown, nobody asked for this one. */
  readonly view?: View;
};
export type Values = {
  readonly answer: ValuesAnswer;
  readonly fromMs: number;
  readonly toMs: number;
  /** When it was asked for: live events from before are in the answer. */
  readonly askedMs: number;
};
export type LiveValues = {
  readonly resource: Resource<Values>;
  readonly series: SeriesPoints;
  readonly reload: () => void;
};

const EVENTS_MAX = 20_000;
/** A moment for the events of the last instant of a window before the next one is asked for. */
const ROLLOVER_MS = 250;

/**
 * Values of a metric, kept up to date by the stream. The answer is asked for again only when a window begins, an empty one
 * closes, a definition changes, events were missed, or something changed in a window that is longer than a cell.
 */
export function useValues(query: ValuesQuery): LiveValues {
  const { metric, grain, by, withTotal, count, untilMs, compare } = query;
  const key = JSON.stringify([metric, grain, by, withTotal, count, untilMs, compare]);
  const { resource, reload } = useResource(key, (signal) => loadValues(query, signal));
  const values = shown(resource);
  const events = useLiveEvents({ key, query, version: values?.answer.version, reload });
  useTold('value', {
    isWanted: (event) => event.metric === metric && !isCell(grain) && isInRange(event, query),
    changed: reload,
    gatherMs: gatherMs(grain),
  });
  useRollover(grain, untilMs === undefined ? values : undefined, reload);
  const series = useMemo(
    () =>
      values === undefined
        ? new Map<string, never>()
        : withEvents(
            values.answer.series,
            by,
            events.list
              .filter(
                ({ event: { version }, atMs }) =>
                  atMs >= values.askedMs && version === values.answer.version,
              )
              .map(({ event }) => event),
          ),
    [values, events],
  );
  useClosings(metric, values && { ...values.answer, series }, reload);
  return { resource, series, reload };
}

async function loadValues(query: ValuesQuery, signal: AbortSignal): Promise<Values> {
  const askedMs = Date.now();
  const { fromMs, toMs } = rangeOf(query.grain, query.count, query.untilMs ?? askedMs);
  const pagesBy = (by: readonly string[]): Promise<readonly ValuesAnswer[]> => {
    const parameters = new URLSearchParams({
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      grain: query.grain,
      limit: '10000',
      ...(by.length > 0 ? { by: by.join(',') } : {}),
      ...(query.compare === undefined ? {} : { compare: query.compare }),
    });
    const path = `/v1/metrics/${encodeURIComponent(query.metric)}/values?${parameters}`;
    return getAll<ValuesAnswer>(path, signal, query.view);
  };
  const pages = await Promise.all(breakdownsOf(query).map(pagesBy));
  const [first, ...more] = pages.flat() as [ValuesAnswer, ...ValuesAnswer[]];
  const series: Series[] = [...first.series, ...more.flatMap((page) => page.series)];
  const warnings = [...new Set([first, ...more].flatMap((page) => page.warnings))];
  return { answer: { ...first, series, warnings }, fromMs, toMs, askedMs };
}

const breakdownsOf = ({ by, withTotal }: ValuesQuery): readonly (readonly string[])[] =>
  withTotal && by.length > 0 ? [by, []] : [by];

type Received = { readonly event: ValueEvent; readonly atMs: number };

/** Events since the page was opened that belong to the query, the newest per window. */
function useLiveEvents(options: {
  readonly key: string;
  readonly query: ValuesQuery;
  readonly version: string | undefined;
  readonly reload: () => void;
}): { readonly list: readonly Received[] } {
  const { key, query, version, reload } = options;
  const kept = useRef(new Map<string, Received>());
  // What comes while the first answer is on its way may be newer than that: it is kept though no version is known yet.
  const known = useRef(version);
  known.current = version;
  const [events, setEvents] = useState<{ key: string; list: readonly Received[] }>({
    key,
    list: [],
  });
  useEffect(() => {
    kept.current.clear();
    let isScheduled = false;
    let isGone = false;
    const publish = (): void => {
      isScheduled = false;
      if (!isGone) setEvents({ key, list: [...kept.current.values()] });
    };
    const stop = onLive('value', (event) => {
      if (!isWanted(event, query)) return;
      if (known.current !== undefined && event.version !== known.current) return reload();
      const name = `${keyOf(event.labels, query.by)} ${event.start}`;
      kept.current.delete(name);
      if (kept.current.size >= EVENTS_MAX) kept.current.clear();
      kept.current.set(name, { event, atMs: Date.now() });
      if (isScheduled) return;
      isScheduled = true;
      queueMicrotask(publish);
    });
    return () => {
      isGone = true;
      stop();
    };
  }, [key]);
  return events.key === key ? events : EMPTY;
}
const EMPTY = { list: [] as readonly Received[] };

function isWanted(event: ValueEvent, query: ValuesQuery): boolean {
  if (event.metric !== query.metric || event.grain !== query.grain) return false;
  if (!breakdownsOf(query).some((by) => isOfBreakdown(event.labels, by))) return false;
  return isInRange(event, query);
}

/** Whether the event's window, or the one that it is a part of, is shown. */
function isInRange({ start }: ValueEvent, { grain, count, untilMs }: ValuesQuery): boolean {
  const startMs = Date.parse(start);
  const { fromMs, toMs } = rangeOf(grain, count, untilMs ?? Date.now());
  // The window that holds the later end has cells after it.
  return startMs >= fromMs && startMs < toMs + (isCell(grain) ? 0 : lengthOf(grain));
}

/** Asks anew when the newest window is over: the next one begins empty, and no event says so. */
function useRollover(grain: ShownGrain, values: Values | undefined, reload: () => void): void {
  useEffect(() => {
    if (values === undefined) return undefined;
    const ends = values.answer.series.flatMap(({ points }) => Date.parse(points.at(-1)?.end ?? ''));
    const endMs = Math.max(...ends.filter((end) => !Number.isNaN(end)), 0);
    const nextMs = endMs > Date.now() ? endMs : Date.now() + lengthOf(grain);
    const waitMs = Math.min(nextMs - Date.now() + ROLLOVER_MS, TIMEOUT_MS_MAX);
    const timer = setTimeout(reload, waitMs);
    return () => clearTimeout(timer);
  }, [values]);
}
/** Longer ones fire at once. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;
