import { useEffect, useRef } from 'preact/hooks';
import type { MetricSummary, MetricsAnswer, ValuesAnswer } from '../../core/answers.ts';
import type { ManyAnswer } from '../../core/overview/many.ts';
import { getAll } from './api.ts';
import { loadCurrents } from './currents.ts';
import { onLive } from './live.ts';
import { useCatalogChanges } from './use-told.ts';
import { shown, useResource } from './resource.ts';
import type { Resource } from './resource.ts';

type Loaded<T> = { readonly resource: Resource<T>; readonly reload: () => void };

/** All metrics as the list tells of them, by id. */
export function useSummaries(): Loaded<ReadonlyMap<string, MetricSummary>> {
  const loaded = useResource('summaries', async (signal) => {
    const pages = await getAll<MetricsAnswer>('/v1/metrics', signal);
    return new Map(pages.flatMap(({ metrics }) => metrics.map((one) => [one.id, one] as const)));
  });
  useCatalogChanges(SUMMARY_KINDS, loaded.reload);
  return loaded;
}
/** Documents that the list of metrics is made from. */
export const SUMMARY_KINDS = ['Metric', 'Person', 'Team', 'Settings'];

/** The totals of all metrics in the window that holds now, beside those that they are compared with; live. */
export function useCurrents(window: string): Loaded<ReadonlyMap<string, ValuesAnswer>> {
  const loaded = useResource(`currents ${window}`, (signal) =>
    loadCurrents(window, (asked) => {
      const parameters = new URLSearchParams({ ...asked, compare: 'previous,week' });
      return getAll<ManyAnswer>(`/v1/current?${parameters}`, signal, 'overview');
    }),
  );
  useReloadWhenTold(loaded, 'value');
  useCatalogChanges(SUMMARY_KINDS, loaded.reload);
  const answers = shown(loaded.resource);
  useEffect(() => {
    const endMs = answers && nextEndMs(answers.values(), Date.now());
    if (endMs === undefined) return undefined;
    const waitMs = Math.min(endMs - Date.now() + GATHER_MS, TIMEOUT_MS_MAX);
    const timer = setTimeout(loaded.reload, waitMs);
    return () => clearTimeout(timer);
  }, [answers]);
  return loaded;
}
/** Longer ones fire at once. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** When the first of the windows is over: the one after it begins empty, and no event says so. */
export function nextEndMs(answers: Iterable<ValuesAnswer>, nowMs: number): number | undefined {
  const ends = [...answers].flatMap(({ series }) =>
    series.flatMap(({ points }) => points.map(({ end }) => Date.parse(end))),
  );
  const next = Math.min(...ends.filter((endMs) => endMs > nowMs));
  return next === Infinity ? undefined : next;
}

/** What is told within this time is one question. */
const GATHER_MS = 1_500;

/** Asks again soon after the stream told of something, one question at a time, and not for a page that nobody sees. */
export function useReloadWhenTold<T>(
  { resource, reload }: Loaded<T>,
  event: 'value' | 'pipeline',
): void {
  // What is told while a question is under way may not be in its answer: another one follows.
  const state = useRef({ isAsked: false, isTold: false });
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const ask = (): void => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      state.current = { isAsked: true, isTold: false };
      reload();
    }, GATHER_MS);
  };
  useEffect(() => {
    state.current.isAsked = false;
    if (state.current.isTold) ask();
  }, [resource]);
  useEffect(() => {
    const stop = onLive(event, () => {
      if (document.visibilityState === 'hidden') return;
      state.current.isTold = true;
      if (!state.current.isAsked) ask();
    });
    return () => {
      stop();
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [event]);
}
