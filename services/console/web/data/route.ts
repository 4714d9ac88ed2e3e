import { GRAINS } from './grain.ts';
import type { Grain } from '../../../kernel/window.ts';

/** Where the reader is. The whole view lies in the address, so that it can be sent to someone else. */
export type MetricRoute = {
  readonly page: 'metric';
  readonly id: string;
  readonly grain?: Grain;
  /** Windows in the chart. */
  readonly count?: number;
  /** Breakdown, empty for the total. */
  readonly by: readonly string[];
  /** Key of the series in the chart. */
  readonly series?: string;
  /** End of the range, epoch ms; absent = follows now. */
  readonly untilMs?: number;
};
export type Route =
  | { readonly page: 'metrics' }
  | MetricRoute
  | { readonly page: 'alerts'; readonly show: 'open' | 'all' }
  | { readonly page: 'alert'; readonly id: string }
  | { readonly page: 'silences' }
  | { readonly page: 'notifications' }
  | { readonly page: 'pipeline' }
  | { readonly page: 'unknown' };

const COUNT_MAX = 2_000;

/** Reads the address' hash. Anything that names no page is `unknown`; faulty parameters are left out. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const parameters = new URLSearchParams(query);
  const [page, id, ...rest] = path.split('/').filter((part) => part !== '');
  if (rest.length > 0) return { page: 'unknown' };
  if (page === undefined || (page === 'metrics' && id === undefined)) return { page: 'metrics' };
  if (page === 'alerts' && id === undefined)
    return { page: 'alerts', show: parameters.get('show') === 'all' ? 'all' : 'open' };
  if (page === 'silences' && id === undefined) return { page: 'silences' };
  if (page === 'notifications' && id === undefined) return { page: 'notifications' };
  if (page === 'pipeline' && id === undefined) return { page: 'pipeline' };
  const name = decode(id);
  if (name === undefined) return { page: 'unknown' };
  if (page === 'alerts') return { page: 'alert', id: name };
  if (page === 'metrics') return metricRoute(name, parameters);
  return { page: 'unknown' };
}

function metricRoute(id: string, parameters: URLSearchParams): MetricRoute {
  const grain = GRAINS.find((candidate) => candidate === parameters.get('grain'));
  const count = Number(parameters.get('count'));
  const until = Date.parse(parameters.get('until') ?? '');
  const series = parameters.get('series');
  return {
    page: 'metric',
    id,
    by: (parameters.get('by') ?? '').split(',').filter((name) => name !== ''),
    ...(grain ? { grain } : {}),
    ...(Number.isInteger(count) && count > 0 && count <= COUNT_MAX ? { count } : {}),
    ...(series === null ? {} : { series }),
    ...(Number.isNaN(until) ? {} : { untilMs: until }),
  };
}

/** The hash of a route. Law: `parseRoute(formatRoute(route))` equals the route. */
export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'metrics':
      return '#/metrics';
    case 'alerts':
      return route.show === 'all' ? '#/alerts?show=all' : '#/alerts';
    case 'alert':
      return `#/alerts/${encodeURIComponent(route.id)}`;
    case 'silences':
      return '#/silences';
    case 'notifications':
      return '#/notifications';
    case 'pipeline':
      return '#/pipeline';
    case 'unknown':
      return '#/unknown/page/';
    case 'metric': {
      const parameters = new URLSearchParams();
      if (route.grain) parameters.set('grain', route.grain);
      if (route.count !== undefined) parameters.set('count', String(route.count));
      if (route.by.length > 0) parameters.set('by', route.by.join(','));
      if (route.series !== undefined) parameters.set('series', route.series);
      if (route.untilMs !== undefined)
        parameters.set('until', new Date(route.untilMs).toISOString());
      const query = parameters.toString();
      return `#/metrics/${encodeURIComponent(route.id)}${query === '' ? '' : `?${query}`}`;
    }
  }
}

function decode(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined; // A broken escape names nothing.
  }
}
