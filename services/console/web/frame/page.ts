import { signal } from '@preact/signals';
import { h } from 'preact';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { onLive } from '../data/live.ts';
import type { Route } from '../data/route.ts';
import { t } from '../i18n/text.ts';
import { PAGES } from '../pages.ts';
import type { PageComponent, PageName } from '../pages.ts';
import { Empty, Loading } from '../parts/notice.ts';

/** Code of the pages that were shown; false: it could not be loaded. */
const loaded = signal<ReadonlyMap<PageName, PageComponent | false>>(new Map());

async function load(page: PageName): Promise<void> {
  const component = await PAGES[page].load().catch(() => false as const);
  loaded.value = new Map([...loaded.value, [page, component as PageComponent | false]]);
}

/** The page of a route, as soon as its code is here. */
export function Page(props: { readonly route: Exclude<Route, { page: 'unknown' }> }): JSX.Element {
  const { route } = props;
  const { page } = route;
  const component = loaded.value.get(page);
  useEffect(() => {
    if (component === undefined) void load(page);
  }, [page, component]);
  if (component === false) return h(NotLoaded, {});
  if (component === undefined)
    return h('div', { class: 'page', 'aria-busy': true }, h(Loading, { lines: 6 }));
  return h(component, {
    key: 'id' in route ? `${page} ${route.id}` : page,
    ...route,
  });
}

/**
 * A server of a newer version no longer has the files that this page was made of; those come with the page itself. One
 * that was away is asked again once it is back.
 */
function NotLoaded(): JSX.Element {
  useEffect(() => onLive('missed', () => location.reload()), []);
  return h(
    'div',
    { class: 'page' },
    h(
      Empty,
      { title: t('state.failed'), isPage: true },
      h(
        'button',
        { type: 'button', class: 'button', onClick: () => location.reload() },
        t('state.retry'),
      ),
    ),
  );
}
