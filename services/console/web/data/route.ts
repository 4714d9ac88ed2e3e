import { PAGES, PAGE_ENTRIES } from '../pages.ts';
import type { PageEntry, PageName, RouteTo } from '../pages.ts';

/** Where the reader is. The whole view lies in the address, so that it can be sent to someone else. */
export type Route = RouteTo<PageName> | { readonly page: 'unknown' };
export type MetricRoute = RouteTo<'metric'>;

const NOWHERE: Route = { page: 'unknown' };

const partsOf = (path: string): readonly string[] => path.split('/').filter((part) => part !== '');

/** Reads the address' hash. Anything that names no page is `unknown`; faulty parameters are left out. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const parts = partsOf(path);
  for (const [page, entry] of PAGE_ENTRIES) {
    const held = namesIn(entry.path, parts);
    if (held) return { page, ...held, ...parametersIn(entry, new URLSearchParams(query)) } as Route;
  }
  return NOWHERE;
}

/** What stands for the names of the pattern; undefined when the path is another. */
function namesIn(
  pattern: string,
  parts: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const wanted = partsOf(pattern);
  if (wanted.length !== parts.length) return undefined;
  const held: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const want = wanted[index] ?? '';
    const name = want.startsWith(':') ? decode(part) : undefined;
    if (name !== undefined) held[want.slice(1)] = name;
    else if (want !== part) return undefined;
  }
  return held;
}

function parametersIn(entry: PageEntry, query: URLSearchParams): Record<string, unknown> {
  const read = Object.entries(entry.parameters ?? {}).map(
    ([key, parameter]) => [key, parameter.read(query.get(parameter.name ?? key))] as const,
  );
  return Object.fromEntries(read.filter(([, value]) => value !== undefined));
}

/** The hash of a route. Law: `parseRoute(formatRoute(route))` equals the route. */
export function formatRoute(route: Route): string {
  if (route.page === 'unknown') return '#/unknown/page/';
  const entry: PageEntry = PAGES[route.page];
  const held: Readonly<Record<string, unknown>> = route;
  const path = partsOf(entry.path).map((part) =>
    part.startsWith(':') ? encodeURIComponent(String(held[part.slice(1)])) : part,
  );
  const query = new URLSearchParams();
  for (const [key, parameter] of Object.entries(entry.parameters ?? {})) {
    const text = parameter.write(held[key]);
    if (text !== null) query.set(parameter.name ?? key, text);
  }
  return `#/${path.join('/')}${query.size === 0 ? '' : `?${query}`}`;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // A broken escape names nothing.
  }
}
