import { signal } from '@preact/signals';
import { formatRoute, parseRoute } from './route.ts';
import type { Route } from './route.ts';

/** Where the reader is now. */
export const route = signal<Route>({ page: 'home' });

export function startPlace(): void {
  const read = (): void => {
    route.value = parseRoute(location.hash);
  };
  addEventListener('hashchange', read);
  read();
}

/** Goes to a route; `replace` for a change of the same view, which Back should not step through. */
export function go(to: Route, how: 'push' | 'replace' = 'push'): void {
  const hash = formatRoute(to);
  if (how === 'push') {
    location.hash = hash;
    return;
  }
  history.replaceState(null, '', hash);
  route.value = to;
}
